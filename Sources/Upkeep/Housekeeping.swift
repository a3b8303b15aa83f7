import Basics
import Foundation
import Store

/// How long rows of one kind are kept, and why so long.
public struct Retention: Sendable {
  public let what: String
  public let reason: String
  public let keep: Duration
  let table: String
  let key: String
  /// Which rows may go: SQL over the table's columns, given the instant before which they are old.
  let isOver: @Sendable (Timestamp) -> SQL

  /// - Parameter key: a column that names one row, or a few.
  public init(
    _ what: String, in table: String, key: String = "id", keep: Duration, because reason: String,
    _ isOver: @escaping @Sendable (Timestamp) -> SQL
  ) {
    self.what = what
    self.table = table
    self.key = key
    self.keep = keep
    self.reason = reason
    self.isOver = isOver
  }
}

/// Lets rows go that nobody needs any more.
public struct Housekeeping: Sendable {
  let store: DataStore
  let retentions: [Retention]
  let clock: WallClock

  public init(store: DataStore, retentions: [Retention], clock: WallClock) {
    self.store = store
    self.retentions = retentions
    self.clock = clock
  }

  public struct Result: Sendable, Encodable {
    public let what: String
    public let reason: String
    public let removed: Int
  }

  /// A few rows a transaction, with a pause in between, so that nobody has to wait for it. Ended half-way, the next run
  /// goes on.
  /// - Parameter isDryRun: only counts.
  public func run(isDryRun: Bool = false, chunk: Int = 200) throws -> [Result] {
    let results = try retentions.map { retention in
      let removed = try isDryRun ? count(retention) : remove(retention, chunk)
      return Result(what: retention.what, reason: retention.reason, removed: removed)
    }
    if !isDryRun { try store.optimize() }
    return results
  }

  private func count(_ retention: Retention) throws -> Int {
    try store.read {
      try $0.value(
        "SELECT count(*) FROM \(identifier: retention.table) WHERE \(retention.isOver(clock.now() - retention.keep))")
    } ?? 0
  }

  private func remove(_ retention: Retention, _ chunk: Int) throws -> Int {
    let oldest = clock.now() - retention.keep
    var total = 0
    while true {
      let removed = try store.write {
        try $0.run(
          """
          DELETE FROM \(identifier: retention.table) WHERE \(identifier: retention.key) IN (
            SELECT \(identifier: retention.key) FROM \(identifier: retention.table)
            WHERE \(retention.isOver(oldest)) ORDER BY \(identifier: retention.key) LIMIT \(chunk))
            AND \(retention.isOver(oldest))
          """)
      }
      total += removed
      if removed < chunk { return total }
      usleep(2_000)
    }
  }
}
