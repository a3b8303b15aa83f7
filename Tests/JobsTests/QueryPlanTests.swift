import Basics
import Store
import Testing

@testable import Jobs

/// The table keeps all that was ever done; no query that runs all the time may look at it.
struct QueryPlanTests {
  static let queries: [(String, @Sendable (JobQueue) -> SQL)] = [
    ("claim", { $0.candidate([.plain], at: .now, except: []) }),
    (
      "claim with closed gates",
      {
        $0.candidate(
          [.plain], at: .now,
          except: [
            .init(name: "a", priority: .batch, until: .now), .init(name: "b", priority: .interactive, until: .now),
          ])
      }
    ),
    ("next due", { $0.nextDue([.plain], .batch, after: .now) }),
    ("leases", { _ in JobQueue.running }),
    ("counts", { _ in JobQueue.countsByState }),
    ("lane", { _ in JobQueue.hasten("lane-1", to: .interactive) }),
  ]

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
      let plan = try bench.store.read { try $0.rows("EXPLAIN QUERY PLAN \(query(bench.queue))") }
        .map { try $0.get("detail", as: String.self) }
      let steps = plan.filter { $0.contains("jobs") || $0.contains("candidate") || $0.contains("earlier") }
      #expect(!steps.isEmpty, "\(name): \(plan)")
      #expect(steps.allSatisfy { $0.contains("INDEX jobs_") }, "\(name): \(plan)")
      #expect(!plan.contains { $0.contains("TEMP B-TREE") && name.hasPrefix("claim") }, "\(name): \(plan)")
    }
  }
}
