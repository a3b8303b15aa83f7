import Basics
import Discord
import IssueSync

/// A mapping for programs.
struct MappingSummary: Encodable {
  let id: String
  let name: String
  let guild: String
  let channel: String
  let database: String
  let dataSource: String
  let columns: [String: String]
  let fixed: String
  let closed: [String]
  let filter: [String]
  let watched: [String]
  let pressers: [String]
  let calls: [String: [String]]
  let heading: String
  let body: String
  let lost: String
  let isPaused: Bool
  let problem: String?

  enum CodingKeys: String, CodingKey {
    case id, name, columns, closed, filter, watched, pressers, calls, heading, body, problem
    case guild = "guild_id"
    case channel = "channel_id"
    case database = "database_id"
    case dataSource = "data_source_id"
    case fixed = "fixed_option"
    case lost = "lost_messages"
    case isPaused = "paused"
  }

  init(_ mapping: Mapping) {
    id = mapping.id
    name = mapping.name
    guild = mapping.guild.rawValue
    channel = mapping.channel.rawValue
    database = mapping.database.rawValue
    dataSource = mapping.dataSource.rawValue
    let roles = Part.allCases.compactMap { part in mapping.roles[part].map { (part.rawValue, $0.name ?? $0.id) } }
    columns = Dictionary(uniqueKeysWithValues: roles)
    fixed = mapping.fixedOption
    closed = mapping.closedOptions
    filter = mapping.rules.filter.conditions.map(\.description)
    watched = mapping.rules.watched.map(\.rawValue)
    pressers = mapping.rules.pressers.map(\.rawValue)
    calls = mapping.rules.calls.mapValues { $0.map(\.rawValue) }
    heading = mapping.rules.heading.text
    body = mapping.rules.body.text
    lost = mapping.rules.lostMessages.rawValue
    isPaused = mapping.isPaused
    problem = mapping.problem ?? mapping.placeProblem
  }
}

extension Mapping {
  /// The mapping in a line.
  var line: String {
    "\(id)  “\(name)” → channel \(channel), fixed means “\(fixedOption)”"
      + (isPaused ? ", paused" : watermark == nil ? ", never synced" : ", synced")
      + ((problem ?? placeProblem).map { "\n  ✗ \($0)" } ?? "")
  }

  /// Everything that was decided, a line each.
  var details: String {
    let columns = Part.allCases.map { "\($0.rawValue) \(roles[$0].map { "“\($0.name ?? $0.id)”" } ?? "none")" }
    let calls = rules.calls.sorted { $0.key < $1.key }.map {
      "\($0.key): \($0.value.map(\.rawValue).joined(separator: " "))"
    }
    let lines = [
      ("columns", columns.joined(separator: ", ")),
      ("fixed", fixedOption),
      (
        "closed too",
        list(closedOptions, none: "nothing else") + (rules.closed == nil ? " (as Notion groups them)" : "")
      ),
      ("filter", list(rules.filter.conditions.map(\.description), none: "every row")),
      ("worth an edit", list(rules.watched.map(\.rawValue), none: "every part")),
      ("may press", list(rules.pressers.map(\.rawValue), none: "every member")),
      ("calls", list(calls, none: "nobody")),
      ("heading", rules.heading.text),
      ("body", rules.body.text.replacing("\n", with: "\n" + String(repeating: " ", count: 17))),
      ("deleted by hand", rules.lostMessages == .repost ? "posted again (repost)" : "left alone (forget)"),
    ]
    return lines.map { "  " + ($0 + ":").padding(to: 17) + $1 }.joined(separator: "\n")
  }

  private func list(_ words: [String], none: String) -> String {
    words.isEmpty ? none : words.joined(separator: ", ")
  }
}

extension SyncRun {
  var line: String {
    let counts = "\(read) read, \(new) new, \(changed) changed, \(removed) removed, \(calls) calls"
    let time =
      "\((finished - started).milliseconds) ms" + (waited == .zero ? "" : " of which \(waited.milliseconds) ms waiting")
    let span =
      "\(coveredFrom.map { "from \($0)" } ?? "everything")\(coveredTo.map { " to \($0)" } ?? ", not to its end")"
    return "\(started)  \(scope)  \(counts), \(time); \(span)" + (error.map { "\n  ✗ \($0)" } ?? "")
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}

extension MessageDraft {
  /// The message as it reads, for a terminal.
  var asText: String {
    let embeds = embeds.map { embed in
      ([embed.title, "", embed.description, ""] + embed.fields.map { "\($0.name): \($0.value)" } + [
        "", embed.footer.text,
      ])
      .joined(separator: "\n")
    }
    let buttons = components.flatMap { row -> [String] in
      switch row {
      case .buttons(let buttons): buttons.map { "[\($0.label)]" }
      case .select(let select): ["[\(select.placeholder) ▾]"]
      }
    }
    return (embeds + [buttons.joined(separator: " ")]).joined(separator: "\n\n")
  }
}
