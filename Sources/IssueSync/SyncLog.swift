import Basics
import Store

/// A run over a mapping, as it is kept in the ledger.
public struct SyncRun: Encodable, Sendable, RowDecodable {
  public enum Scope: String, Encodable, Sendable, SQLConvertible {
    /// What was open: nothing had been read before.
    case first
    /// What was edited lately.
    case edits
    /// Everything, to compare.
    case full
  }

  public let id: String
  public let mapping: String
  public let scope: Scope
  public let started: Timestamp
  public let finished: Timestamp
  public let read: Int
  public let new: Int
  public let changed: Int
  public let removed: Int
  public let calls: Int
  /// How long it stood still for Notion's limits.
  public let waited: Duration
  /// Whether it read everything it meant to.
  public let isComplete: Bool
  /// Edits from here on were read; nil means from the beginning.
  public let coveredFrom: Timestamp?
  /// Edits up to here are known; nil when the run was not complete.
  public let coveredTo: Timestamp?
  /// What ended it, in words.
  public let error: String?

  public init(row: Row) throws {
    id = try row.get("id")
    mapping = try row.get("mapping_id")
    scope = try row.get("scope")
    started = try row.get("started_at")
    finished = try row.get("finished_at")
    read = try row.get("rows_read")
    new = try row.get("rows_new")
    changed = try row.get("rows_changed")
    removed = try row.get("rows_removed")
    calls = try row.get("calls")
    waited = .milliseconds(try row.get("waited_ms", as: Int64.self))
    isComplete = try row.get("is_complete")
    coveredFrom = try row.optional("covers_from")
    coveredTo = try row.optional("covers_to")
    error = try row.optional("error")
  }

  enum CodingKeys: String, CodingKey {
    case id, mapping, scope, started, finished, read, new, changed, removed, calls, error
    case waited = "waited_ms"
    case isComplete = "complete"
    case coveredFrom = "covers_from"
    case coveredTo = "covers_to"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(mapping, forKey: .mapping)
    try container.encode(scope, forKey: .scope)
    try container.encode(started.description, forKey: .started)
    try container.encode(finished.description, forKey: .finished)
    for (number, key) in [
      (read, CodingKeys.read), (new, .new), (changed, .changed), (removed, .removed), (calls, .calls),
    ] {
      try container.encode(number, forKey: key)
    }
    try container.encode(waited.milliseconds, forKey: .waited)
    try container.encode(isComplete, forKey: .isComplete)
    try container.encode(coveredFrom?.description, forKey: .coveredFrom)
    try container.encode(coveredTo?.description, forKey: .coveredTo)
    try container.encode(error, forKey: .error)
  }
}

/// The ledger of runs.
enum SyncLog {
  static func add(
    _ report: Syncing.Report, _ scope: Syncing.Scope, _ mapping: Mapping, started: Timestamp, finished: Timestamp,
    _ failure: Failure?, _ store: DataStore
  ) throws {
    let coveredFrom = scope == .edits ? mapping.watermark : nil
    try store.write { transaction in
      try transaction.run(
        """
        INSERT INTO sync_logs (id, mapping_id, scope, started_at, finished_at, rows_read, rows_new, rows_changed,
          rows_removed, calls, waited_ms, is_complete, covers_from, covers_to, error)
        VALUES (\(UUIDv7.make(at: started)), \(mapping.id), \(scope.rawValue), \(started), \(finished), \(report.read),
          \(report.new), \(report.changed), \(report.removed), \(report.calls), \(report.waited.milliseconds),
          \(report.isComplete), \(coveredFrom), \(report.coveredTo), \(failure?.sentence))
        """)
    }
  }
}

extension Mappings {
  /// The last runs, the latest first, of one mapping or of all.
  public func runs(of id: String? = nil, limit: Int = 50) throws -> [SyncRun] {
    try desk.store.read { queries in
      try queries.all(
        "SELECT * FROM sync_logs WHERE \(id) IS NULL OR mapping_id = \(id) ORDER BY started_at DESC, id DESC LIMIT \(limit)"
      )
    }
  }
}
