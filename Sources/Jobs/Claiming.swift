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
    guard let found = try store.read({ try next(kinds, at: now, except: closed, $0) }) else { return nil }
    return try store.write { try take(found, kinds, at: now, in: $0) ?? claim(kinds, except: closed, in: $0) }
  }

  func claim(_ kinds: [JobKind], except closed: [ClosedGate], in transaction: WriteTransaction) throws -> Job? {
    let now = clock.now()
    return try next(kinds, at: now, except: closed, transaction).flatMap {
      try take($0, kinds, at: now, in: transaction)
    }
  }

  /// Whether a job of these kinds may run at that instant, if nothing changes until then.
  func isThereWork(for kinds: [JobKind], at time: Timestamp, except closed: [ClosedGate]) throws -> Bool {
    try store.read { try next(kinds, at: time, except: closed, $0) } != nil
  }

  /// Takes the job and writes down what its kind needs before it begins; nil when somebody else took it meanwhile.
  private func take(_ id: String, _ kinds: [JobKind], at time: Timestamp, in transaction: WriteTransaction) throws
    -> Job?
  {
    let job: Job? = try transaction.first(
      """
      UPDATE jobs AS candidate SET state = 'running', attempts = attempts + 1, owner = \(host.owner),
        boot_id = \(host.bootID), lease_until = \(host.monotonic() + Self.lease.milliseconds), updated_at = \(time),
        needs_reconciling = CASE WHEN state = 'unknown' THEN 1 ELSE 0 END
      WHERE id = \(id) AND \(mayRun(kinds, at: time))
      RETURNING *
      """)
    if let job { try kinds.named(job.kind)?.preparing(job, transaction) }
    return job
  }

  /// The id of the job to run next: of what is due the most urgent, then the oldest; of each lane only the first.
  private func next(
    _ kinds: [JobKind], at time: Timestamp, except closed: [ClosedGate], _ queries: some Queries
  ) throws -> String? {
    for priority in Intent.Priority.allCases {
      if let id = try queries.value(String.self, candidate(kinds, priority, at: time, except: closed)) { return id }
    }
    return nil
  }

  /// Looks at the first of each open gate, so that what waits behind a closed one costs nothing.
  func candidate(_ kinds: [JobKind], _ priority: Intent.Priority, at time: Timestamp, except closed: [ClosedGate])
    -> SQL
  {
    """
    \(gates(priority))
    SELECT head.id FROM gates JOIN jobs AS head ON head.id = (
      SELECT id FROM jobs AS candidate
      WHERE priority = \(priority) AND gate = gates.name AND \(mayRun(kinds, at: time)) ORDER BY run_at, id LIMIT 1)
    WHERE \(isOpen(priority, closed)) ORDER BY head.run_at, head.id LIMIT 1
    """
  }

  /// A job that was due when it was written stays so when the clock is set back.
  private func mayRun(_ kinds: [JobKind], at time: Timestamp) -> SQL {
    """
    state IN ('ready', 'unknown') AND (run_at <= \(time) OR run_at <= updated_at) AND kind IN \(list: kinds.map(\.name))
      AND NOT EXISTS (
        SELECT 1 FROM jobs AS earlier
        WHERE earlier.lane = candidate.lane AND \(Self.holdsLane) AND earlier.id < candidate.id)
    """
  }

  /// The gates before which jobs wait, found in the index by stepping from each to the next; the last is followed by NULL.
  private func gates(_ priority: Intent.Priority) -> SQL {
    let waiting: SQL = "SELECT gate FROM jobs WHERE priority = \(priority) AND state IN ('ready', 'unknown')"
    return """
      WITH RECURSIVE gates (name) AS (
        SELECT (\(waiting) ORDER BY gate LIMIT 1)
        UNION ALL
        SELECT (\(waiting) AND gate > gates.name ORDER BY gate LIMIT 1) FROM gates WHERE gates.name IS NOT NULL)
      """
  }

  /// A gate closed for people is closed for batch work too.
  private func isOpen(_ priority: Intent.Priority, _ closed: [ClosedGate]) -> SQL {
    let shut = closed.filter { $0.priority.rawValue <= priority.rawValue }.map(\.name)
    return "gates.name NOT IN \(list: shut)"
  }

  /// How long a thread may sleep: until the next job comes due or a gate opens, and a second at most, because other
  /// processes write jobs too.
  func pause(_ kinds: [JobKind], except closed: [ClosedGate]) throws -> Duration {
    let now = clock.now()
    let due = try store.read { queries in
      try Intent.Priority.allCases.compactMap {
        try queries.value(Timestamp.self, nextDue(kinds, $0, after: now, except: closed))
      }
    }
    let next = (due + closed.map(\.until)).min()
    return min(.seconds(1), max(.milliseconds(1), (next ?? now + .seconds(1)) - now))
  }

  func nextDue(_ kinds: [JobKind], _ priority: Intent.Priority, after now: Timestamp, except closed: [ClosedGate])
    -> SQL
  {
    """
    \(gates(priority))
    SELECT min((
      SELECT run_at FROM jobs
      WHERE priority = \(priority) AND gate = gates.name AND state IN ('ready', 'unknown') AND run_at > \(now)
        AND kind IN \(list: kinds.map(\.name))
      ORDER BY run_at LIMIT 1)) FROM gates
    WHERE \(isOpen(priority, closed))
    """
  }
}

extension [JobKind] {
  func named(_ name: String) -> JobKind? { first { $0.name == name } }
}
