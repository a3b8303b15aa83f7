import Basics
import Store
import Testing

@testable import Jobs

/// The table keeps all that was ever done; no query that runs all the time may look at it.
struct QueryPlanTests {
  static let queries: [(String, @Sendable (JobQueue) -> SQL)] = [
    ("claim", { $0.candidate([.plain], .batch, Look(time: .now, closed: [])) }),
    ("claim with closed gates", { $0.candidate([.plain], .batch, look) }),
    ("next due", { $0.nextDue([.plain], .batch, after: look) }),
    ("leases", { _ in JobQueue.running }),
    ("counts", { _ in JobQueue.countsByState }),
    ("lane", { _ in JobQueue.hasten("lane-1", to: .interactive) }),
  ]

  private static let look = Look(
    time: .now,
    closed: [.init(name: "a", priority: .batch, until: .now), .init(name: "b", priority: .interactive, until: .now)])

  @Test(arguments: [false, true])
  func everyStepUsesAnIndexOfLiveJobs(_ isAnalyzed: Bool) throws {
    let bench = try Bench()
    try bench.store.write { transaction throws in
      try transaction.run(
        """
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 10000)
        INSERT INTO jobs (id, kind, lane, gate, payload, priority, state, run_at, created_at, updated_at)
        SELECT 'done-' || n, 'plain', 'lane-' || n % 50, 'gate', '{}', 10, 'done', n, n, n FROM number
        """)
      if isAnalyzed { try transaction.run("ANALYZE") }
    }
    for (name, query) in Self.queries {
      let plan = try plan(of: query(bench.queue), bench)
      let steps = plan.filter { $0.contains("jobs") || $0.contains("candidate") || $0.contains("earlier") }
      #expect(!steps.isEmpty, "\(name): \(plan)")
      #expect(steps.allSatisfy { $0.contains("INDEX jobs_") || $0.hasSuffix("(id=?)") }, "\(name): \(plan)")
    }
  }

  /// Each would be filled with states and thrown away again. The three are the unique key's, before and after, and the
  /// check of the state.
  @Test(
    arguments: [
      ("UPDATE jobs SET state = 'done', updated_at = 1 WHERE id = 'x'", 3), ("DELETE FROM jobs WHERE id = 'x'", 1),
    ] as [(SQL, Int)])
  func aJobThatChangesBuildsFewTablesInPassing(_ change: SQL, _ tables: Int) throws {
    let program = try Bench().store.read { try $0.rows("EXPLAIN \(change)") }
    #expect(try program.count { try $0.get("opcode", as: String.self) == "OpenEphemeral" } == tables)
  }

  /// What waits before a closed gate is stepped over, and what waits before an open one is not sorted, nor looked at
  /// before its time.
  @Test(arguments: [false, true])
  func theFirstOfEachGateIsFoundInOrder(_ isAnalyzed: Bool) throws {
    let bench = try Bench()
    try bench.store.write { transaction throws in
      for number in 0..<500 { try bench.queue.enqueue(.make("\(number)", gate: "\(number % 3)"), in: transaction) }
      if isAnalyzed { try transaction.run("ANALYZE") }
    }
    let plan = try plan(of: bench.queue.candidate([.plain], .batch, Self.look), bench)
    let first = "SEARCH candidate USING INDEX jobs_by_gate (priority=? AND gate=? AND <expr>=? AND run_at<?)"
    #expect(plan.contains("SEARCH jobs USING INDEX jobs_by_gate (priority=? AND gate>?)"), "\(plan)")
    #expect(plan.contains(first), "\(plan)")
    #expect(plan.filter { $0.contains("TEMP B-TREE") }.count == 1, "only the gates are sorted: \(plan)")
    let next = try self.plan(of: bench.queue.nextDue([.plain], .batch, after: Self.look), bench)
    #expect(next.contains { $0.hasSuffix("jobs_by_gate (priority=? AND gate=? AND <expr>=? AND run_at>?)") }, "\(next)")
  }

  private func plan(of query: SQL, _ bench: Bench) throws -> [String] {
    try bench.store.read { try $0.rows("EXPLAIN QUERY PLAN \(query)") }.map { try $0.get("detail", as: String.self) }
  }
}
