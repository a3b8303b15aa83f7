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
    try transaction.run(
      """
      INSERT INTO jobs (id, kind, unique_key, lane, gate, guild_id, payload, priority, state, run_at, correlation_id,
        created_at, updated_at)
      VALUES (\(UUIDv7.make(at: now)), \(intent.kind), \(intent.uniqueKey), \(intent.lane), \(intent.gate),
        \(intent.guild), \(intent.payload), \(intent.priority), 'ready', \(intent.notBefore ?? now),
        \(LogContext.correlation), \(now), \(now))
      ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND \(Self.isLiving)
      DO UPDATE SET \(Self.replacement)
      """)
    try transaction.run(Self.hasten(intent.lane, to: intent.priority))
    transaction.afterCommit { [bell] in bell.ring() }
  }

  /// What a second intent changes in the job that lives. While an earlier attempt is under way, or it is not known what
  /// came of it, the new wish is one more run, at the time the wish names.
  private static let replacement: SQL = """
    payload = excluded.payload, updated_at = excluded.updated_at, correlation_id = excluded.correlation_id,
    priority = CASE WHEN excluded.priority < jobs.priority THEN excluded.priority ELSE jobs.priority END,
    runs_again = CASE WHEN jobs.state IN ('running', 'unknown') THEN 1 ELSE jobs.runs_again END,
    run_at = CASE WHEN jobs.state = 'waiting' OR (jobs.state = 'running' AND jobs.runs_again = 0) THEN excluded.run_at
      WHEN jobs.state <> 'unknown' AND jobs.failures = 0 AND excluded.run_at < jobs.run_at THEN excluded.run_at
      ELSE jobs.run_at END,
    state = CASE WHEN jobs.state = 'waiting' THEN 'ready' ELSE jobs.state END
    """

  /// A job that a person waits for takes along those it has to wait for.
  static func hasten(_ lane: String, to priority: Intent.Priority) -> SQL {
    """
    UPDATE jobs SET priority = \(priority)
    WHERE lane = \(lane) AND \(holdsLane) AND priority > \(priority)
    """
  }

  /// How many jobs there are in each state that is not over, and how many are dead.
  public func counts() throws -> [String: Int] {
    let rows = try store.read { try $0.rows(Self.countsByState) }
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("state"), try $0.get("number")) })
  }

  /// Since when the job has been due that has been so for longest; nil when none is.
  public static func oldestDue(at time: Timestamp, _ queries: some Queries) throws -> Timestamp? {
    try queries.value("SELECT min(run_at) FROM jobs WHERE \(waits) AND run_at <= \(time)")
  }

  static let countsByState: SQL = """
    SELECT state, count(*) AS number FROM jobs WHERE \(isShown) GROUP BY state ORDER BY state
    """
}
