import Basics
import Discord
import Signatures
import Store
import TestSupport
import Testing

@testable import Accounts

/// A log with a clock that is set by hand.
struct AuditBench {
  let store: DataStore
  let clock = TestClock()
  var log: AuditLog { AuditLog(clock: clock.wall) }

  static let hall = GuildID("1000")!
  static let otherHall = GuildID("2000")!
  static let nelly = AuditActor.person(UserID("5")!, name: "Nelly Brandt")
  static let otto = AuditActor.person(UserID("6")!, name: "Otto")

  init() throws { store = try DataStore.inMemory(accountMigrations) }

  func record(_ entry: AuditEntry) throws { try store.write { try log.record(entry, in: $0) } }

  /// A change of an issue by somebody, in one of the servers.
  func change(
    _ issue: String, by actor: AuditActor = nelly, in server: GuildID? = hall, before: String? = "Open",
    after: String? = "Fixed", outcome: AuditEntry.Outcome = .done
  ) throws {
    try record(
      AuditEntry(
        .issueChanged, by: actor, in: server, on: AuditTarget("issue", issue, name: "Door stuck"), before: before,
        after: after, outcome: outcome, request: "r-\(issue)"))
    clock.advance(by: .seconds(1))
  }

  func page(
    _ filter: AuditFilter = AuditFilter(), _ place: AuditLog.Place = .newest, limit: Int = 50,
    of server: GuildID? = hall
  )
    throws -> AuditPage
  {
    try store.read { try AuditLog.page(of: server, filter, place, limit: limit, $0) }
  }

  func issues(_ change: (inout AuditFilter) -> Void = { _ in }) throws -> [String] {
    var filter = AuditFilter()
    change(&filter)
    return try page(filter).records.map { $0.targetID ?? "" }
  }

  /// Changes the file as somebody could who has it: past the triggers.
  func tamper(_ sql: SQL) throws {
    try store.write { transaction in
      for trigger in ["audit_log_is_not_updated", "audit_log_is_not_deleted", "audit_log_grows_at_its_end"] {
        try transaction.run(SQL(stringLiteral: "DROP TRIGGER IF EXISTS \(trigger)"))
      }
      try transaction.run(sql)
    }
  }
}

@Suite("The audit log")
struct AuditLogTests {
  let bench = try! AuditBench()  // in memory: cannot fail

  @Test func anEntryIsReadAsItWasWritten() throws {
    try bench.change("a")
    let record = try #require(try bench.page().records.first)
    #expect(record.actorName == "Nelly Brandt" && record.actorID == "5" && record.actorKind == "person")
    #expect(record.action == "issue.change" && record.targetKind == "issue" && record.targetID == "a")
    #expect(record.targetName == "Door stuck" && record.before == "Open" && record.after == "Fixed")
    #expect(record.outcome == .done && record.request == "r-a" && record.at == TestClock().now && !record.isErased)
  }

  @Test func theLogItselfHoldsNeitherNamesNorIdsNorValues() throws {
    try bench.change("a")
    try bench.record(
      AuditEntry(.personErased, by: Self.operator, in: AuditBench.hall, on: .person(UserID("777777")!, name: "Zoë")))
    let cells = try bench.store.read { try $0.rows("SELECT * FROM audit_log ORDER BY chain, position") }.flatMap(
      \.values)
    let texts = cells.compactMap { if case .text(let text) = $0 { text } else { nil } }
    for secret in ["Nelly", "Zoë", "777777", "Open", "Fixed", "Door stuck", "root"] {
      #expect(!texts.contains { $0.contains(secret) }, "\(secret)")
    }
    #expect(!texts.contains("5"))
    #expect(try bench.page().records.first?.targetID == "777777")
    #expect(try bench.page().records.first?.targetName == "Zoë")
  }

  private static let `operator` = AuditActor.operator("root")

  @Test func everyServerHasAChainOfItsOwn() throws {
    for server in [AuditBench.hall, AuditBench.otherHall, nil] { try bench.change("x", in: server) }
    try bench.change("y")
    let heads = try bench.store.read { try AuditLog.heads($0) }
    #expect(heads.map(\.chain) == ["1000", "2000", "hall"] && heads.map(\.position) == [2, 1, 1])
    #expect(try bench.page(of: AuditBench.otherHall).records.map(\.targetID) == ["x"])
  }

  @Test func anEntryGoesWithItsChange() throws {
    #expect(throws: Failure.self) {
      try bench.store.write { transaction in
        try bench.log.record(AuditEntry(.syncAsked, by: AuditBench.nelly, in: nil), in: transaction)
        throw Failure.conflict("The change was not made.")
      }
    }
    #expect(try bench.store.read { try AuditLog.heads($0) }.isEmpty)
  }

  @Test func longTextsAreCut() throws {
    let long = String(repeating: "é", count: 10_000)
    try bench.record(
      AuditEntry(
        .issueChanged, by: .person(UserID("5")!, name: long), in: AuditBench.hall,
        on: AuditTarget("issue", long, name: long),
        before: long, after: long))
    let record = try #require(try bench.page().records.first)
    #expect(record.before?.count == 4000 && record.targetID?.count == 200 && record.actorName?.count == 200)
    #expect(try AuditLog.verify(bench.store).faults.isEmpty)
  }

  @Test(arguments: [
    "UPDATE audit_log SET outcome = 'denied' WHERE position = 1",
    "DELETE FROM audit_log WHERE position = 2",
    "DELETE FROM audit_log",
    """
    INSERT OR REPLACE INTO audit_log (chain, position, at, actor_kind, actor_key, action, outcome, digest)
    VALUES ('1000', 1, 0, 'program', 'x', 'x', 'done', 'x')
    """,
    """
    INSERT INTO audit_log (chain, position, at, actor_kind, actor_key, action, outcome, digest)
    VALUES ('1000', 9, 0, 'program', 'x', 'x', 'done', 'x')
    """,
  ])
  func rowsAreNeitherChangedNorRemovedNorPutBetween(sql: SQL) throws {
    for issue in ["a", "b"] { try bench.change(issue) }
    let before = try bench.store.read { try AuditLog.heads($0) }
    #expect(throws: (any Error).self) { try bench.store.write { try $0.run(sql) } }
    #expect(try bench.store.read { try AuditLog.heads($0) } == before)
    #expect(try AuditLog.verify(bench.store).faults.isEmpty)
  }
}

@Suite("Looking through the audit log")
struct AuditVerifyingTests {
  let bench = try! AuditBench()  // in memory: cannot fail

  @Test func aSoundLogIsSound() throws {
    for number in 1...5 { try bench.change("\(number)", in: number == 3 ? nil : AuditBench.hall) }
    let verdict = try AuditLog.verify(bench.store)
    #expect(verdict.rows == 5 && verdict.chains == 2 && verdict.erased == 0 && verdict.faults.isEmpty)
  }

  static let tamperings: [(SQL, Int, String)] = [
    ("UPDATE audit_log SET outcome = 'denied' WHERE position = 3", 3, "was changed"),
    ("UPDATE audit_log SET at = at + 1 WHERE position = 2", 2, "was changed"),
    ("UPDATE audit_log SET actor_key = 'somebody' WHERE position = 4", 4, "was changed"),
    ("UPDATE audit_log SET request_id = NULL WHERE position = 4", 4, "was changed"),
    ("UPDATE audit_log SET details_digest = NULL WHERE position = 4", 4, "was changed"),
    ("DELETE FROM audit_log WHERE position = 2", 2, "missing"),
    ("DELETE FROM audit_log WHERE position = 1", 1, "missing"),
    ("UPDATE audit_details SET after = 'Blocked' WHERE position = 4", 4, "names or values"),
    ("UPDATE audit_details SET target_name = NULL WHERE position = 1", 1, "names or values"),
    ("UPDATE audit_log SET position = CASE position WHEN 2 THEN 12 ELSE 2 END WHERE position IN (2)", 2, "missing"),
  ]

  @Test(arguments: tamperings)
  func theFirstBrokenRowIsNamed(_ tampering: (SQL, Int, String)) throws {
    for number in 1...5 { try bench.change("\(number)") }
    try bench.tamper(tampering.0)
    let faults = try AuditLog.verify(bench.store).faults
    #expect(faults.map(\.chain) == ["1000"] && faults.map(\.position) == [tampering.1])
    #expect(faults.first?.sentence.contains(tampering.2) == true, "\(faults)")
  }

  @Test func anotherChainStaysSound() throws {
    for server in [AuditBench.hall, AuditBench.otherHall] {
      for number in 1...3 { try bench.change("\(number)", in: server) }
    }
    try bench.tamper("UPDATE audit_log SET action = 'x' WHERE chain = '2000' AND position = 1")
    #expect(try AuditLog.verify(bench.store, only: "1000").faults.isEmpty)
    #expect(try AuditLog.verify(bench.store).faults.map(\.chain) == ["2000"])
  }

  @Test func rowsCutOffAtTheEndAreMissedByWhoeverKnewTheHead() throws {
    for number in 1...4 { try bench.change("\(number)") }
    let heads = try bench.store.read { try AuditLog.heads($0) }
    try bench.tamper("DELETE FROM audit_log WHERE position >= 3")
    #expect(try AuditLog.verify(bench.store).faults.isEmpty)
    #expect(try AuditLog.verify(bench.store, known: heads).faults.map(\.position) == [3])
    try bench.tamper("DELETE FROM audit_log WHERE position >= 1")
    #expect(try AuditLog.verify(bench.store, known: heads).faults.map(\.position) == [1])
  }

  @Test func aChainWrittenAnewIsNotTheOneThatWasKnown() throws {
    for number in 1...3 { try bench.change("\(number)") }
    let heads = try bench.store.read { try AuditLog.heads($0) }
    try bench.tamper("DELETE FROM audit_log WHERE position >= 1")
    try bench.tamper("DELETE FROM audit_details WHERE position >= 1")
    for number in 1...4 { try bench.change("other-\(number)") }
    #expect(try AuditLog.verify(bench.store).faults.isEmpty)
    #expect(try AuditLog.verify(bench.store, known: heads).faults.first?.sentence.contains("written anew") == true)
  }

  @Test func namesAndValuesCanBeErasedAndTheChainHolds() throws {
    for number in 1...3 { try bench.change("\(number)") }
    try bench.store.write {
      try $0.run("DELETE FROM audit_details WHERE position = 2")
      try $0.run("DELETE FROM audit_parties WHERE party_id = '5'")
    }
    let verdict = try AuditLog.verify(bench.store)
    #expect(verdict.faults.isEmpty && verdict.erased == 1 && verdict.rows == 3)
    let records = try bench.page().records
    #expect(records.map(\.isErased) == [false, true, false] && records.allSatisfy { $0.actorName == nil })
  }
}
