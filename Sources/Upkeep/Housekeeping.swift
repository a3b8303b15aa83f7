import Basics
import Foundation
import Store

/// How long rows of one kind are kept, and why so long.
public struct Retention: Sendable {
  public let what: String
  public let reason: String
  public let keep: Duration
  /// The table it is about, which names the retention where a server chose another time.
  public let table: String
  let key: String
  /// Nil where no server has a say.
  public let choice: Choice?

  /// What a server may choose for its own rows.
  public struct Choice: Sendable {
    let column: String
    public let days: ClosedRange<Int>

    /// - Parameter column: the one of the server's id.
    public init(_ column: String, days: ClosedRange<Int>) {
      self.column = column
      self.days = days
    }
  }

  /// Which rows may go: SQL over the table's columns, given the instant before which they are old.
  let isOver: @Sendable (Timestamp) -> SQL

  /// - Parameter key: a column that names one row, or a few.
  public init(
    _ what: String, in table: String, key: String = "id", keep: Duration, chosen choice: Choice? = nil,
    because reason: String, _ isOver: @escaping @Sendable (Timestamp) -> SQL
  ) {
    self.what = what
    self.table = table
    self.key = key
    self.keep = keep
    self.reason = reason
    self.choice = choice
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
    let isOver = try isOver(retention)
    return try store.read {
      try $0.value("SELECT count(*) FROM \(identifier: retention.table) WHERE \(isOver)")
    } ?? 0
  }

  /// Over by what each server chose, and for all others by the rule.
  private func isOver(_ retention: Retention) throws -> SQL {
    let now = clock.now()
    let usual = retention.isOver(now - retention.keep)
    guard let choice = retention.choice else { return usual }
    let chosen = try store.read { try RetentionChoices.all(of: retention.table, $0) }
    if chosen.isEmpty { return usual }
    let others: SQL = "(\(identifier: choice.column) NOT IN \(list: chosen.map(\.server)) AND (\(usual)))"
    return chosen.reduce(others) { sql, own in
      let isOver = retention.isOver(now - .seconds(86_400 * own.days))
      return "\(sql) OR (\(identifier: choice.column) = \(own.server) AND (\(isOver)))"
    }
  }

  private func remove(_ retention: Retention, _ chunk: Int) throws -> Int {
    let isOver = try isOver(retention)
    var total = 0
    while true {
      let removed = try store.write {
        try $0.run(
          """
          DELETE FROM \(identifier: retention.table) WHERE \(identifier: retention.key) IN (
            SELECT \(identifier: retention.key) FROM \(identifier: retention.table)
            WHERE \(isOver) ORDER BY \(identifier: retention.key) LIMIT \(chunk))
            AND (\(isOver))
          """)
      }
      total += removed
      if removed < chunk { return total }
      DataStore.letOthersWrite()
    }
  }
}
