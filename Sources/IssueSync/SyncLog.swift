import Basics
import Store

/// The ledger of runs.
enum SyncLog {
  static func add(
    _ report: Syncing.Report, _ scope: Syncing.Scope, _ mapping: Mapping, started: Timestamp, finished: Timestamp,
    _ failure: Failure?, _ store: DataStore
  ) throws {
    try store.write { transaction in
      try transaction.run(
        """
        INSERT INTO sync_logs (id, mapping_id, scope, started_at, finished_at, rows_read, rows_new, rows_changed,
          rows_removed, calls, is_complete, error)
        VALUES (\(UUIDv7.make(at: started)), \(mapping.id), \(scope.rawValue), \(started), \(finished), \(report.read),
          \(report.new), \(report.changed), \(report.removed), \(report.calls), \(report.isComplete),
          \(failure?.sentence))
        """)
    }
  }
}
