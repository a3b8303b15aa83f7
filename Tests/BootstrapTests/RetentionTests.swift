import Basics
import Jobs
import Store
import TestSupport
import Testing
import Upkeep

@testable import Bootstrap

/// What repeated events are recognised by, what Undo asks for and what health is told from stays, however old the house.
@Suite("Retention") struct RetentionTests {
  let clock = TestClock()
  let store: DataStore

  init() throws {
    store = try DataStore.inMemory(durableMigrations)
    try store.write { transaction in
      try transaction.run(
        """
        INSERT INTO connections (id, service, external_id, label, public_key, sealed_token, created_at, updated_at)
        VALUES ('n', 'notion', 'x', 'Studio', NULL, 'v2:k:00', 0, 0)
        """)
      try transaction.run(
        """
        INSERT INTO sync_mappings (id, guild_id, channel_id, channel_kind, connection_id, database_id, data_source_id, name,
          roles, fixed_option, status_options, rules, created_at)
        VALUES ('m', '1', '2', 'text', 'n', 'd', 's', 'Bugs', '{}', 'Done', '[]', '{}', 0)
        """)
      try transaction.run(
        """
        INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
          summary, url, is_fixed, is_removed, reported_at, edited_at, read_at)
        VALUES ('i', 'm', '1', 'p', 't', '', '', '', '', '[]', '', '', '', 0, 0, 0, 0, 0)
        """)
    }
  }

  private func keep() throws {
    _ = try Housekeeping(store: store, retentions: durableRetentions, clock: clock.wall).run(chunk: 2)
  }

  private func ids(_ table: String) throws -> [String] {
    try store.read { try $0.values("SELECT id FROM \(identifier: table) ORDER BY id") }
  }

  private func ago(_ days: Int) -> Timestamp { clock.now - .seconds(86_400 * days) }

  @Test func jobsThatAreOverGoAndNoOthers() throws {
    let states = ["ready", "running", "waiting", "unknown", "done", "dead", "cancelled"]
    try store.write { transaction in
      for (index, state) in states.enumerated() {
        for days in [13, 15, 900] {
          let held: String? = state == "running" ? "x" : nil
          try transaction.run(
            """
            INSERT INTO jobs (id, kind, lane, gate, payload, priority, state, run_at, owner, boot_id, lease_until,
              created_at, updated_at)
            VALUES (\("\(state) \(days)"), 'k', \("\(index) \(days)"), 'g', '{}', 0, \(state), 0, \(held), \(held),
              \(held.map { _ in 1 }), 0, \(ago(days)))
            """)
        }
      }
    }
    try keep()
    let left = try ids("jobs")
    #expect(!left.contains("done 15") && !left.contains("cancelled 900") && left.contains("done 13"))
    #expect(left.count == 5 * 3 + 2)
  }

  @Test func whatRepeatedEventsAreRecognisedByStays() throws {
    try store.write { transaction in
      for days in [0, 1, 6, 8] {
        try transaction.run(
          """
          INSERT INTO interactions (id, received_at, guild_id, body_hash, answer, correlation_id)
          VALUES (\("\(days)"), \(ago(days)), '1', 'h', '{}', 'c')
          """)
        try transaction.run("INSERT INTO notion_events VALUES (\("\(days)"), 't', 'e', \(ago(days)))")
      }
    }
    try keep()
    #expect(try ids("interactions") == ["0", "1", "6"] && ids("notion_events") == ["0", "1", "6"])
  }

  @Test func whatUndoAsksForStays() throws {
    try store.write { transaction in
      for (id, days, state) in [("1", 900, "done"), ("2", 800, "refused"), ("3", 700, "done")] {
        try add(change: id, state, ago(days), transaction)
      }
    }
    try keep()
    #expect(try ids("issue_changes") == ["3"])  // the last one, however old
    try store.write { try add(change: "4", "pending", nil, $0) }
    try keep()
    #expect(try ids("issue_changes") == ["4"])
    try store.write { try add(change: "5", "done", clock.now, $0, undoes: "3") }
    clock.advance(by: .seconds(86_400 * 399))
    try keep()
    #expect(try ids("issue_changes") == ["4", "5"])
  }

  private func add(
    change id: String, _ state: String, _ finished: Timestamp?, _ transaction: WriteTransaction, undoes: String? = nil
  ) throws {
    try transaction.run(
      """
      INSERT INTO issue_changes (id, issue_id, guild_id, person_id, person_name, part, before, after, target, undoes,
        state, wished_at, finished_at)
      VALUES (\(id), 'i', '1', '2', 'Nelly', 'status', 'a', 'b', 'b', \(undoes), \(state), 0,
        \(finished))
      """)
  }

  @Test func healthIsToldFromWhatStays() throws {
    try store.write { transaction in
      for number in 1...60 {  // the last complete one is the fifth, long before the last twenty
        try transaction.run(
          """
          INSERT INTO sync_logs (id, mapping_id, scope, started_at, finished_at, rows_read, rows_new, rows_changed,
            rows_removed, calls, is_complete, error)
          VALUES (\(number < 10 ? "0\(number)" : "\(number)"), 'm', 'edits', \(ago(200 - number)),
            \(ago(200 - number)), 1, 0, 0, 0, 1, \(number <= 5), NULL)
          """)
      }
    }
    try keep()
    let left = try ids("sync_logs")
    #expect(left.contains("05") && left.suffix(20) == (41...60).map { "\($0)" })
    #expect(!left.contains("01"))
  }

  /// Two servers and a rule of 730 days: one chose 30 days, one says nothing.
  @Test func aServerChoosesForItsOwnRows() throws {
    let rule = try #require(durableRetentions.first { $0.table == "audit_details" })
    try store.write { transaction in
      try RetentionChoices.set(30, for: rule, of: "1", transaction)
      for (position, days) in [20, 40, 700, 800].enumerated() {
        for chain in ["1", "2", "hall"] {
          try transaction.run(
            """
            INSERT INTO audit_details (chain, position, at, salt)
            VALUES (\(chain), \(position), \(ago(days) + .seconds(chain == "1" ? 0 : 1)), 's')
            """)
        }
      }
    }
    func left(_ chain: String) throws -> [Int] {
      try store.read { try $0.values("SELECT position FROM audit_details WHERE chain = \(chain) ORDER BY position") }
    }
    try keep()
    #expect(try left("1") == [0] && left("2") == [0, 1, 2] && left("hall") == [0, 1, 2])
    try store.write { try RetentionChoices.set(nil, for: rule, of: "1", $0) }
    #expect(try store.read { try RetentionChoices.days(of: "1", $0) }.isEmpty)
  }

  @Test(arguments: [0, 29, 3651, -1]) func aChoiceHasBounds(days: Int) throws {
    let rule = try #require(durableRetentions.first { $0.table == "audit_details" })
    #expect { try store.write { try RetentionChoices.set(days, for: rule, of: "1", $0) } } throws: {
      Failure($0).kind == .invalid
    }
    let fixed = try #require(durableRetentions.first { $0.table == "jobs" })
    #expect(throws: Failure.self) { try store.write { try RetentionChoices.set(30, for: fixed, of: "1", $0) } }
  }

  @Test func everyRuleIsOfATableThatIsThere() throws {
    let volatile = try DataStore.inMemory(volatileMigrations)
    _ = try Housekeeping(store: store, retentions: durableRetentions, clock: clock.wall).run(isDryRun: true)
    _ = try Housekeeping(store: volatile, retentions: volatileRetentions, clock: clock.wall).run()
    #expect((durableRetentions + volatileRetentions).allSatisfy { $0.keep >= .seconds(86_400) && !$0.reason.isEmpty })
  }
}
