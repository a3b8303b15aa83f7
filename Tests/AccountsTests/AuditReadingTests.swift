import Basics
import Discord
import Store
import Testing

@testable import Accounts

@Suite("Reading the audit log")
struct AuditReadingTests {
  let bench = try! AuditBench()  // in memory: cannot fail

  static let filters: [(String, @Sendable (inout AuditFilter, Timestamp) -> Void, [String])] = [
    ("all", { _, _ in }, ["d", "c", "b", "a"]),
    ("by id", { filter, _ in filter.actor = "6" }, ["d", "b"]),
    ("by name", { filter, _ in filter.actor = "nelly BRANDT" }, ["c", "a"]),
    ("by nobody", { filter, _ in filter.actor = "Zoë" }, []),
    ("by markup", { filter, _ in filter.actor = "' OR 1=1 --" }, []),
    ("by action", { filter, _ in filter.action = "issue.change" }, ["d", "c", "b", "a"]),
    ("by another action", { filter, _ in filter.action = "mapping.add" }, []),
    ("by actor and action", { filter, _ in (filter.actor, filter.action) = ("6", "issue.change") }, ["d", "b"]),
    ("by target", { filter, _ in filter.target = "b" }, ["b"]),
    ("from", { filter, start in filter.from = start + .seconds(2) }, ["d", "c"]),
    ("until", { filter, start in filter.until = start + .seconds(2) }, ["b", "a"]),
    (
      "between", { filter, start in (filter.from, filter.until) = (start + .seconds(1), start + .seconds(3)) },
      ["c", "b"]
    ),
    ("an empty time", { filter, start in (filter.from, filter.until) = (start + .seconds(3), start) }, []),
  ]

  @Test(arguments: filters.indices)
  func aFilterFinds(_ index: Int) throws {
    let (name, change, expected) = Self.filters[index]
    let start = bench.clock.now
    for (issue, actor) in zip(
      ["a", "b", "c", "d"], [AuditBench.nelly, AuditBench.otto, AuditBench.nelly, AuditBench.otto])
    {
      try bench.change(issue, by: actor)
    }
    try bench.change("elsewhere", in: AuditBench.otherHall)
    #expect(try bench.issues { change(&$0, start) } == expected, "\(name)")
  }

  @Test func aPersonIsFoundAsTheTargetByTheirId() throws {
    try bench.record(
      AuditEntry(.personExported, by: AuditBench.otto, in: AuditBench.hall, on: .person(UserID("5")!, name: "N")))
    try bench.record(
      AuditEntry(.personExported, by: AuditBench.otto, in: AuditBench.hall, on: .person(UserID("7")!, name: "Z")))
    #expect(try bench.issues { $0.target = "7" } == ["7"])
  }

  @Test func severalOfOneNameAreAllShownInOrder() throws {
    for (number, issue) in ["a", "b", "c"].enumerated() {
      try bench.change(issue, by: .person(UserID("\(number + 50)")!, name: "Sam"))
    }
    #expect(try bench.issues { $0.actor = "sam" } == ["c", "b", "a"])
  }

  @Test func pagesGoOnWhereTheLastEndedAndBack() throws {
    for number in 1...7 { try bench.change("\(number)") }
    let first = try bench.page(limit: 3)
    #expect(first.records.map(\.targetID) == ["7", "6", "5"] && first.newer == nil)
    let second = try bench.page(.init(), .olderThan(try #require(first.older)), limit: 3)
    #expect(second.records.map(\.targetID) == ["4", "3", "2"])
    let third = try bench.page(.init(), .olderThan(try #require(second.older)), limit: 3)
    #expect(third.records.map(\.targetID) == ["1"] && third.older == nil)
    let back = try bench.page(.init(), .newerThan(try #require(second.newer)), limit: 3)
    #expect(back.records.map(\.targetID) == ["7", "6", "5"] && back.newer == nil && back.older == first.older)
    try bench.change("8")
    #expect(try bench.page(.init(), .newerThan(try #require(second.newer)), limit: 3).newer != nil)
  }

  @Test func rowsOfOneInstantAreNeitherSkippedNorShownTwice() throws {
    for number in 1...6 {
      try bench.change("\(number)")
      bench.clock.advance(by: .seconds(-1))
    }
    var (seen, place): ([String], AuditLog.Place) = ([], .newest)
    while true {
      let page = try bench.page(.init(), place, limit: 2)
      seen += page.records.compactMap(\.targetID)
      guard let older = page.older else { break }
      place = .olderThan(older)
    }
    #expect(seen == ["6", "5", "4", "3", "2", "1"])
  }

  @Test(arguments: ["", "1", "1.", ".1", "a.b", "1.2.3", "1.-0", "01.2", "9999999999999999999999.1", "1.2' OR"])
  func textThatIsNoCursorIsNone(text: String) { #expect(AuditCursor(text) == nil) }

  @Test func aCursorIsReadBack() {
    #expect(AuditCursor("1795262400000.12")?.description == "1795262400000.12")
  }

  /// One range of one index for every combination, whether SQLite has counted the rows or not.
  @Test(arguments: [false, true])
  func noFilterReadsTheWholeLog(_ isAnalyzed: Bool) throws {
    try bench.store.write { transaction in
      for number in 1...600 {
        let actor = AuditActor.person(UserID("\(number % 300 + 1)")!, name: "Sam")
        try bench.log.record(
          AuditEntry(.syncAsked, by: actor, in: AuditBench.hall, on: AuditTarget("mapping", "\(number)", name: "Bugs")),
          in: transaction)
      }
    }
    if isAnalyzed { try bench.store.write { try $0.run("ANALYZE") } }
    let cursor = AuditCursor("1795262400000.12")!
    for number in 0..<32 {
      func given<Value>(_ bit: Int, _ value: Value) -> Value? { number & bit == 0 ? nil : value }
      let query = AuditQuery(
        chain: AuditChain(AuditBench.hall), actor: given(1, "k"), action: given(2, "issue.change"),
        target: given(4, "t"),
        from: given(8, .now), until: given(16, .now))
      for place in [AuditLog.Place.newest, .olderThan(cursor), .newerThan(cursor)] {
        let plan = try self.plan(query.sql(place, limit: 51))
        // The few rows of one target may be put in order at the end.
        let steps = plan.filter { query.target == nil || !$0.contains("TEMP B-TREE") }
        #expect(steps.allSatisfy { $0.hasPrefix("SEARCH") }, "\(number): \(plan)")
        let index = plan.first { $0.contains("audit_log") } ?? ""
        #expect(index.contains("INDEX audit_log_by_"), "\(number): \(plan)")
      }
    }
  }

  @Test func nothingElseReadsTheWholeLog() throws {
    try bench.change("a")
    let queries: [SQL] = [
      AuditQuery.parties("Nelly", in: AuditChain(AuditBench.hall)), AuditChain(AuditBench.hall).part(after: 5),
    ]
    for query in queries {
      let plan = try self.plan(query)
      #expect(!plan.contains { $0.hasPrefix("SCAN audit") }, "\(plan)")
    }
  }

  private func plan(_ query: SQL) throws -> [String] {
    try bench.store.read { try $0.rows("EXPLAIN QUERY PLAN \(query)") }.map { try $0.get("detail") }
  }
}
