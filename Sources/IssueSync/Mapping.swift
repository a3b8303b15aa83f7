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
  /// Other options that end an issue ("Won't fix"): what people chose, or what Notion groups as complete.
  public let closedOptions: [String]
  /// All options of the status column, in Notion's order.
  public let statusOptions: [String]
  public let rules: Rules
  /// Edits before this instant have been seen; nil before the first complete reading.
  public let watermark: Timestamp?
  public let isPaused: Bool
  /// What is wrong with the mapping itself, in words: a column that is gone, an option that was removed.
  public let problem: String?
  /// What keeps messages from the channel, in words.
  public let placeProblem: String?
  /// Counts what was decided about the mapping; what was compared under an older one is compared again.
  public let revision: Int64
  let comparedRevision: Int64

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
    closedOptions = try decoded("closed_options", of: row)
    statusOptions = try decoded("status_options", of: row)
    rules = try decoded("rules", of: row)
    watermark = try row.optional("watermark")
    isPaused = try row.get("is_paused")
    problem = try row.optional("problem")
    placeProblem = try row.optional("place_problem")
    revision = try row.get("revision")
    comparedRevision = try row.get("compared_revision")
  }

  /// A mapping that is not kept: for a preview.
  init(_ plan: MappingPlan) {
    (id, guild, channel, kind) = ("", plan.guild, plan.channel.id, plan.kind)
    (connection, database, dataSource) = (plan.connection, plan.database, plan.table.id)
    (name, roles, rules) = (plan.table.displayName, plan.roles, plan.rules)
    (fixedOption, closedOptions, statusOptions) = (plan.fixed, plan.closedOptions, plan.statusOptions)
    (watermark, isPaused, problem, placeProblem, revision, comparedRevision) = (nil, false, nil, nil, 0, 0)
  }

  /// The columns that a reading needs, by id.
  var columns: [String] {
    let all = roles.all.filter { $0.isMissing != true }.map(\.id) + rules.filter.conditions.map(\.column.id)
    return all.enumerated().filter { !all[..<$0.offset].contains($0.element) }.map(\.element)
  }

  /// Whether something was decided since every row was last compared.
  var needsComparison: Bool { watermark != nil && revision != comparedRevision }

  func knows(_ status: String) -> Bool { status.isEmpty || statusOptions.contains(status) }

  /// Asks Notion for rows that are open and fit the filter, as far as it can tell.
  var openRows: JSONValue? {
    let ended = ([fixedOption] + closedOptions).filter { statusOptions.contains($0) }
    return RowQuery.all(
      ended.map { RowQuery.where(roles.status.id, roles.status.type, is: $0, isNot: true) } + rules.filter.query)
  }

  func isClosed(_ status: String) -> Bool { status == fixedOption || closedOptions.contains(status) }
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
