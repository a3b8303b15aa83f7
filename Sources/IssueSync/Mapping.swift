import Basics
import Discord
import Notion
import Store
import Synchronization

/// A table in Notion whose rows are issues, and the channel in Discord where they live.
public struct Mapping: Sendable, RowDecodable {
  public let id: String
  public let guild: GuildID
  public let channel: ChannelID
  public let kind: ChannelKind
  /// The connection to Notion that shows the table.
  public let connection: String
  public let database: DatabaseID
  public let dataSource: DataSourceID
  public let name: String
  public let roles: Roles
  /// The option of the status column that means "fixed".
  public let fixedOption: String
  /// All options of the status column, in Notion's order.
  public let statusOptions: [String]
  public let rules: Rules
  /// Edits before this instant have been seen; nil before the first complete reading.
  public let watermark: Timestamp?
  public let isPaused: Bool

  public enum ChannelKind: String, Sendable, SQLConvertible {
    /// A message for each issue.
    case text
    /// A post for each issue, in a forum.
    case forum
  }

  public init(row: Row) throws {
    id = try row.get("id")
    guild = try row.get("guild_id")
    channel = try row.get("channel_id")
    kind = try row.get("channel_kind")
    connection = try row.get("connection_id")
    database = try row.get("database_id")
    dataSource = try row.get("data_source_id")
    name = try row.get("name")
    roles = try decoded("roles", of: row)
    fixedOption = try row.get("fixed_option")
    statusOptions = try decoded("status_options", of: row)
    rules = try decoded("rules", of: row)
    watermark = try row.optional("watermark")
    isPaused = try row.get("is_paused")
  }
}

/// A column of JSON. Every click reads a mapping and hardly any changes it, so what its texts say is remembered.
private func decoded<Value: Decodable & Sendable>(_ column: String, of row: Row) throws -> Value {
  let text: String = try row.get(column)
  if let known = knownColumns.withLock({ $0[text] }) as? Value { return known }
  let value = try JSON.decode(Value.self, from: text)
  knownColumns.withLock { known in
    if known.count >= 256 { known = [:] }
    known[text] = value
  }
  return value
}

private let knownColumns = Mutex<[String: any Sendable]>([:])

/// What the people of a server decided about a mapping.
public struct Rules: Codable, Sendable, Hashable {
  /// Messages that somebody deleted by hand: posted again, or left alone.
  public enum LostMessages: String, Codable, Sendable {
    case repost
    case forget
  }

  public var lostMessages: LostMessages = .repost
  /// Who may change issues from Discord; empty means every member.
  public var pressers: [RoleID] = []
  /// Roles to call when a new issue has this priority, by its name.
  public var calls: [String: [RoleID]] = [:]
  /// Changes of other parts alone are not worth an edit of the message. Empty means every part is.
  public var watched: [Part] = []
  /// The heading of a message; `{number}`, `{title}`, `{status}`, `{priority}`, `{assignee}`, `{labels}` and `{due}` are
  /// filled in.
  public var heading = "{number} · {title}"

  public init() {}
}

/// A part of an issue that people see.
public enum Part: String, Codable, Sendable, CaseIterable {
  case title, number, status, priority, assignee, labels, due, summary
}
