import Basics
import Store

/// A limit of a service that is used up for jobs of this priority and below.
struct ClosedGate: Sendable {
  let name: String
  let priority: Intent.Priority
  let until: Timestamp
}

/// A look for work: the instant it is for, the gates that are closed then, and how urgent the work is to be.
struct Look: Sendable {
  let time: Timestamp
  let closed: [ClosedGate]
  var priorities = Intent.Priority.allCases
}

extension JobQueue {
  /// Takes the next job that may run, if there is one, and holds it under a lease.
  func claim(_ kinds: [JobKind], _ look: Look) throws -> Job? {
    // Asked first, because looking costs no write lock.
    guard let found = try store.read({ try next(kinds, look, $0) }) else { return nil }
    return try store.write { try take(found, kinds, at: look.time, in: $0) ?? claim(kinds, look, in: $0) }
  }

  func claim(_ kinds: [JobKind], _ look: Look, in transaction: WriteTransaction) throws -> Job? {
    try next(kinds, look, transaction).flatMap { try take($0, kinds, at: look.time, in: transaction) }
  }

  /// Whether a job of these kinds may run at the look's instant, if nothing changes until then.
  func isThereWork(for kinds: [JobKind], _ look: Look) throws -> Bool {
    try store.read { try next(kinds, look, $0) } != nil
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
      WHERE id = \(id) AND \(Self.waits) AND (run_at <= updated_at OR run_at <= \(time)) AND \(isFree(kinds))
      RETURNING *
      """)
    if let job { try kinds.named(job.kind)?.preparing(job, transaction) }
    return job
  }

  /// The id of the job to run next: of what is due the most urgent, then the oldest; of each lane only the first.
  private func next(_ kinds: [JobKind], _ look: Look, _ queries: some Queries) throws -> String? {
    for priority in look.priorities {
      if let id = try queries.value(String.self, candidate(kinds, priority, look)) { return id }
    }
    return nil
  }

  /// Looks at the first of each open gate, so that what waits behind a closed one costs nothing: among those that were due
  /// when they were written, which stay so when the clock is set back, and among the others up to the look's instant.
  func candidate(_ kinds: [JobKind], _ priority: Intent.Priority, _ look: Look) -> SQL {
    """
    \(gates(priority)), parts (was_due, until) AS (VALUES (1, \(Int64.max)), (0, \(look.time)))
    SELECT head.id FROM gates CROSS JOIN parts JOIN jobs AS head ON head.id = (
      SELECT id FROM jobs AS candidate
      WHERE priority = \(priority) AND gate = gates.name AND \(Self.waits) AND (run_at <= updated_at) = was_due
        AND run_at <= until AND \(isFree(kinds))
      ORDER BY run_at, id LIMIT 1)
    WHERE \(isOpen(priority, look)) ORDER BY head.run_at, head.id LIMIT 1
    """
  }

  /// Of a kind that is known here, and the first of its lane.
  private func isFree(_ kinds: [JobKind]) -> SQL {
    """
    kind IN \(list: kinds.map(\.name)) AND NOT EXISTS (
      SELECT 1 FROM jobs AS earlier
      WHERE earlier.lane = candidate.lane AND \(Self.holdsLane) AND earlier.id < candidate.id)
    """
  }

  /// The gates before which jobs wait, found in the index by stepping from each to the next; the last is followed by NULL.
  private func gates(_ priority: Intent.Priority) -> SQL {
    let some: SQL = "SELECT gate FROM jobs WHERE priority = \(priority) AND \(Self.waits)"
    return """
      WITH RECURSIVE gates (name) AS (
        SELECT (\(some) ORDER BY gate LIMIT 1)
        UNION ALL
        SELECT (\(some) AND gate > gates.name ORDER BY gate LIMIT 1) FROM gates WHERE gates.name IS NOT NULL)
      """
  }

  /// A gate closed for people is closed for batch work too.
  private func isOpen(_ priority: Intent.Priority, _ look: Look) -> SQL {
    let shut = look.closed.filter { $0.priority.rawValue <= priority.rawValue }.map(\.name)
    return "gates.name NOT IN \(list: shut)"
  }

  /// How long a thread may sleep whose look found nothing: until the next job comes due or a gate opens, and a second at
  /// most, because other processes write jobs too. What came due since the look is not slept through; what was due at
  /// the look, and could not run because its lane is busy, wakes nobody: the bell rings when the lane is free.
  func pause(_ kinds: [JobKind], since look: Look) throws -> Duration {
    let due = try store.read { queries in
      try look.priorities.compactMap { try queries.value(Timestamp.self, nextDue(kinds, $0, after: look)) }
    }
    guard let next = (due + look.closed.map(\.until)).min() else { return .seconds(1) }
    return min(.seconds(1), max(.milliseconds(1), next - clock.now()))
  }

  func nextDue(_ kinds: [JobKind], _ priority: Intent.Priority, after look: Look) -> SQL {
    """
    \(gates(priority))
    SELECT min((
      SELECT run_at FROM jobs
      WHERE priority = \(priority) AND gate = gates.name AND \(Self.waits) AND (run_at <= updated_at) = 0
        AND run_at > \(look.time) AND kind IN \(list: kinds.map(\.name))
      ORDER BY run_at LIMIT 1)) FROM gates
    WHERE \(isOpen(priority, look))
    """
  }
}

extension [JobKind] {
  func named(_ name: String) -> JobKind? { first { $0.name == name } }
}
