import Basics
import Discord
import Store

/// Figures about issues and how well they are synced: totals, never titles.
public struct Stats: Encodable, Sendable {
  public let total: Int
  public let open: Int
  public let fixed: Int
  /// Ended without a fix.
  public let closed: Int
  public let byStatus: [String: Int]
  public let byPriority: [String: Int]
  /// Names of people: only for those who may see them.
  public var byAssignee: [String: Int]?
  /// The last thirty days, the oldest first, in UTC.
  public let days: [Day]
  /// From the report to the fix, in hours; nil while nothing was fixed.
  public let medianHoursToFix: Double?
  public let p90HoursToFix: Double?
  public let mappings: [MappingHealth]

  public struct Day: Encodable, Sendable {
    public let day: String
    public let opened: Int
    public let fixed: Int
  }

  enum CodingKeys: String, CodingKey {
    case total, open, fixed, closed, days, mappings
    case byStatus = "by_status"
    case byPriority = "by_priority"
    case byAssignee = "by_assignee"
    case medianHoursToFix = "median_hours_to_fix"
    case p90HoursToFix = "p90_hours_to_fix"
  }

  /// - Parameter guild: only this server's issues; nil means all.
  public init(of guild: GuildID? = nil, at now: Timestamp, _ queries: some Queries) throws {
    let scope: SQL = guild.map { "is_removed = 0 AND guild_id = \($0)" } ?? "is_removed = 0"
    byStatus = try Self.count("SELECT status AS name, count(*) AS number FROM issues WHERE \(scope) GROUP BY status ORDER BY status", queries)
    byPriority = try Self.count(
      "SELECT priority AS name, count(*) AS number FROM issues WHERE \(scope) AND is_closed = 0 GROUP BY priority ORDER BY priority",
      queries)
    byAssignee = try Self.count(
      "SELECT assignee AS name, count(*) AS number FROM issues WHERE \(scope) AND is_closed = 0 GROUP BY assignee ORDER BY assignee",
      queries)
    total = byStatus.values.reduce(0, +)
    fixed = try queries.value("SELECT count(*) FROM issues WHERE \(scope) AND is_fixed = 1") ?? 0
    closed = try queries.value("SELECT count(*) FROM issues WHERE \(scope) AND is_fixed = 0 AND is_closed = 1") ?? 0
    open = total - fixed - closed
    days = try Self.days(scope, now, queries)
    let hours = try queries.values(
      Int64.self,
      "SELECT fixed_at - reported_at FROM issues WHERE \(scope) AND fixed_at IS NOT NULL ORDER BY fixed_at - reported_at"
    ).map { Double($0) / 3_600_000 }
    medianHoursToFix = Self.quantile(0.5, of: hours)
    p90HoursToFix = Self.quantile(0.9, of: hours)
    let own: SQL = guild.map { "guild_id = \($0)" } ?? "1 = 1"
    mappings = try queries.all(Mapping.self, "SELECT * FROM sync_mappings WHERE \(own) ORDER BY created_at, id")
      .map { try MappingHealth($0, at: now, queries) }
  }

  private static func count(_ sql: SQL, _ queries: some Queries) throws -> [String: Int] {
    Dictionary(uniqueKeysWithValues: try queries.rows(sql).map { (try $0.get("name"), try $0.get("number")) })
  }

  private static func days(_ scope: SQL, _ now: Timestamp, _ queries: some Queries) throws -> [Day] {
    let day: Int64 = 86_400_000
    let today = now.milliseconds / day
    let since = (today - 29) * day
    func perDay(_ column: SQL) throws -> [Int64: Int] {
      let rows = try queries.rows(
        """
        SELECT \(column) / \(day) AS day, count(*) AS number FROM issues
        WHERE \(scope) AND \(column) >= \(since) GROUP BY \(column) / \(day) ORDER BY day
        """)
      return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("day"), try $0.get("number")) })
    }
    let (opened, fixed) = (try perDay("reported_at"), try perDay("fixed_at"))
    return (today - 29...today).map { number in
      let name = String(Timestamp(milliseconds: number * day).description.prefix(10))
      return Day(day: name, opened: opened[number] ?? 0, fixed: fixed[number] ?? 0)
    }
  }

  /// Of sorted values, by the nearest rank.
  private static func quantile(_ share: Double, of values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let hours = values[min(values.count - 1, Int(share * Double(values.count)))]
    return (hours * 100).rounded() / 100
  }
}
