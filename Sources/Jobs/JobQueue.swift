import Basics
import Store

/// The table of jobs, and the bell that tells this process's threads of new ones.
public struct JobQueue: Sendable {
  let store: DataStore
  let clock: WallClock
  let host: Host
  let bell = Bell()

  public init(store: DataStore, clock: WallClock, host: Host = .current) {
    self.store = store
    self.clock = clock
    self.host = host
  }

  /// Writes an intent down, as part of the change it belongs to.
  public func enqueue(_ intent: Intent, in transaction: WriteTransaction) throws {
    let now = clock.now()
    let runAt = intent.notBefore ?? now
    try transaction.run(
      """
      INSERT INTO jobs (id, kind, unique_key, lane, gate, guild_id, payload, priority, state, run_at, correlation_id,
        created_at, updated_at)
      VALUES (\(UUIDv7.make(at: now)), \(intent.kind), \(intent.uniqueKey), \(intent.lane), \(intent.gate),
        \(intent.guild), \(intent.payload), \(intent.priority.rawValue), 'ready', \(runAt),
        \(LogContext.correlation), \(now), \(now))
      ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND state IN ('ready', 'running', 'waiting', 'unknown')
      DO UPDATE SET payload = excluded.payload, updated_at = excluded.updated_at,
        correlation_id = excluded.correlation_id,
        priority = CASE WHEN excluded.priority < jobs.priority THEN excluded.priority ELSE jobs.priority END,
        runs_again = CASE WHEN jobs.state = 'running' THEN 1 ELSE jobs.runs_again END,
        run_at = CASE
          WHEN jobs.state = 'running' AND jobs.runs_again = 0 THEN excluded.run_at
          WHEN jobs.state IN ('ready', 'running') AND excluded.run_at < jobs.run_at AND jobs.failures = 0
            THEN excluded.run_at
          ELSE jobs.run_at END,
        state = CASE WHEN jobs.state = 'waiting' THEN 'ready' ELSE jobs.state END
      """)
    transaction.afterCommit { [bell] in bell.ring() }
  }

  /// How many jobs there are in each state that is not over, and how many are dead.
  public func counts() throws -> [String: Int] {
    let rows = try store.read {
      try $0.rows(
        """
        SELECT state, count(*) AS number FROM jobs
        WHERE state IN ('ready', 'running', 'waiting', 'unknown', 'dead') GROUP BY state ORDER BY state
        """)
    }
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("state"), try $0.get("number")) })
  }

  /// Takes the next job that may run now, if there is one, and holds it under a lease.
  func claim(_ kinds: [JobKind], except closed: [ClosedGate]) throws -> Job? {
    let now = clock.now()
    guard try isAnythingDue(at: now) else { return nil }
    let lease = host.monotonic() + (kinds.map(\.limits.lease).max() ?? .seconds(30)).milliseconds
    let open = closed.reduce(into: SQL("")) { sql, gate in
      sql = "\(sql) AND NOT (gate = \(gate.name) AND priority >= \(gate.priority.rawValue))"
    }
    return try store.write { transaction in
      try transaction.first(
        Job.self,
        """
        UPDATE jobs SET state = 'running', attempts = attempts + 1, owner = \(host.owner), boot_id = \(host.bootID),
          lease_until = \(lease), updated_at = \(now),
          needs_reconciling = CASE WHEN state = 'unknown' THEN 1 ELSE 0 END
        WHERE id = (
          SELECT id FROM jobs AS candidate
          WHERE state IN ('ready', 'unknown') AND run_at <= \(now) AND kind IN \(list: kinds.map(\.name)) \(open)
            AND NOT EXISTS (
              SELECT 1 FROM jobs AS earlier
              WHERE earlier.lane = candidate.lane AND earlier.state IN ('ready', 'running', 'unknown')
                AND earlier.id < candidate.id)
          ORDER BY priority, run_at, id LIMIT 1)
        RETURNING *
        """)
    }
  }

  /// Asked first, because looking costs no write lock.
  private func isAnythingDue(at now: Timestamp) throws -> Bool {
    try store.read {
      try $0.value(
        Int.self, "SELECT 1 FROM jobs WHERE state IN ('ready', 'unknown') AND run_at <= \(now) ORDER BY priority LIMIT 1")
    } != nil
  }

  /// When the next job of these kinds may run; nil when none is waiting.
  func nextDue(_ kinds: [JobKind]) throws -> Timestamp? {
    try store.read {
      try $0.value(
        Timestamp.self,
        "SELECT min(run_at) FROM jobs WHERE state IN ('ready', 'unknown') AND kind IN \(list: kinds.map(\.name))")
    }
  }
}

/// A limit of a service that is used up for jobs of this priority and below.
struct ClosedGate: Sendable {
  let name: String
  let priority: Intent.Priority
  let until: Timestamp
}
