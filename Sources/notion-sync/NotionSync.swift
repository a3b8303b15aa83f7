import ArgumentParser
import Basics
import Batch
import Bootstrap
import Foundation
import IssueSync
import Jobs
import Synchronization

/// Reads every mapped table and brings the messages in Discord up to date.
@main
struct NotionSync: Program {
  static let configuration = CommandConfiguration(
    commandName: "notion-sync",
    abstract: "Brings issues from Notion to Discord: posts new ones, edits changed ones.",
    discussion: """
      Meant for cron, every two minutes. Only rows edited since the last run are read. A run that is ended half-way is \
      taken up by the next one; nothing is posted twice. Exit codes: 0 all done, 1 something failed, 64 wrong use, 75 \
      another run is at work, 78 the configuration must be mended.
      """,
    version: Version.current)

  @OptionGroup var common: CommonOptions
  @OptionGroup var schedule: SlotOptions

  @Option(name: .long, help: ArgumentHelp("Sync only the mapping with this id.", valueName: "id"))
  var id: String?

  @Option(name: .long, help: "Stop after so many new or changed issues; the next run goes on.")
  var limit: Int?

  @Flag(name: .long, help: "Compare every row, and notice those that are gone (for the night).")
  var full = false

  @Flag(name: .long, help: "Read and count, but keep nothing and post nothing.")
  var dryRun = false

  @Option(
    name: .long, help: "How many seconds to spend on messages; what is left is done by the responder or the next run.")
  var deliverFor = 100

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit takes a number of at least 1.") }
    if deliverFor < 0 { throw ValidationError("--deliver-for takes a number of seconds.") }
  }

  func run() throws {
    let environment = try reporting(exit: .configuration) { try Environment(.batch, settingsFile: common.settings) }
    environment.installBatchLog()
    defer { environment.writeCounters() }
    try reporting {
      if isPartial {
        let lock = try RunLock(Self.lock, in: environment.stateDirectory)
        try withExtendedLifetime(lock) { try sync(environment) }
      } else {
        let program = full ? "notion-sync --full" : "notion-sync"
        try environment.batchRuns.run(program, slot: schedule.slot, lock: Self.lock) { try sync(environment) }
      }
    }
  }

  private static let lock = "notion-sync"

  /// A run that says nothing of how the sync fares.
  private var isPartial: Bool { dryRun || id != nil || limit != nil }

  private func sync(_ environment: Environment) throws {
    let started = Timestamp.now
    let run = UUIDv7.make()
    let progress = ProgressLine(isQuiet: common.json)
    let mappings = try chosen(environment).filter { !$0.isPaused || id != nil }
    let results = LogContext.with(["run": .string(run)]) {
      mappings.map { result(of: $0, environment, progress) }
    }
    let messages = dryRun ? 0 : try deliver(environment, progress)
    progress.finish()
    let summary = Summary(
      run: run, results: results, messages: messages, seconds: Double((Timestamp.now - started).milliseconds) / 1000)
    try alarm(environment)
    print(try common.json ? JSON.text(summary) : summary.text(isDryRun: dryRun))
    if summary.hasFailed { throw ExitCode.someFailed }
  }

  private func chosen(_ environment: Environment) throws -> [Mapping] {
    let mappings = try environment.mappings.list()
    guard let id else { return mappings }
    guard let mapping = mappings.first(where: { $0.id == id }) else {
      throw Failure.notFound("There is no mapping \(id). “guildhall mapping list” shows those there are.")
    }
    return [mapping]
  }

  /// One mapping's failure does not keep the others from their turn.
  private func result(of mapping: Mapping, _ environment: Environment, _ progress: ProgressLine) -> Summary.Result {
    do {
      let report = try environment.syncing.run(
        mapping, notion: environment.notion(mapping.connection, .batch),
        options: Syncing.Options(isFull: full, limit: limit, isDryRun: dryRun)
      ) { progress.show("Reading “\(mapping.name)”", $0.read) }
      return Summary.Result(name: mapping.name, report: report, error: nil)
    } catch {
      let failure = Failure(error)
      say("“\(mapping.name)”: \(failure.sentence)")
      return Summary.Result(name: mapping.name, report: Syncing.Report(), error: failure.sentence)
    }
  }

  /// A mapping that keeps failing says so on a line of its own, for whoever reads cron's mail or the log.
  private func alarm(_ environment: Environment) throws {
    for health in try environment.mappings.health() where health.failuresInARow >= MappingHealth.alarming {
      say("ALARM: “\(health.name)” has failed \(health.failuresInARow) times in a row: \(health.lastError ?? "")")
    }
  }

  private func deliver(_ environment: Environment, _ progress: ProgressLine) throws -> Int {
    let done = Mutex(0)
    let waiting = try environment.queue.counts()["ready"] ?? 0
    // Discord's limit for all calls is one of a second, and nothing else could be sent meanwhile.
    try JobRunner(queue: environment.queue, kinds: environment.jobKinds(patience: .seconds(1))).drain(
      threads: 4, until: .now + .seconds(deliverFor)
    ) { attempt in
      let isMessage = attempt.isDone && attempt.kind == Delivering.kindName
      let count = done.withLock { count in
        count += isMessage ? 1 : 0
        return count
      }
      progress.show("Updating messages", count, of: waiting)
    }
    return done.withLock { $0 }
  }
}

/// What a run came to, for people and programs.
private struct Summary: Encodable {
  struct Result: Encodable {
    let name: String
    let report: Syncing.Report
    let error: String?
  }

  /// What “guildhall log” follows.
  let run: String
  let results: [Result]
  let messages: Int
  let seconds: Double

  enum CodingKeys: String, CodingKey {
    case run, messages, seconds
    case results = "mappings"
  }

  var hasFailed: Bool { results.contains { $0.error != nil } }

  func text(isDryRun: Bool) -> String {
    let total = results.reduce(into: (read: 0, new: 0, changed: 0, removed: 0)) { sum, result in
      let report = result.report
      sum = (sum.0 + report.read, sum.1 + report.new, sum.2 + report.changed, sum.3 + report.removed)
    }
    let failed = results.count { $0.error != nil }
    let rows =
      "\(counted(total.read, "row")) read, \(total.new) new, \(total.changed) changed, \(total.removed) removed"
    let end = isDryRun ? "nothing kept (dry run)" : "\(counted(messages, "message")) brought up to date"
    return
      "\(counted(results.count, "mapping")): \(rows), \(end)\(failed == 0 ? "" : ", \(failed) failed"). \(seconds) s"
  }
}
