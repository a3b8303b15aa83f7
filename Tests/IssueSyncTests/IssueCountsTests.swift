import Basics
import Discord
import Store
import TestSupport
import Testing

@testable import IssueSync

@Suite("Figures without looking at the issues")
struct IssueCountsTests {
  let hall: Hall
  private let mapping: Mapping

  init() throws {
    hall = try Hall()
    mapping = try hall.mapping()
  }

  private static let statuses = ["Open", "Blocked", "Fixed", "Won't fix"]

  private func put(_ id: Int, _ random: inout RandomSource) throws {
    let status = Self.statuses.randomElement(using: &random)!
    let reported = Timestamp(milliseconds: Int64.random(in: 20_000...20_090, using: &random) * 86_400_000)
    let fixed: Timestamp? =
      status == "Fixed" ? reported + .seconds(Int64.random(in: -5...9_000_000, using: &random)) : nil
    let isRemoved = Int.random(in: 0...5, using: &random) == 0
    try hall.store.write {
      try $0.run(
        """
        INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
          summary, url, is_fixed, is_closed, is_removed, reported_at, edited_at, fixed_at, read_at)
        VALUES (\(String(id)), \(mapping.id), \(Hall.guild), \(String(id)), 't', 'n', \(status),
          \(["", "High"].randomElement(using: &random)!), \(["", "Nelly", "Zoë"].randomElement(using: &random)!), '', '',
          '', '', \(fixed != nil), \(status == "Fixed" || status == "Won't fix"), \(isRemoved), \(reported), 0, \(fixed), 0)
        ON CONFLICT (id) DO UPDATE SET status = excluded.status, priority = excluded.priority,
          assignee = excluded.assignee, is_fixed = excluded.is_fixed, is_closed = excluded.is_closed,
          is_removed = excluded.is_removed, reported_at = excluded.reported_at, fixed_at = excluded.fixed_at
        """)
    }
  }

  @Test(arguments: 1...4)
  func countsAreWhatCountingWouldSay(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    for _ in 0..<300 {
      let id = Int.random(in: 0..<60, using: &random)
      if Int.random(in: 0..<8, using: &random) == 0 {
        _ = try hall.store.write { try $0.run("DELETE FROM issues WHERE id = \(String(id))") }
      } else {
        try put(id, &random)
      }
    }
    try hall.store.read { queries in
      for (facet, column) in [
        (IssueCounts.Facet.status, "status" as SQL), (.priority, "priority"), (.assignee, "assignee"),
      ] {
        let counted = try IssueCounts.all(facet, of: Hall.guild, queries).map {
          "\($0.value)|\($0.ending)|\($0.number)"
        }
        let truth = try queries.rows(
          """
          SELECT \(column) || '|' || CASE WHEN is_fixed = 1 THEN 'fixed' WHEN is_closed = 1 THEN 'closed' ELSE 'open' END
            || '|' || count(*) AS line
          FROM issues WHERE is_removed = 0 GROUP BY \(column), is_fixed, is_closed ORDER BY line
          """
        ).map { try $0.get("line", as: String.self) }
        #expect(counted.sorted() == truth.sorted())
      }
      let opened = try IssueCounts.days(.opened, of: Hall.guild, since: 20_045, queries)
      let since = Timestamp(milliseconds: 20_045 * 86_400_000)
      let late = try queries.value(
        Int.self, "SELECT count(*) FROM issues WHERE is_removed = 0 AND reported_at >= \(since)")
      #expect(opened.values.reduce(0, +) == late && opened.keys.allSatisfy { $0 >= 20_045 })
      #expect(try queries.value(Int.self, "SELECT count(*) FROM issue_counts WHERE number <= 0") == 0)
      let fixed = try queries.value(
        Int.self, "SELECT count(*) FROM issues WHERE fixed_at IS NOT NULL AND is_removed = 0")
      #expect(try IssueCounts.all(.took, of: nil, queries).map(\.number).reduce(0, +) == fixed)
    }
  }

  @Test func aMappingThatIsRemovedTakesItsNumbersAlong() throws {
    var random = RandomSource(seed: 9)
    for id in 0..<50 { try put(id, &random) }
    try hall.mappings.remove(mapping.id)
    #expect(try hall.store.read { try $0.value(Int.self, "SELECT count(*) FROM issue_counts") } == 0)
  }

  @Test func figuresAreThoseOfTheIssues() throws {
    let now = hall.now
    func add(_ id: Int, _ status: String, days: Int64, hours: Int64? = nil) throws {
      let reported = now - .seconds(days * 86_400)
      let fixed = hours.map { reported + .seconds($0 * 3600) }
      try hall.store.write {
        try $0.run(
          """
          INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
            summary, url, is_fixed, is_closed, is_removed, reported_at, edited_at, fixed_at, read_at)
          VALUES (\(String(id)), \(mapping.id), \(Hall.guild), \(String(id)), 't', 'n', \(status), 'High', 'Nelly', '', '',
            '', '', \(status == "Fixed"), \(status != "Open"), 0, \(reported), 0, \(fixed), 0)
          """)
      }
    }
    try add(1, "Open", days: 0)
    try add(2, "Open", days: 40)
    try add(3, "Won't fix", days: 2)
    try add(4, "Fixed", days: 5, hours: 2)
    try add(5, "Fixed", days: 5, hours: 30)
    try add(6, "Fixed", days: 20, hours: 24 * 20)
    let stats = try hall.store.read { try Stats(of: Hall.guild, at: now, $0) }
    #expect((stats.total, stats.open, stats.fixed, stats.closed) == (6, 2, 3, 1))
    #expect(stats.byStatus == ["Open": 2, "Won't fix": 1, "Fixed": 3])
    #expect(stats.byPriority == ["High": 2] && stats.byAssignee == ["Nelly": 2])
    #expect(stats.medianHoursToFix == 30 && stats.p90HoursToFix == 480)
    #expect(stats.days.count == 30 && stats.days.last?.opened == 1 && stats.days.last?.fixed == 1)
    #expect(stats.days.map(\.opened).reduce(0, +) == 5 && stats.days.map(\.fixed).reduce(0, +) == 3)
    #expect(stats.mappings.map(\.issues) == [6])
    #expect(try hall.store.read { try Stats(of: GuildID("77")!, at: now, $0) }.total == 0)
  }

  @Test func noFigureLooksAtTheIssues() throws {
    let read: [SQL] = [
      "SELECT value, ending, sum(number) AS number FROM issue_counts WHERE mapping_id IN (SELECT id FROM sync_mappings) AND facet = 'status' GROUP BY value, ending ORDER BY value, ending",
      "SELECT sum(number) FROM issue_counts WHERE mapping_id = 'm' AND facet = 'status'",
    ]
    for sql in read {
      let plan = try hall.store.read {
        try $0.rows("EXPLAIN QUERY PLAN \(sql)").map { try $0.get("detail", as: String.self) }
      }
      #expect(
        plan.contains { $0.contains("SEARCH issue_counts") } && !plan.contains { $0.contains("SCAN issue") }, "\(plan)")
    }
  }
}
