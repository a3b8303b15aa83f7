import Discord
import Store

/// How many issues there are, by what they say, without looking at them (`ListTables`).
enum IssueCounts {
  enum Facet: String, SQLConvertible {
    case status, priority, assignee
    /// By the day, counted from 1970 in UTC.
    case opened, fixed
    /// From report to fix, in quarters of an hour, rounded down the more the longer it took.
    case took
  }

  struct Count: RowDecodable {
    let value: String
    let isFixed: Bool
    let number: Int

    init(row: Row) throws {
      value = try row.get("value")
      isFixed = try row.get("is_fixed")
      number = try row.get("number")
    }
  }

  /// - Parameter guild: only this server's issues; nil means all.
  static func all(_ facet: Facet, of guild: GuildID?, _ queries: some Queries) throws -> [Count] {
    try queries.all(
      """
      SELECT value, is_fixed, sum(number) AS number FROM issue_counts
      WHERE mapping_id IN (\(mappings(of: guild))) AND facet = \(facet) GROUP BY value, is_fixed ORDER BY value, is_fixed
      """)
  }

  /// By day, of the days since that one.
  static func days(_ facet: Facet, of guild: GuildID?, since day: Int64, _ queries: some Queries) throws -> [Int64: Int] {
    let rows = try queries.rows(
      """
      SELECT value, sum(number) AS number FROM issue_counts
      WHERE mapping_id IN (\(mappings(of: guild))) AND facet = \(facet) AND is_fixed = \(facet == .fixed)
        AND value >= \(String(day)) GROUP BY value ORDER BY value
      """)
    return try rows.reduce(into: [:]) { days, row in
      if let day = Int64(try row.get("value", as: String.self)) { days[day] = try row.get("number") }
    }
  }

  /// How many issues of a server say this.
  static func number(_ facet: Facet, _ value: String, of guild: GuildID, _ queries: some Queries) throws -> Int {
    try queries.value(
      """
      SELECT sum(number) FROM issue_counts
      WHERE mapping_id IN (\(mappings(of: guild))) AND facet = \(facet) AND is_fixed IN (0, 1) AND value = \(value)
      """) ?? 0
  }

  static func number(in mapping: String, _ queries: some Queries) throws -> Int {
    try queries.value("SELECT sum(number) FROM issue_counts WHERE mapping_id = \(mapping) AND facet = 'status'") ?? 0
  }

  private static func mappings(of guild: GuildID?) -> SQL {
    guild.map { "SELECT id FROM sync_mappings WHERE guild_id = \($0)" } ?? "SELECT id FROM sync_mappings"
  }
}
