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
  /// From the report to the fix, in hours; nil while nothing was fixed. To the quarter of an hour where it was quick, to
  /// the day or the week where it was not.
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
    func count(_ facet: IssueCounts.Facet, where isCounted: (IssueCounts.Count) -> Bool) throws -> [String: Int] {
      try IssueCounts.all(facet, of: guild, queries).filter(isCounted)
        .reduce(into: [:]) { $0[$1.value, default: 0] += $1.number }
    }
    byStatus = try count(.status) { _ in true }
    byPriority = try count(.priority) { $0.ending == .open }
    byAssignee = try count(.assignee) { $0.ending == .open }
    total = byStatus.values.reduce(0, +)
    fixed = try count(.status) { $0.ending == .fixed }.values.reduce(0, +)
    closed = try count(.status) { $0.ending == .closed }.values.reduce(0, +)
    open = total - fixed - closed
    days = try Self.days(guild, now, queries)
    let took = try IssueCounts.all(.took, of: guild, queries)
      .compactMap { count in Int64(count.value).map { (quarters: $0, number: count.number) } }
      .sorted { $0.quarters < $1.quarters }
    medianHoursToFix = Self.quantile(0.5, of: took)
    p90HoursToFix = Self.quantile(0.9, of: took)
    let own: SQL = guild.map { "guild_id = \($0)" } ?? "1 = 1"
    mappings = try queries.all(Mapping.self, "SELECT * FROM sync_mappings WHERE \(own) ORDER BY created_at, id")
      .map { try MappingHealth($0, at: now, queries) }
  }

  private static func days(_ guild: GuildID?, _ now: Timestamp, _ queries: some Queries) throws -> [Day] {
    let day: Int64 = 86_400_000
    let today = now.milliseconds / day
    let opened = try IssueCounts.days(.opened, of: guild, since: today - 29, queries)
    let fixed = try IssueCounts.days(.fixed, of: guild, since: today - 29, queries)
    return (today - 29...today).map { number in
      let name = String(Timestamp(milliseconds: number * day).description.prefix(10))
      return Day(day: name, opened: opened[number] ?? 0, fixed: fixed[number] ?? 0)
    }
  }

  /// In hours, of counted quarters in order, by the nearest rank.
  private static func quantile(_ share: Double, of took: [(quarters: Int64, number: Int)]) -> Double? {
    let all = took.map(\.number).reduce(0, +)
    var rank = min(all - 1, Int(share * Double(all)))
    for (quarters, number) in took {
      if rank < number { return Double(quarters) / 4 }
      rank -= number
    }
    return nil
  }
}
