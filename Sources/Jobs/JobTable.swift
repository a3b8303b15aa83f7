import Store

/// The one table of durable intents.
public let jobMigrations = [
  Migration(
    "20261121-0900-jobs",
    """
    CREATE TABLE jobs (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      unique_key TEXT,
      lane TEXT NOT NULL,
      gate TEXT NOT NULL,
      guild_id TEXT,
      payload TEXT NOT NULL,
      priority INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'waiting', 'unknown', 'done', 'dead', 'cancelled')),
      run_at INTEGER NOT NULL,
      runs_again INTEGER NOT NULL DEFAULT 0 CHECK (runs_again IN (0, 1)),
      attempts INTEGER NOT NULL DEFAULT 0,
      failures INTEGER NOT NULL DEFAULT 0,
      crashes INTEGER NOT NULL DEFAULT 0,
      needs_reconciling INTEGER NOT NULL DEFAULT 0 CHECK (needs_reconciling IN (0, 1)),
      owner TEXT,
      boot_id TEXT,
      lease_until INTEGER,
      last_error TEXT,
      correlation_id TEXT,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      CHECK ((state = 'running') = (owner IS NOT NULL AND boot_id IS NOT NULL AND lease_until IS NOT NULL))
    ) STRICT;
    CREATE UNIQUE INDEX jobs_live_key ON jobs (unique_key)
      WHERE unique_key IS NOT NULL AND state IN ('ready', 'running', 'waiting', 'unknown');
    CREATE INDEX jobs_due ON jobs (priority, run_at, id) WHERE state IN ('ready', 'unknown');
    CREATE INDEX jobs_lane ON jobs (lane, id) WHERE state IN ('ready', 'running', 'unknown');
    CREATE INDEX jobs_running ON jobs (id) WHERE state = 'running';
    CREATE INDEX jobs_shown ON jobs (state) WHERE state IN ('ready', 'running', 'waiting', 'unknown', 'dead');
    CREATE INDEX jobs_dead ON jobs (updated_at) WHERE state = 'dead';
    CREATE INDEX jobs_past ON jobs (updated_at) WHERE state IN ('done', 'cancelled');
    """),
  Migration(
    "20261123-0910-jobs-of-servers",
    """
    CREATE INDEX jobs_of_guild ON jobs (guild_id, state, updated_at, id)
      WHERE state IN ('ready', 'running', 'waiting', 'unknown', 'dead');
    """),
  // By gate, so that a look for the next job steps over what waits for a limit that is used up; what was due when it was
  // written stands apart, so that it ends before what is not due yet. The others in words that cost a job that changes
  // nothing (`JobQueue.holdsLane`). The index of keys stays as it is: a program of before, which runs on until it is
  // started anew, names it when it writes a job.
  Migration(
    "20261127-0500-jobs-by-gate",
    """
    DROP INDEX jobs_due;
    DROP INDEX jobs_lane;
    DROP INDEX jobs_shown;
    DROP INDEX jobs_of_guild;
    CREATE INDEX jobs_by_gate ON jobs (priority, gate, (run_at <= updated_at), run_at, id)
      WHERE state IN ('ready', 'unknown');
    CREATE INDEX jobs_lane ON jobs (lane, id) WHERE state = 'ready' OR state = 'running' OR state = 'unknown';
    CREATE INDEX jobs_shown ON jobs (state) WHERE state NOT IN ('done', 'cancelled');
    CREATE INDEX jobs_of_guild ON jobs (guild_id, state, updated_at, id) WHERE state NOT IN ('done', 'cancelled');
    """),
]

/// States as indexes name them; a query that is to find an index says the same. `IN` with more than two states would be a
/// table that SQLite builds anew, before and after, for each index of a job that changes.
extension JobQueue {
  /// Not over, and not given up: there is one of its key.
  static let isLiving: SQL = "state IN ('ready', 'running', 'waiting', 'unknown')"
  /// It may be taken, when its time has come.
  static let waits: SQL = "state IN ('ready', 'unknown')"
  /// Its lane waits for it.
  public static let holdsLane: SQL = "(state = 'ready' OR state = 'running' OR state = 'unknown')"
  /// Not over.
  public static let isShown: SQL = "state NOT IN ('done', 'cancelled')"
}
