import Basics
import Store

/// A limit of a service that is used up for jobs of this priority and below.
struct ClosedGate: Sendable {
  let name: String
  let priority: Intent.Priority
  let until: Timestamp
}

extension JobQueue {
  /// Takes the next job that may run now, if there is one, and holds it under a lease.
  func claim(_ kinds: [JobKind], except closed: [ClosedGate]) throws -> Job? {
    let now = clock.now()
    // Asked first, because looking costs no write lock.
    guard try isThereWork(for: kinds, at: now, except: closed) else { return nil }
    return try store.write { transaction in
      let found = try transaction.rows(candidate(kinds, at: now, except: closed)).first
      guard let found else { return nil }
      return try transaction.first(
        """
        UPDATE jobs SET state = 'running', attempts = attempts + 1, owner = \(host.owner), boot_id = \(host.bootID),
          lease_until = \(host.monotonic() + Self.lease.milliseconds), updated_at = \(now),
          needs_reconciling = CASE WHEN state = 'unknown' THEN 1 ELSE 0 END
        WHERE id = \(found.get("id", as: String.self))
        RETURNING *
        """)
    }
  }

  /// Whether a job of these kinds may run at that instant, if nothing changes until then.
  func isThereWork(for kinds: [JobKind], at time: Timestamp, except closed: [ClosedGate]) throws -> Bool {
    try store.read { try !$0.rows(candidate(kinds, at: time, except: closed)).isEmpty }
  }

  /// The job to run next: of what is due the most urgent, then the oldest; of each lane only the first.
  /// A job that was due when it was written stays so when the clock is set back.
  func candidate(_ kinds: [JobKind], at time: Timestamp, except closed: [ClosedGate]) -> SQL {
    let shut = { (priority: Intent.Priority) in closed.filter { $0.priority == priority }.map(\.name) }
    return """
      SELECT id, kind FROM jobs AS candidate
      WHERE state IN ('ready', 'unknown') AND (run_at <= \(time) OR run_at <= updated_at)
        AND kind IN \(list: kinds.map(\.name)) AND gate NOT IN \(list: shut(.interactive))
        AND (priority < \(Intent.Priority.batch) OR gate NOT IN \(list: shut(.batch)))
        AND NOT EXISTS (
          SELECT 1 FROM jobs AS earlier
          WHERE earlier.lane = candidate.lane AND earlier.state IN ('ready', 'running', 'unknown')
            AND earlier.id < candidate.id)
      ORDER BY priority, run_at, id LIMIT 1
      """
  }

  /// How long a thread may sleep: until the next job comes due or a gate opens, and a second at most, because other
  /// processes write jobs too.
  func pause(_ kinds: [JobKind], except closed: [ClosedGate]) throws -> Duration {
    let now = clock.now()
    let due = try store.read { queries in
      try Intent.Priority.allCases.compactMap { try queries.value(Timestamp.self, nextDue(kinds, $0, after: now)) }
    }
    let next = (due + closed.map(\.until)).min()
    return min(.seconds(1), max(.milliseconds(1), (next ?? now + .seconds(1)) - now))
  }

  func nextDue(_ kinds: [JobKind], _ priority: Intent.Priority, after now: Timestamp) -> SQL {
    """
    SELECT run_at FROM jobs
    WHERE state IN ('ready', 'unknown') AND priority = \(priority) AND run_at > \(now)
      AND kind IN \(list: kinds.map(\.name))
    ORDER BY run_at LIMIT 1
    """
  }
}

extension [JobKind] {
  func named(_ name: String) -> JobKind? { first { $0.name == name } }
}
