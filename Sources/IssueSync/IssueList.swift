import Basics
import Discord
import Store

/// An issue as a line of a list.
public struct IssueEntry: Sendable, RowDecodable {
  public let id: String
  public let number: String
  public let title: String
  public let status: String
  public let priority: String
  public let assignee: String
  public let labels: String
  public let due: String
  public let url: String
  public let isFixed: Bool
  /// Fixed, or ended otherwise.
  public let isClosed: Bool
  public let reportedAt: Timestamp
  public let editedAt: Timestamp
  public let fixedAt: Timestamp?

  static let columns: SQL = """
    id, number, title, status, priority, assignee, labels, due, url, is_fixed, is_closed, reported_at, edited_at, fixed_at
    """

  public init(row: Row) throws {
    id = try row.get("id")
    number = try row.get("number")
    title = try row.get("title")
    status = try row.get("status")
    priority = try row.get("priority")
    assignee = try row.get("assignee")
    labels = try row.get("labels")
    due = try row.get("due")
    url = try row.get("url")
    isFixed = try row.get("is_fixed")
    isClosed = try row.get("is_closed")
    reportedAt = try row.get("reported_at")
    editedAt = try row.get("edited_at")
    fixedAt = try row.optional("fixed_at")
  }
}

/// The issues of a server, a page at a time, in an order that holds.
///
/// A page follows an index in the list's order until it is full; where a filter leaves few issues (the counts know), those
/// few are taken instead. Only words that hardly any title holds are looked for in every title of the server.
public struct IssueList: Sendable {
  let guild: GuildID
  let filter: IssueFilter
  let order: IssueOrder

  public init(of guild: GuildID, _ filter: IssueFilter, in order: IssueOrder) {
    self.guild = guild
    self.filter = filter
    self.order = order
  }

  /// - Parameter start: from a page of a list in the same order; another one is no place here, and the list begins anew.
  public func page(from start: Keyset?, limit: Int, _ queries: some Queries) throws -> ListPage<IssueEntry> {
    let start = start.flatMap { order.has($0) ? $0 : nil }
    let rows: [IssueEntry] = try queries.all(try statement(from: start, limit: limit + 1, queries))
    return ListPage(rows, limit: limit, from: start) { (order.place(of: $0), id: $0.id) }
  }

  /// The first of the list that lie among so many of what is open, fixed or closed: where every letter that somebody
  /// types is a look, none may grow with the server.
  func first(_ limit: Int, among reach: Int, _ queries: some Queries) throws -> [IssueEntry] {
    try queries.all(try statement(from: nil, limit: limit, among: reach, queries))
  }

  /// What people can filter by.
  public static func choices(in guild: GuildID, _ queries: some Queries) throws -> Choices {
    func values(_ facet: IssueCounts.Facet) throws -> [String] {
      Array(Set(try IssueCounts.all(facet, of: guild, queries).map(\.value))).sorted()
    }
    let mappings = try queries.rows("SELECT id, name FROM sync_mappings WHERE guild_id = \(guild) ORDER BY name, id")
    return Choices(
      statuses: try values(.status), priorities: try values(.priority), assignees: try values(.assignee),
      mappings: try mappings.map { (id: try $0.get("id"), name: try $0.get("name")) })
  }

  public struct Choices: Sendable {
    public let statuses: [String]
    public let priorities: [String]
    public let assignees: [String]
    public let mappings: [(id: String, name: String)]
  }

  // MARK: SQL

  /// So few issues are sorted sooner than an index is followed to its end.
  static let few = 1000

  func statement(from start: Keyset?, limit: Int, among reach: Int? = nil, _ queries: some Queries) throws -> SQL {
    let isDown = start.descends(in: order.isDescending)
    let direction: SQL = isDown ? "DESC" : "ASC"
    let inOrder: SQL = "ORDER BY place \(direction), id \(direction) LIMIT \(limit)"
    func candidates(_ first: SQL) -> SQL {
      """
      SELECT id, \(order.column) AS place FROM issues
      WHERE \(first) \(filter.conditions) \(start.behind(order.column, descending: isDown)) \(inOrder)
      """
    }
    let found: SQL
    if let few = try fewest(queries) {
      found = candidates("id IN (\(few)) AND guild_id || '' = \(guild) AND (\(endings.joined(" OR ")))")
    } else {
      let parts = try endings.map { ending in
        let all: SQL = "guild_id = \(guild) AND is_removed = 0 AND \(ending)"
        let near = try reach.flatMap { try place(all, number: $0, descending: isDown, queries) }
        return "SELECT * FROM (\(candidates("\(all) \(near.behind(order.column, descending: !isDown))")))" as SQL
      }
      found = "\(parts.joined(" UNION ALL ")) \(inOrder)"
    }
    return """
      SELECT \(IssueEntry.columns) FROM issues WHERE id IN (SELECT id FROM (\(found)))
      ORDER BY \(order.column) \(direction), id \(direction)
      """
  }

  /// Where the first issue stands that is out of reach; nil where none is.
  private func place(
    _ condition: SQL, number: Int, descending isDown: Bool, _ queries: some Queries
  ) throws -> Keyset? {
    let direction: SQL = isDown ? "DESC" : "ASC"
    let row = try queries.rows(
      """
      SELECT \(order.column) AS place, id FROM issues WHERE \(condition)
      ORDER BY place \(direction), id \(direction) LIMIT 1 OFFSET \(number)
      """
    ).first
    return try row.map { Keyset(try $0.get("place"), id: try $0.get("id")) }
  }

  /// What has become of the issues that are wanted; each has its part of an index in order.
  private var endings: [SQL] {
    let (open, fixed, closed): (SQL, SQL, SQL) = (
      "(is_closed = 0 AND is_fixed = 0)", "(is_closed = 1 AND is_fixed = 1)", "(is_closed = 1 AND is_fixed = 0)"
    )
    switch filter.state {
    case .open: return [open]
    case .fixed: return [fixed]
    case .closed: return [closed]
    case .all: return [open, fixed, closed]
    }
  }

  /// The ids that the narrowest condition leaves, when those are few.
  private func fewest(_ queries: some Queries) throws -> SQL? {
    let facets: [(IssueCounts.Facet, SQL, String?)] = [
      (.status, "status", filter.status), (.priority, "priority", filter.priority),
      (.assignee, "assignee", filter.assignee),
    ]
    var found: [(number: Int, condition: SQL)] = try facets.compactMap { facet, column, value in
      try value.map {
        (
          try IssueCounts.number(facet, $0, of: guild, queries),
          "guild_id = \(guild) AND is_removed = 0 AND \(column) = \($0)"
        )
      }
    }
    if let mapping = filter.mapping {
      found.append((try IssueCounts.number(in: mapping, queries), "mapping_id = \(mapping) AND is_removed = 0"))
    }
    guard let least = found.min(by: { $0.number < $1.number }), least.number <= Self.few else { return nil }
    return "SELECT id FROM issues WHERE \(least.condition) LIMIT \(Self.few)"
  }
}

extension [SQL] {
  fileprivate func joined(_ word: SQL) -> SQL { dropFirst().reduce(first ?? "") { "\($0) \(word) \($1)" } }
}
