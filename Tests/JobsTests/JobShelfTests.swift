import Basics
import Store
import Testing

@testable import Jobs

@Suite("Jobs of a server")
struct JobShelfTests {
  let bench = try! Bench()  // in memory: cannot fail

  /// Jobs of two servers in every state, with times that meet.
  private func fill(_ count: Int) throws {
    try bench.store.write { transaction in
      try transaction.run(
        """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
        INSERT INTO jobs (id, kind, lane, gate, guild_id, payload, priority, state, run_at, created_at, updated_at, owner,
          boot_id, lease_until)
        SELECT printf('job-%06d', i), 'plain', 'lane-' || i, 'gate', CASE i % 2 WHEN 0 THEN 'a' ELSE 'b' END, '{}', 10,
          state, i, i, i / 3, CASE state WHEN 'running' THEN 'o' END, CASE state WHEN 'running' THEN 'b' END,
          CASE state WHEN 'running' THEN 9223372036854775807 END
        FROM (SELECT i, CASE i / 2 % 7 WHEN 0 THEN 'ready' WHEN 1 THEN 'running' WHEN 2 THEN 'waiting' WHEN 3 THEN 'unknown'
          WHEN 4 THEN 'dead' WHEN 5 THEN 'done' ELSE 'cancelled' END AS state FROM n)
        """)
    }
  }

  @Test(arguments: JobShelf.allCases)
  func everyJobOfTheServerIsOnOnePage(shelf: JobShelf) throws {
    try fill(700)
    let found = try bench.store.read { queries in
      var (found, start): ([JobEntry], Keyset?) = ([], nil)
      repeat {
        let page = try shelf.page(of: "a", from: start, limit: 9, queries)
        found += page.entries
        start = page.next
      } while start != nil
      return found
    }
    let expected = try bench.store.read {
      try $0.values(
        String.self,
        """
        SELECT id FROM jobs WHERE guild_id = 'a' AND state IN \(list: shelf.states) ORDER BY updated_at DESC, id DESC
        """)
    }
    #expect(found.map(\.id) == expected && !expected.isEmpty)
    #expect(try bench.store.read { try shelf.count(of: "a", upTo: 1000, $0) } == expected.count)
    #expect(try bench.store.read { try shelf.count(of: "a", upTo: 3, $0) } == 3)
    #expect(try bench.store.read { try shelf.count(of: "c", upTo: 3, $0) } == 0)
  }

  @Test(arguments: JobShelf.allCases, [false, true])
  func everyStepUsesTheIndexOfServers(shelf: JobShelf, isAnalyzed: Bool) throws {
    try fill(5000)
    if isAnalyzed { _ = try bench.store.write { try $0.run("ANALYZE") } }
    for start in [nil, Keyset(.integer(5), id: "x"), Keyset(.integer(5), id: "x", isBackwards: true)] {
      for sql in [shelf.statement(of: "a", from: start, limit: 51), shelf.counting(of: "a", upTo: 100)] {
        let plan = try bench.store.read {
          try $0.rows("EXPLAIN QUERY PLAN \(sql)").map { try $0.get("detail", as: String.self) }
        }
        let steps = plan.filter { $0.contains("jobs") }
        #expect(
          !steps.isEmpty && steps.allSatisfy { $0.hasPrefix("SEARCH") && $0.contains("INDEX jobs_of_guild") }, "\(plan)"
        )
        // What is sorted is the first of each state, never all that are in it.
        for (step, next) in zip(plan, plan.dropFirst()) where next.contains("TEMP B-TREE") {
          #expect(step.hasPrefix("SCAN (subquery"), "\(plan)")
        }
      }
    }
  }

  @Test func aServerReplaysAndDiscardsOnlyItsOwn() throws {
    try fill(20)
    let (own, foreign) = ("job-000008", "job-000009")  // both dead
    try bench.store.write { transaction throws in
      #expect(try bench.queue.replay(foreign, of: "a", in: transaction) == 0)
      #expect(try bench.queue.discard(foreign, of: "a", in: transaction) == 0)
      #expect(try JobShelf.dead.job(foreign, of: "a", transaction) == nil)
      #expect(try JobShelf.dead.job(own, of: "a", transaction)?.id == own)
      #expect(try bench.queue.replay(own, of: "a", in: transaction) == 1)
      #expect(try bench.queue.discard(own, of: "a", in: transaction) == 0, "it is dead no more")
      #expect(try bench.queue.replay(nil, of: "b", in: transaction) == 1)
      #expect(try JobShelf.dead.job(foreign, of: "b", transaction) == nil)
    }
  }
}
