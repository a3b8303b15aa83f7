import Basics
import Discord
import Notion
import Store

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
    roles = try JSON.decode(Roles.self, from: row.get("roles", as: String.self))
    fixedOption = try row.get("fixed_option")
    statusOptions = try JSON.decode([String].self, from: row.get("status_options", as: String.self))
    rules = try JSON.decode(Rules.self, from: row.get("rules", as: String.self))
    watermark = try row.optional("watermark")
    isPaused = try row.get("is_paused")
  }
}

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
