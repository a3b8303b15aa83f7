import Metrics

/// What is told of the whole hall, whichever process is asked. Labels come from closed sets: states, kinds of jobs, ids
/// of connections and mappings, names of programs.
enum HallMetric {
  static let all = [
    jobs, jobLag, breaker, held, spent, budget, mappingLag, mappingFailures, lastSuccess,
    runDuration, runFailures, responders, wal, database, diskFree, sqlite, schema, backup,
  ]

  static let jobs = Metric(
    "guildhall_jobs", .gauge, labels: ["state", "kind"], "Jobs that are not over, and dead ones.")
  static let jobLag = Metric(
    "guildhall_job_lag_seconds", .gauge, "For how long the job that waits longest could have run already.")
  static let breaker = Metric(
    "guildhall_breaker_open", .gauge, labels: ["provider", "connection"],
    "1 while nothing is sent because the service does not answer.")
  static let held = Metric(
    "guildhall_outbound_held", .gauge, labels: ["provider", "connection"],
    "1 while something is not sent, for whatever reason.")
  static let spent = Metric(
    "guildhall_budget_spent_calls", .gauge, labels: ["provider", "connection"], "Calls spent in the current window.")
  static let budget = Metric(
    "guildhall_budget_calls", .gauge, labels: ["provider", "connection"], "Calls that a window has.")
  static let mappingLag = Metric(
    "guildhall_mapping_lag_seconds", .gauge, labels: ["mapping"], "Since the last complete sync of a mapping.")
  static let mappingFailures = Metric(
    "guildhall_mapping_failures_in_a_row", .gauge, labels: ["mapping"],
    "Failed syncs of a mapping since the last good one.")
  static let lastSuccess = Metric(
    "guildhall_batch_last_success_timestamp_seconds", .gauge, labels: ["program"],
    "When a batch program last did all it should.")
  static let runDuration = Metric(
    "guildhall_batch_duration_seconds", .gauge, labels: ["program"], "How long the last finished run took.")
  static let runFailures = Metric(
    "guildhall_batch_failures_in_a_row", .gauge, labels: ["program"], "Failed runs since the last good one.")
  static let responders = Metric("guildhall_responders", .gauge, "Responders seen within the last minute.")
  static let wal = Metric(
    "guildhall_wal_bytes", .gauge, labels: ["file"],
    "Size of the write-ahead log; it stays small while checkpoints work.")
  static let database = Metric("guildhall_database_bytes", .gauge, labels: ["file"], "Size of a database file.")
  static let diskFree = Metric("guildhall_disk_free_bytes", .gauge, "Free space where the database lies.")
  static let sqlite = Metric("guildhall_sqlite_info", .gauge, labels: ["version"], "The version of SQLite in use.")
  static let schema = Metric("guildhall_schema_migrations", .gauge, "Migrations this program knows and found applied.")
  static let backup = Metric(
    "guildhall_backup_timestamp_seconds", .gauge, "When the newest backup was taken; absent while there is none.")
}

/// What is told of the one process that answers.
public enum ProcessMetric {
  static let all = [workers, longestBusy, connections]

  public static let workers = Metric(
    "guildhall_workers", .gauge, labels: ["state"], "Threads that answer requests, of the process that was asked.")
  public static let longestBusy = Metric(
    "guildhall_worker_longest_busy_seconds", .gauge, "For how long the busiest of them has been with one connection.")
  public static let connections = Metric(
    "guildhall_fastcgi_connections_total", .counter, labels: ["outcome"],
    "Connections of the web server to the process that was asked; not comparable between scrapes of several responders."
  )
}
