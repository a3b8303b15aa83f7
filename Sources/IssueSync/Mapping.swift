import Basics
import Discord
import Notion
import Store

/// A table in Notion whose rows are issues, and the channel in Discord where they live.
public struct Mapping: Sendable, RowDecodable {
  public let id: String
  public let guild: GuildID
  public let channel: ChannelID
  /// The connection to Notion that shows the table.
  public let connection: String
  public let database: DatabaseID
  public let dataSource: DataSourceID
  public let name: String
  public let roles: Roles
  /// The option of the status column that means "fixed".
  public let fixedOption: String
  /// Edits before this instant have been seen; nil before the first complete reading.
  public let watermark: Timestamp?

  public init(row: Row) throws {
    id = try row.get("id")
    guild = try row.get("guild_id")
    channel = try row.get("channel_id")
    connection = try row.get("connection_id")
    database = try row.get("database_id")
    dataSource = try row.get("data_source_id")
    name = try row.get("name")
    roles = try JSON.decode(Roles.self, from: row.get("roles", as: String.self))
    fixedOption = try row.get("fixed_option")
    watermark = try row.optional("watermark")
  }
}

/// Which column plays which part. Columns are kept by id, so that renaming one changes nothing.
public struct Roles: Codable, Sendable, Hashable {
  public struct Role: Codable, Sendable, Hashable {
    public let id: String
    public let type: String
  }

  public var title: Role
  public var status: Role
  public var priority: Role?
  public var assignee: Role?
  public var labels: Role?
  public var summary: Role?
  public var number: Role?

  var all: [Role] { [title, status, priority, assignee, labels, summary, number].compactMap(\.self) }
}

extension Roles {
  /// A sensible guess from the names and types of a table's columns.
  public init(guessing table: DataSource) throws {
    let columns = table.columns.values.sorted { $0.name < $1.name }
    func column(_ types: [String], _ names: [String], orAny: Bool = false) -> Role? {
      let fitting = columns.filter { types.contains($0.type) }
      let named = names.lazy.compactMap { name in fitting.first { $0.name.lowercased().contains(name) } }.first
      return (named ?? (orAny ? fitting.first : nil)).map { Role(id: $0.id, type: $0.type) }
    }
    guard let title = columns.first(where: { $0.type == "title" }) else {
      throw Failure.invalid("This table has no title column, so its rows cannot be issues.")
    }
    guard let status = column(["status"], ["status", "state"], orAny: true) ?? column(["select"], ["status", "state"]) else {
      throw Failure.invalid("This table has no status column. Add one in Notion (type Status), then try again.")
    }
    self.init(
      title: Role(id: title.id, type: "title"), status: status,
      priority: column(["select", "status", "number"], ["priority", "severity", "urgency"]),
      assignee: column(["people", "person", "rich_text", "select"], ["assignee", "assigned", "owner", "responsible"]),
      labels: column(["multi_select", "select"], ["label", "tag", "area", "component", "category"]),
      summary: column(["rich_text"], ["description", "summary", "details", "notes"]),
      number: column(["unique_id"], [], orAny: true))
  }
}

extension Column {
  /// The option that most likely means "fixed"; nil when none looks like it.
  func guessFixedOption() -> String? {
    let words = ["fixed", "done", "resolved", "complete", "completed", "closed", "shipped"]
    return words.lazy.compactMap { word in options.first { $0.name.lowercased() == word }?.name }.first
  }
}
