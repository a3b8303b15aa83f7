import Basics
import Store
import TestSupport
import Testing

@testable import IssueSync

@Suite("What Discord suggests")
struct FindingTests {
  let hall: Hall
  private let mapping: Mapping

  init() throws {
    hall = try Hall()
    mapping = try hall.mapping()
  }

  /// A tenth of these is fixed; the first one was edited last.
  private func fill(_ count: Int) throws {
    try hall.store.write { transaction in
      try transaction.run(
        """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
        INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
          summary, url, is_fixed, is_closed, is_removed, reported_at, edited_at, read_at)
        SELECT 'issue-' || i, \(mapping.id), \(Hall.guild), 'page-' || i,
          CASE i % 3 WHEN 0 THEN 'Harbour door stuck' ELSE 'Crash of the Übung' END, 'LK-' || i,
          CASE i % 10 WHEN 0 THEN 'Fixed' ELSE 'In progress' END, '', '', '', '', '', '', i % 10 = 0, i % 10 = 0, i = 7,
          0, \(count) - i, 0
        FROM n
        """)
    }
  }

  private func found(_ text: String, limit: Int = 5) throws -> [String] {
    try hall.store.read { try Finding.issues(matching: text, in: Hall.guild, limit: limit, $0) }.map(\.number)
  }

  @Test(
    arguments: [
      ("", ["LK-1", "LK-2", "LK-3", "LK-4", "LK-5"]), ("harbour", ["LK-3", "LK-6", "LK-9", "LK-12", "LK-15"]),
      ("stuck HARB", ["LK-3", "LK-6", "LK-9", "LK-12", "LK-15"]), ("lk-7", []), ("lk-18", ["LK-18"]),
      ("übung fixed", ["LK-10", "LK-20"]), ("progress door", ["LK-3", "LK-6", "LK-9", "LK-12", "LK-15"]),
      ("LK-20 · Crash of the Übung · Fixed", ["LK-20"]), ("zebra", []), ("%", []),
    ] as [(String, [String])])
  func issuesThatFitAllWordsTheLatestEditedFirst(_ typed: String, _ numbers: [String]) throws {
    try fill(20)
    #expect(try found(typed) == numbers)
  }

  @Test func whereTheMessageStandsIsTold() throws {
    try fill(2)
    try hall.store.write {
      try $0.run(
        """
        INSERT INTO discord_messages (issue_id, guild_id, channel_id, post_key, intended_at, message_id)
        VALUES ('issue-1', \(Hall.guild), '5', 'key', 0, '6'), ('issue-2', \(Hall.guild), '5', 'other', 0, NULL)
        """)
    }
    let hits = try hall.store.read { try Finding.issues(matching: "", in: Hall.guild, limit: 5, $0) }
    #expect(hits.map { $0.message?.description.hasSuffix("/5/6") } == [true, nil])
  }

  /// What is open does not push what is fixed out of reach.
  @Test func onlySoManyOfEachEndingAreLookedThrough() throws {
    try fill(Finding.reach * 2)
    let (last, beyond) = (Finding.reach * 10 / 9, Finding.reach * 10 / 9 + 5)
    #expect(try found("LK-\(last - 1)") == ["LK-\(last - 1)"])
    #expect(try found("LK-\(beyond)") == [])
    #expect(try found("LK-\(Finding.reach * 2)") == ["LK-\(Finding.reach * 2)"])
  }

  @Test(arguments: [false, true])
  func aKeystrokeReadsAStretchOfAnIndex(_ isAnalyzed: Bool) throws {
    try fill(3000)
    if isAnalyzed { _ = try hall.store.write { try $0.run("ANALYZE") } }
    var filter = IssueFilter()
    (filter.state, filter.text, filter.looksAtStatus) = (.all, "zebra", true)
    let plan = try hall.store.read { queries in
      let list = IssueList(of: Hall.guild, filter, in: .edited)
      return try queries.rows("EXPLAIN QUERY PLAN \(try list.statement(from: nil, limit: 25, among: 100, queries))")
        .map { try $0.get("detail", as: String.self) }
    }
    let looks = plan.filter { $0.contains("issues_in_edited_order") }
    #expect(looks.count == 3, "\(plan)")
    #expect(looks.filter { $0.contains("COVERING") && $0.contains("(edited_at,id)>(?,?)") }.count == 2, "\(plan)")
  }
}
