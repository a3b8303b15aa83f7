import ArgumentParser
import Basics
import Batch
import Bootstrap
import Foundation
import Upkeep

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copies the database while it is in use, and checks the copy.",
    discussion: """
      The copy is written under another name, brought to the disk, looked through page by page, compared in its \
      numbers of rows, and only then gets its name in BACKUP_DIR. Old ones go when the new one is in place.

      It holds its secrets sealed: without ENCRYPTION_KEYS it is worth little, so keep those too, and elsewhere.

      EXAMPLES
        guildhall backup                     keeps the newest 14
        guildhall backup --keep 48           for an hourly cron job
        guildhall backup list
        guildhall restore --check backups/guildhall-20261121T030000Z.db
      """,
    subcommands: [Take.self, List.self], defaultSubcommand: Take.self)

  struct Take: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Takes a backup.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var schedule: SlotOptions

    @Option(name: .long, help: "How many backups there are afterwards, this one included.")
    var keep = 14

    func validate() throws { if keep < 1 { throw ValidationError("--keep takes at least 1.") } }

    func run() throws {
      let environment = try quietEnvironment(common)
      let report = try reporting {
        try environment.batchRuns.run("backup", slot: schedule.slot) { try environment.backups.take(keep: keep) }
      }
      guard let report else { return try show(["skipped": true], common) { "This slot was run already." } }
      try show(report, common) {
        "\(report.file.path): \(spoken(bytes: report.file.bytes)), \(report.rows) rows of \(report.tables) tables, sound."
          + (report.removed.isEmpty ? "" : " Removed \(report.removed.count) older.")
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows the backups there are, the newest last.")

    @OptionGroup var common: CommonOptions

    func run() throws {
      let premises = try quietPremises(common)
      let files = try reporting { try Backups.list(in: premises.backupDirectory) }
      try show(files, common) {
        files.isEmpty
          ? "No backup in \(premises.backupDirectory) yet. Take one with “guildhall backup”."
          : files.map { "\($0.path)  \(spoken(bytes: $0.bytes)), \($0.takenAt)" }.joined(separator: "\n")
      }
    }
  }
}

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Puts a backup in the place of the database.",
    discussion: """
      Refuses while any program has the database open, when the file is not sound, and when the keys in the settings \
      do not open its secrets. The database that is replaced stays beside it under another name. People who were \
      erased since the backup was taken are erased again.

      EXAMPLES
        guildhall restore --check FILE   only looks at it
        systemctl stop cron 'guildhall*'
        guildhall restore FILE && guildhall migrate
        systemctl start guildhall.service cron timers.target
      """)

  @OptionGroup var common: CommonOptions

  @Flag(name: .long, help: "Look whether it could be restored, and change nothing.")
  var check = false

  @Argument(help: "A file that “guildhall backup” made.")
  var file: String

  func run() throws {
    let premises = try quietPremises(common)
    let report = try reporting {
      if check { return try premises.restoring.check(file) }
      let report = try premises.restoring.restore(file)
      // An older one is brought up to date first, and “guildhall migrate” does the same then.
      if !report.isOlder { try Environment(.batch, settingsFile: common.settings).welcomeRestored(file) }
      return report
    }
    try show(report, common) {
      let what =
        "\(report.rows.values.reduce(0, +)) rows of \(report.rows.count) tables, sound; the keys open all \(report.secrets) secrets"
      let next = report.isOlder ? " It is older than this program: run “guildhall migrate” then." : ""
      if check { return "It can be restored: \(what).\(next)" }
      return "Restored: \(what).\(report.replaced.map { " What was there before is \($0)." } ?? "")\(next)"
    }
  }
}

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes everything that is kept as files that other programs read.",
    discussion: """
      A file for each table, all as of one instant: one JSON object a line, or CSV that is safe to open in a \
      spreadsheet. Sealed secrets and digests of keys are left out. Instants are milliseconds since 1970 (UTC).

      EXAMPLES
        guildhall export /tmp/hall
        guildhall export --format csv --from BACKUP /tmp/hall
      """)

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: "jsonl or csv.")
  var format = Export.Format.jsonl

  @Option(name: .long, help: ArgumentHelp("Export a backup rather than the database in use.", valueName: "file"))
  var from: String?

  @Argument(help: "The folder to write to; it is made when it is not there.")
  var folder: String

  func run() throws {
    let counts = try from.map { try writeBackup($0) } ?? writeDatabase()
    try show(counts, common) {
      "\(counts.values.reduce(0, +)) rows of \(counts.count) tables are in \(folder)."
    }
  }

  private func writeDatabase() throws -> [String: Int] {
    let environment = try quietEnvironment(common)
    return try reporting { try environment.export.write(to: folder, as: format) }
  }

  private func writeBackup(_ file: String) throws -> [String: Int] {
    _ = try quietPremises(common)
    return try reporting { try Premises.export(of: file).write(to: folder, as: format) }
  }
}

extension Export.Format: ExpressibleByArgument {}

struct HousekeepingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "housekeeping", abstract: "Lets rows go that nobody needs any more.",
    discussion: """
      For the night: a few rows at a time, so that nobody has to wait for it. What goes, when and why is told by \
      --dry-run. What Undo asks for and what a repeated event is recognised by always stays.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var schedule: SlotOptions

  @Flag(name: .long, help: "Count what would go, say why, and remove nothing.")
  var dryRun = false

  func run() throws {
    let environment = try quietEnvironment(common)
    let results = try reporting { () -> [Housekeeping.Result]? in
      if dryRun { return try environment.housekeeping.flatMap { try $0.run(isDryRun: true) } }
      return try environment.batchRuns.run("housekeeping", slot: schedule.slot) {
        try environment.housekeeping.flatMap { try $0.run() }
      }
    }
    guard let results else { return try show(["skipped": true], common) { "This slot was run already." } }
    try show(results, common) {
      results.map { "\($0.removed)  \($0.what)\(dryRun ? ", because \($0.reason)" : "")" }.joined(separator: "\n")
    }
  }
}
