import Accounts
import ArgumentParser
import Basics
import Batch
import Bootstrap
import Discord
import Foundation
import Store

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "The log of what those did who may do things.",
    discussion: """
      EXAMPLES
        guildhall audit list                       of the hall
        guildhall audit list --server 123456789012345678
        guildhall audit head --json > heads.json   kept elsewhere
        guildhall audit verify --heads - < heads.json
      """,
    subcommands: [List.self, Verify.self, Head.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows the last rows of a server, or of the hall.")

    @OptionGroup var common: CommonOptions
    @Option(name: .long, help: ArgumentHelp("The server; the hall as a whole when not given.", valueName: "id"))
    var server: String?
    @Option(name: .long, help: "At most so many.") var limit = 50

    func validate() throws {
      if !(1...10_000).contains(limit) { throw ValidationError("--limit takes 1 to 10000.") }
    }

    func run() throws {
      let environment = try quietEnvironment(common)
      let records = try reporting {
        let guild = try server.map(serverID)
        return try environment.durable.read {
          try AuditLog.page(of: guild, AuditFilter(), limit: limit, $0).records
        }
      }
      try show(records.map(AuditLine.init), common) {
        records.isEmpty ? "There is nothing." : records.map(\.line).joined(separator: "\n")
      }
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Computes every digest of the log anew, and names the first row that was changed or is missing.",
      discussion:
        "Exit code 0 when every chain is whole, 1 when one is broken. Rows cut off at the end are found with --heads.")

    @OptionGroup var common: CommonOptions
    @Option(name: .long, help: ArgumentHelp("Only the chain of this server, or “hall”.", valueName: "id")) var server:
      String?

    @Option(
      name: .long,
      help: ArgumentHelp(
        "What “guildhall audit head --json” told before; - for standard input.", valueName: "file"))
    var heads: String?

    func run() throws {
      let environment = try quietEnvironment(common)
      let verdict = try reporting { try AuditLog.verify(environment.durable, only: server, known: try known()) }
      try show(verdict, common) {
        verdict.faults.isEmpty
          ? "\(verdict.rows) rows in \(verdict.chains) chains, whole; names and values of \(verdict.erased) are erased."
          : verdict.faults.map { "Chain \($0.chain), row \($0.position): \($0.sentence)" }.joined(separator: "\n")
      }
      if !verdict.faults.isEmpty { throw ExitCode.someFailed }
    }

    private func known() throws -> [AuditHead] {
      guard let heads else { return [] }
      let input = FileHandle.standardInput
      guard let text = heads == "-" ? input.readDataToEndOfFile() : FileManager.default.contents(atPath: heads) else {
        throw Failure.notFound("The file \(heads) cannot be read.")
      }
      do { return try JSON.decode([AuditHead].self, from: Array(text)) } catch {
        throw Failure.invalid("\(heads) does not hold what “guildhall audit head --json” writes.")
      }
    }
  }

  struct Head: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tells where each chain of the log ends, to be kept with backups and elsewhere.")

    @OptionGroup var common: CommonOptions

    func run() throws {
      let environment = try quietEnvironment(common)
      let heads = try reporting { try environment.durable.read { try AuditLog.heads($0) } }
      try show(heads, common) { heads.map { "\($0.chain) \($0.position) \($0.digest)" }.joined(separator: "\n") }
    }
  }
}

extension AuditRecord {
  fileprivate var line: String {
    let who = actorName.map { $0.isEmpty ? actorID ?? "" : $0 } ?? "somebody who was erased"
    let what = outcome == .denied ? "was refused \(action)" : action
    let target = [targetKind, targetName ?? targetID].compactMap(\.self).joined(separator: " ")
    return "\(at)  \(who)  \(what)  \(target)"
  }
}

/// An id of a server, as somebody typed it.
func serverID(_ text: String) throws -> GuildID {
  guard let id = GuildID(text) else { throw Failure.invalid("“\(text)” is no id of a Discord server.") }
  return id
}
