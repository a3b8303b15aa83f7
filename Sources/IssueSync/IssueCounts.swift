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

  /// What became of an issue; `closed` without a fix.
  enum Ending: String, SQLConvertible, CaseIterable {
    case open, fixed, closed
  }

  struct Count: RowDecodable {
    let value: String
    let ending: Ending
    let number: Int

    init(row: Row) throws {
      value = try row.get("value")
      ending = try row.get("ending")
      number = try row.get("number")
    }
  }

  /// - Parameter guild: only this server's issues; nil means all.
  static func all(_ facet: Facet, of guild: GuildID?, _ queries: some Queries) throws -> [Count] {
    try queries.all(
      """
      SELECT value, ending, sum(number) AS number FROM issue_counts
      WHERE mapping_id IN (\(mappings(of: guild))) AND facet = \(facet) GROUP BY value, ending ORDER BY value, ending
      """)
  }

  /// By day, of the days since that one.
  static func days(_ facet: Facet, of guild: GuildID?, since day: Int64, _ queries: some Queries) throws -> [Int64: Int]
  {
    let rows = try queries.rows(
      """
      SELECT value, sum(number) AS number FROM issue_counts
      WHERE mapping_id IN (\(mappings(of: guild))) AND facet = \(facet) AND ending = \(facet == .fixed ? Ending.fixed : .open)
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
      WHERE mapping_id IN (\(mappings(of: guild))) AND facet = \(facet) AND ending IN \(list: Ending.allCases) AND value = \(value)
      """) ?? 0
  }

  static func number(in mapping: String, _ queries: some Queries) throws -> Int {
    try queries.value("SELECT sum(number) FROM issue_counts WHERE mapping_id = \(mapping) AND facet = 'status'") ?? 0
  }

  private static func mappings(of guild: GuildID?) -> SQL {
    guild.map { "SELECT id FROM sync_mappings WHERE guild_id = \($0)" } ?? "SELECT id FROM sync_mappings"
  }
}
