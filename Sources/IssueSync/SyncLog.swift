import Basics
import Store

/// What came of a run over a mapping.
public struct SyncRun: Sendable, RowDecodable {
  public enum Scope: String, Sendable, SQLConvertible {
    /// What was open: nothing had been read before.
    case first
    /// What was edited lately.
    case edits
    /// Everything, to compare.
    case full
  }

  public let scope: Scope
  public let startedAt: Timestamp
  public let finishedAt: Timestamp
  public let read: Int
  public let new: Int
  public let changed: Int
  public let removed: Int
  /// Calls to Notion.
  public let calls: Int
  public let isComplete: Bool
  /// What it failed of, in words.
  public let error: String?

  public init(row: Row) throws {
    scope = try row.get("scope")
    startedAt = try row.get("started_at")
    finishedAt = try row.get("finished_at")
    read = try row.get("rows_read")
    new = try row.get("rows_new")
    changed = try row.get("rows_changed")
    removed = try row.get("rows_removed")
    calls = try row.get("calls")
    isComplete = try row.get("is_complete")
    error = try row.optional("error")
  }
}

/// The ledger of runs.
enum SyncLog {
  static func add(
    _ report: Syncing.Report, _ scope: SyncRun.Scope, _ mapping: Mapping, started: Timestamp, finished: Timestamp,
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
