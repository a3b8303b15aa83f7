import ArgumentParser
import Basics
import Batch
import Bootstrap
import Discord

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks whether everything works, and says in words what does not.",
    discussion: "Tries the tokens and the channels for real. Exit code 0 when all is well, 1 when something is to be done.")

  @OptionGroup var common: CommonOptions

  func run() throws {
    let environment = try quietEnvironment(common)
    let findings = try reporting { try examine(environment) }
    for finding in findings where !common.json { print("\(finding.isWell ? "✓" : "✗") \(finding.what): \(finding.sentence)") }
    if common.json { print(try JSON.text(findings)) }
    if findings.contains(where: { !$0.isWell }) { throw ExitCode.someFailed }
  }

  private func examine(_ environment: Environment) throws -> [Finding] {
    [
      Finding("settings") { "read from the environment or the settings file" },
      Finding("database") { try database(environment) },
      Finding("discord") { try discord(environment) },
    ] + (try notion(environment)) + (try mappings(environment)) + (try limits(environment))
      + [Finding("jobs") { try jobs(environment) }]
  }

  private func database(_ environment: Environment) throws -> String {
    let facts = try environment.durable.facts()
    let version = facts["sqlite_version"] ?? "?"
    return "SQLite \(version), journal \(facts["journal_mode"] ?? "?"), checkpoints guarded"
  }

  private func discord(_ environment: Environment) throws -> String {
    let application = try environment.discord(.interactive).application()
    guard let known = try environment.connections.discord(), known.publicKey == application.verifyKey else {
      throw Failure.conflict("The application's key has changed. Run “guildhall discord connect” again.")
    }
    return "connected as \(application.name); interactions go to \(environment.publicURL)/discord/interactions"
  }

  private func notion(_ environment: Environment) throws -> [Finding] {
    let all = try environment.connections.notion()
    if all.isEmpty {
      return [Finding("notion") { throw Failure.notFound("No workspace is connected. Run “guildhall notion connect”.") }]
    }
    return all.map { connection in
      Finding("notion") { "connected to \(try environment.notion(connection.id, .interactive).me().workspace ?? connection.label)" }
    }
  }

  private func mappings(_ environment: Environment) throws -> [Finding] {
    let all = try environment.mappings.list()
    if all.isEmpty {
      return [Finding("mappings") { throw Failure.notFound("There is none. Make one with “guildhall mapping add”.") }]
    }
    let health = Dictionary(uniqueKeysWithValues: try environment.mappings.health().map { ($0.id, $0) })
    return all.map { mapping in
      Finding("mapping “\(mapping.name)”") {
        _ = try environment.notion(mapping.connection, .interactive).dataSource(mapping.dataSource)
        let channel = try environment.discord(.interactive).channel(mapping.channel)
        if let health = health[mapping.id], let error = health.lastError {
          throw Failure(.unavailable, health.failuresInARow == 0 ? error : "the last run failed: \(error)")
        }
        let lag = health[mapping.id]?.lagSeconds.map { ", \($0) s behind" } ?? ", not synced yet"
        return "the table can be read, #\(channel.name ?? mapping.channel.rawValue) can be seen\(lag)"
      }
    }
  }

  private func limits(_ environment: Environment) throws -> [Finding] {
    let all = try [environment.connections.discord()].compactMap(\.self) + environment.connections.notion()
    return all.map { connection in
      Finding("calls to \(connection.label)") {
        let health = try environment.health(of: connection)
        if let until = health.heldUntil {
          throw Failure(.unavailable, "held back until \(until), after \(health.failuresInARow) failures in a row")
        }
        return "\(health.spent) in the current window, nothing is held back"
      }
    }
  }

  private func jobs(_ environment: Environment) throws -> String {
    let counts = try environment.queue.counts()
    if let dead = counts["dead"], dead > 0 {
      throw Failure.conflict("\(dead) jobs have failed for good. “guildhall jobs list --dead” says why, “guildhall jobs replay all” tries again.")
    }
    return "\(counts.values.reduce(0, +)) waiting or running"
  }
}

private struct Finding: Encodable {
  let what: String
  let isWell: Bool
  let sentence: String

  init(_ what: String, _ examine: () throws -> String) {
    self.what = what
    do {
      sentence = try examine()
      isWell = true
    } catch {
      sentence = Failure(error).sentence
      isWell = false
    }
  }

  enum CodingKeys: String, CodingKey {
    case what, sentence
    case isWell = "ok"
  }
}
