import Basics
import Discord
import Foundation
import Store
import TestSupport
import Testing

@testable import IssueSync

@Suite("The list of issues")
struct IssueListTests {
  let hall: Hall
  private let mapping: Mapping

  init() throws {
    hall = try Hall()
    mapping = try hall.mapping()
  }

  /// Issues whose places in every order meet: equal times, equal words.
  private func fill(_ count: Int, of guild: GuildID = Hall.guild) throws {
    try hall.store.write { transaction in
      try transaction.run(
        """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
        INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
          summary, url, is_fixed, is_closed, is_removed, reported_at, edited_at, read_at)
        SELECT \(guild.rawValue) || printf('-%06d', i), \(mapping.id), \(guild), \(guild.rawValue) || '-' || i,
          CASE i % 5 WHEN 0 THEN 'Harbour door 100% stuck' ELSE 'Crash_' || i END, 'LK-' || i,
          CASE i % 4 WHEN 0 THEN 'Fixed' WHEN 1 THEN 'Open' WHEN 2 THEN 'Blocked' ELSE 'Won''t fix' END,
          CASE i % 3 WHEN 0 THEN '' WHEN 1 THEN 'High' ELSE 'Low' END,
          CASE WHEN i % 100 = 7 THEN 'Rare' ELSE 'Nelly' END, '', '', '', '', i % 4 = 0, i % 4 IN (0, 3), i % 50 = 9,
          1000000 * (i % 7), 1000000 * (i % 11), 0
        FROM n
        """)
    }
  }

  private func all(_ filter: IssueFilter, _ order: IssueOrder, limit: Int) throws -> [IssueEntry] {
    try hall.store.read { queries in
      var (found, start): ([IssueEntry], Keyset?) = ([], nil)
      repeat {
        let page = try IssueList(of: Hall.guild, filter, in: order).page(from: start, limit: limit, queries)
        #expect(page.entries.count <= limit)
        #expect((page.previous == nil) == (start == nil))
        found += page.entries
        start = page.next
      } while start != nil
      return found
    }
  }

  @Test(arguments: IssueOrder.allCases, IssueFilter.State.allCases)
  func everyIssueIsOnOnePageInEveryOrder(order: IssueOrder, state: IssueFilter.State) throws {
    try fill(300)
    try fill(20, of: GuildID("77")!)
    var filter = IssueFilter()
    filter.state = state
    let whole = try all(filter, order, limit: 1000)
    let expected = try hall.store.read { queries in
      let ending: SQL =
        switch state {
        case .open: "is_closed = 0"
        case .fixed: "is_fixed = 1"
        case .closed: "is_closed = 1 AND is_fixed = 0"
        case .all: "1 = 1"
        }
      return try queries.value(
        Int.self, "SELECT count(*) FROM issues WHERE guild_id = \(Hall.guild) AND is_removed = 0 AND \(ending)")
    }
    #expect(whole.count == expected)
    #expect(try all(filter, order, limit: 7).map(\.id) == whole.map(\.id))
    let places = whole.map { (order.place(of: $0), $0.id) }
    for (left, right) in zip(places, places.dropFirst()) { #expect(isOrdered(left, right, order.isDescending)) }
  }

  private func isOrdered(_ left: (SQLValue, String), _ right: (SQLValue, String), _ isDescending: Bool) -> Bool {
    let (first, second) = isDescending ? (right, left) : (left, right)
    switch (first.0, second.0) {
    case (.integer(let a), .integer(let b)): return (a, first.1) < (b, second.1)
    case (.text(let a), .text(let b)): return (a, first.1) < (b, second.1)
    default: return false
    }
  }

  @Test(arguments: IssueOrder.allCases)
  func thePreviousPageIsTheOneBefore(order: IssueOrder) throws {
    try fill(100)
    let list = IssueList(of: Hall.guild, IssueFilter(), in: order)
    try hall.store.read { queries in
      let first = try list.page(from: nil, limit: 10, queries)
      let second = try list.page(from: first.next, limit: 10, queries)
      let third = try list.page(from: second.next, limit: 10, queries)
      let back = try list.page(from: third.previous, limit: 10, queries)
      #expect(back.entries.map(\.id) == second.entries.map(\.id))
      let start = try list.page(from: back.previous, limit: 10, queries)
      #expect(start.entries.map(\.id) == first.entries.map(\.id))
      #expect(start.previous == nil && start.next != nil)
    }
  }

  @Test(arguments: [
    ("harbour", 60), ("HARBOUR", 60), ("door stuck", 60), ("stuck door", 60), ("100%", 60), ("%", 60), ("_", 240),
    ("crash_12 ", 9),
    ("LK-7", 11), ("lk-77", 1), ("zebra", 0), ("!", 0), ("'", 0), ("\u{202E}", 0), ("h\u{0}", 0),
  ])
  func piecesOfTheTitleOrNumberAreFound(text: String, count: Int) throws {
    try fill(300)
    try hall.store.write { try $0.run("UPDATE issues SET is_removed = 0") }
    var filter = IssueFilter()
    filter.state = .all
    filter.text = text
    #expect(try all(filter, .edited, limit: 1000).count == count)
  }

  @Test(arguments: ["Übung", "übung", "ÜBUNG"])
  func wordsInOtherLettersAreFoundInUsualSpellings(text: String) throws {
    try fill(3)
    try hall.store.write { try $0.run("UPDATE issues SET title = 'Erste Übung' WHERE number = 'LK-1'") }
    var filter = IssueFilter()
    filter.text = text
    #expect(try all(filter, .edited, limit: 10).map(\.number) == ["LK-1"])
  }

  @Test(arguments: IssueOrder.allCases)
  func aFilterLeavesTheSameWhetherFewAreTakenOrTheOrderIsFollowed(order: IssueOrder) throws {
    try fill(2500)
    for assignee in ["Nelly", "Rare", "Nobody", ""] {
      var filter = IssueFilter()
      filter.state = .all
      filter.assignee = assignee
      let expected = try hall.store.read {
        try $0.values(
          String.self, "SELECT id FROM issues WHERE is_removed = 0 AND assignee = \(assignee) ORDER BY id")
      }
      #expect(try all(filter, order, limit: 400).map(\.id).sorted() == expected)
      filter.status = "Blocked"
      filter.mapping = mapping.id
      filter.priority = ""
      let narrowed = try all(filter, order, limit: 400)
      #expect(narrowed.allSatisfy { $0.status == "Blocked" && $0.priority == "" && $0.assignee == assignee })
    }
  }

  @Test func otherServersHaveTheirOwn() throws {
    try fill(10, of: GuildID("77")!)
    var filter = IssueFilter()
    #expect(try all(filter, .edited, limit: 10).isEmpty)
    filter.mapping = mapping.id
    #expect(try all(filter, .edited, limit: 10).isEmpty)
  }

  @Test(arguments: [
    "", "a", "an~~", "an~x~y", "zn~x~1", "at~x", "an~\(String(repeating: "9", count: 65))~1",
    "an~x~\(String(repeating: "9", count: 30))",
    "at~x~" + String(repeating: "y", count: 2000), "\u{0}", "an~x~1~2",
  ])
  func textThatIsNoPlaceIsNone(text: String) { #expect(Keyset(text) == nil) }

  @Test func aPlaceOfAnotherOrderBeginsTheListAnew() throws {
    try fill(30)
    let list = IssueList(of: Hall.guild, IssueFilter(), in: .edited)
    try hall.store.read { queries in
      let first = try list.page(from: nil, limit: 5, queries)
      let odd = try list.page(from: Keyset(.text("High"), id: "x"), limit: 5, queries)
      #expect(odd.entries.map(\.id) == first.entries.map(\.id) && odd.previous == nil)
    }
  }

  // MARK: What it costs

  @Test(arguments: IssueOrder.allCases, [false, true])
  func aPageFollowsAnIndexInItsOrder(order: IssueOrder, isAnalyzed: Bool) throws {
    try fill(5000)
    if isAnalyzed { _ = try hall.store.write { try $0.run("ANALYZE") } }
    let place = Keyset(order == .priority || order == .status ? .text("High") : .integer(5), id: "x")
    for state in IssueFilter.State.allCases {
      for start in [nil, place, Keyset(place.place, id: "x", isBackwards: true)] {
        for text in ["", "harbour door"] {
          var filter = IssueFilter()
          filter.state = state
          filter.text = text
          filter.assignee = "Nelly"
          try expectIndexed(IssueList(of: Hall.guild, filter, in: order), start, inOrder: true)
        }
      }
    }
  }

  @Test(arguments: IssueOrder.allCases, [false, true])
  func aRareFilterTakesItsOwnIndex(order: IssueOrder, isAnalyzed: Bool) throws {
    try fill(5000)
    if isAnalyzed { _ = try hall.store.write { try $0.run("ANALYZE") } }
    let rare: [(IssueFilter, String)] = [
      (filter { $0.assignee = "Rare" }, "issues_of_assignee"), (filter { $0.status = "Gone" }, "issues_of_status"),
      (filter { $0.priority = "Gone" }, "issues_of_priority"),
      // Of one mapping alone, statistics say that a mapping tells nothing apart.
      isAnalyzed
        ? (filter { $0.assignee = "" }, "issues_of_assignee") : (filter { $0.mapping = "gone" }, "mapping_id=?"),
    ]
    for (filter, index) in rare {
      for start in [nil, Keyset(order == .priority || order == .status ? .text("High") : .integer(5), id: "x")] {
        let plan = try expectIndexed(IssueList(of: Hall.guild, filter, in: order), start, inOrder: false)
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
      }
    }
  }

  private func filter(_ change: (inout IssueFilter) -> Void) -> IssueFilter {
    var filter = IssueFilter()
    filter.state = .all
    filter.text = "crash"
    change(&filter)
    return filter
  }

  @Test(arguments: [0, 1, 50])
  func whatJobsAreAboutIsLookedUpById(count: Int) throws {
    try fill(5000)
    let lanes = (0..<count).map { "issue:\(Hall.guild)-\(String(format: "%06d", $0 + 1))" }
    let subjects = try hall.store.read { try JobWords.subjects(of: lanes, in: Hall.guild, $0) }
    #expect(subjects.count == count)
    #expect(try hall.store.read { try JobWords.subjects(of: lanes, in: GuildID("77")!, $0) }.isEmpty)
    let ids = lanes.map { String($0.dropFirst(6)) }
    let plan = try hall.store.read {
      try $0.rows("EXPLAIN QUERY PLAN \(JobWords.naming(ids, in: Hall.guild))").map {
        try $0.get("detail", as: String.self)
      }
    }
    #expect(plan.contains { $0.hasPrefix("SEARCH issues") && $0.contains("(id=?)") }, "\(plan)")
  }

  @discardableResult
  private func expectIndexed(_ list: IssueList, _ start: Keyset?, inOrder: Bool) throws -> [String] {
    let plan = try hall.store.read { queries in
      try queries.rows("EXPLAIN QUERY PLAN \(list.statement(from: start, limit: 51, queries))")
        .map { try $0.get("detail", as: String.self) }
    }
    let steps = plan.filter { $0.contains("issues") }
    #expect(!steps.isEmpty && steps.allSatisfy { $0.hasPrefix("SEARCH") && $0.contains("INDEX") }, "\(plan)")
    guard inOrder else { return plan }
    #expect(steps.contains { $0.contains("COVERING INDEX issues_in_") }, "\(plan)")
    // What is sorted is the page, or the first of each state; never all that a search could find.
    for (step, next) in zip(plan, plan.dropFirst()) where next.contains("TEMP B-TREE") {
      #expect(!step.contains("issues_in_"), "\(plan)")
    }
    return plan
  }
}
