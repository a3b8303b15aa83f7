import ArgumentParser
import Basics
import Batch
import Bootstrap
import Foundation
import Store

struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Follows one event through everything that was done about it.",
    discussion: """
      Takes any id that stands in a log line, on an error page or in “guildhall jobs list”: of a request, an \
      interaction, a job or a run. Shows what the database knows of it, and the lines of all programs' logs that \
      belong to it.

      EXAMPLES
        guildhall log ID                           asks the usual logs
        guildhall log ID /var/log/guildhall/*.log  looks into files
        journalctl -o cat | guildhall log ID -     reads what comes in
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: "The id.")
  var id: String

  @Argument(help: "Log files; - for standard input. The journal and nginx's log when none is named.")
  var files: [String] = []

  func run() throws {
    let environment = try quietEnvironment(common)
    let (known, lines) = try reporting { () -> ([Trace.Event], [LogLine]) in
      let trace = try Trace(of: id, in: environment.durable)
      return (trace.events, try LogLine.belonging(to: trace.ids, in: files))
    }
    let all = (known.map(\.line) + lines).sorted { $0.time < $1.time }
    if all.isEmpty {
      try reporting { throw Failure.notFound("Nothing is known of \(id), in the database or in the logs.") }
    }
    for line in all { print(common.json ? line.json : line.text) }
  }
}

/// What the database knows of an event: the ids that belong together, and what became of it.
struct Trace {
  struct Event {
    let line: LogLine
  }

  let ids: Set<String>
  let events: [Event]

  init(of id: String, in store: DataStore) throws {
    let (interactions, jobs) = try store.read { queries in
      let correlation =
        try queries.value(String.self, "SELECT correlation_id FROM interactions WHERE id = \(id)")
        ?? queries.value(String.self, "SELECT coalesce(correlation_id, id) FROM jobs WHERE id = \(id)") ?? id
      return (
        try queries.rows("SELECT * FROM interactions WHERE id = \(id) OR correlation_id = \(correlation) ORDER BY id"),
        try queries.rows("SELECT * FROM jobs WHERE id = \(id) OR correlation_id = \(correlation) ORDER BY id")
      )
    }
    let names = try (interactions + jobs).flatMap { row in
      [try row.get("id", as: String.self), try row.optional("correlation_id", as: String.self)].compactMap(\.self)
    }
    ids = Set(names + [id])
    events = try interactions.map(Self.received) + jobs.map(Self.work)
  }

  private static func received(_ row: Row) throws -> Event {
    Event(
      line: LogLine(
        [
          "ts": .string(try row.get("received_at", as: Timestamp.self).description), "part": "database",
          "msg": "interaction answered", "interaction": .string(try row.get("id")),
          "correlation": .string(try row.get("correlation_id")),
        ]))
  }

  private static func work(_ row: Row) throws -> Event {
    let error: String? = try row.optional("last_error")
    var members: [String: JSONValue] = [
      "ts": .string(try row.get("updated_at", as: Timestamp.self).description), "part": "database",
      "msg": .string("job \(try row.get("state", as: String.self))"), "kind": .string(try row.get("kind")),
      "job": .string(try row.get("id")), "attempts": .integer(try row.get("attempts")),
      "written": .string(try row.get("created_at", as: Timestamp.self).description),
    ]
    members["err"] = error.map { .string($0) }
    return Event(line: LogLine(members))
  }
}
