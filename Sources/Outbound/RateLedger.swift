import Basics
import Store

/// Limits and health of each connection, kept in the store so that all our processes together stay inside them.
struct RateLedger: Sendable {
  let store: DataStore
  let clock: WallClock

  /// Takes the right to make one call and answers how long the caller waits before it makes it: not at all, or within its
  /// patience until the budget's next place, which is its own from now on. Were it only told to come again, all who wait
  /// would wake for each place, and all but one for nothing.
  @discardableResult
  func reserve(_ call: OutboundCall, budget: Budget, patience: Duration = .zero) throws -> Duration {
    try store.write { transaction in
      let now = clock.now()  // while nobody else can reserve, however long that took
      try refuseWhileBlocked(call, now, transaction)
      try refuseWhileBroken(call, now, transaction)
      try refuseWhenBucketIsEmpty(call, now, transaction)
      return try spend(call, budget, patience, now, transaction)
    }
  }

  /// Somebody else may have been refused while this call waited for its place.
  func refuseWhatIsRefusedByNow(_ call: OutboundCall) throws {
    try store.read { try refuseWhileBlocked(call, clock.now(), $0) }
  }

  /// Writes down what an answer told.
  func record(_ news: RateNews, of call: OutboundCall) throws {
    if news.bucket == nil && news.refusal == nil { return }
    try store.write { transaction in
      if let bucket = news.bucket { try keep(bucket, of: call, transaction) }
      if let refusal = news.refusal {
        let scope = refusal.isWholeConnection ? "" : call.route
        try block(call.connection, scope, until: refusal.until, .rate, in: transaction)
      }
    }
  }
}

// MARK: Buckets

extension RateLedger {
  /// Answers of calls made side by side come in any order: within one period the least that was told, or reserved
  /// since, is what remains; a later period begins anew, and news of an earlier one is none.
  private func keep(_ bucket: RateNews.Bucket, of call: OutboundCall, _ transaction: WriteTransaction) throws {
    let key = "\(bucket.id) \(call.resource)"
    let now = clock.now()
    try transaction.run(
      """
      INSERT INTO routes (connection, route, bucket) VALUES (\(call.connection), \(call.route), \(key))
      ON CONFLICT (connection, route) DO UPDATE SET bucket = excluded.bucket
      """)
    try transaction.run(
      """
      INSERT INTO buckets (connection, bucket, remaining, reset_at)
      VALUES (\(call.connection), \(key), \(bucket.remaining), \(bucket.resetAt))
      ON CONFLICT (connection, bucket) DO UPDATE SET
        remaining = CASE
          WHEN buckets.reset_at <= \(now) OR excluded.reset_at > buckets.reset_at + 250 THEN excluded.remaining
          WHEN excluded.reset_at < buckets.reset_at - 250 OR buckets.remaining < excluded.remaining THEN buckets.remaining
          ELSE excluded.remaining END,
        reset_at = CASE WHEN buckets.reset_at <= \(now) OR excluded.reset_at > buckets.reset_at THEN excluded.reset_at
          ELSE buckets.reset_at END
      """)
  }

  private func refuseWhenBucketIsEmpty(_ call: OutboundCall, _ now: Timestamp, _ transaction: WriteTransaction) throws {
    let bucket = try transaction.rows(
      """
      SELECT buckets.bucket AS name, buckets.remaining, buckets.reset_at FROM routes
      JOIN buckets ON buckets.connection = routes.connection AND buckets.bucket = routes.bucket
      WHERE routes.connection = \(call.connection) AND routes.route = \(call.route) AND buckets.reset_at > \(now)
      """
    ).first
    guard let bucket else { return }
    if try bucket.get("remaining", as: Int.self) <= 0 {
      throw call.busy(try bucket.get("reset_at", as: Timestamp.self) - now)
    }
    try transaction.run(
      """
      UPDATE buckets SET remaining = remaining - 1
      WHERE connection = \(call.connection) AND bucket = \(bucket.get("name", as: String.self))
      """)
  }
}

// MARK: Budgets

extension RateLedger {
  /// Takes the budget's next place and answers how long it is until then. No place is further away than a window: what lies
  /// there was spent before the clock was set back.
  private func spend(
    _ call: OutboundCall, _ budget: Budget, _ patience: Duration, _ now: Timestamp, _ transaction: WriteTransaction
  ) throws -> Duration {
    let allowance = budget.allowance(call.urgency)
    try transaction.run(
      """
      DELETE FROM spends
      WHERE connection = \(call.connection) AND (at <= \(now - budget.window) OR at > \(now + budget.window))
      """)
    let spent = try transaction.values(
      Timestamp.self, "SELECT at FROM spends WHERE connection = \(call.connection) ORDER BY at DESC LIMIT \(allowance)")
    let wait = spent.count < allowance ? .zero : max(.zero, spent[allowance - 1] + budget.window - now)
    guard wait <= min(patience, budget.window) else { throw call.busy(wait) }
    try transaction.run(
      "INSERT INTO spends (connection, at, id) VALUES (\(call.connection), \(now + wait), \(UUIDv7.make(at: now)))")
    return wait
  }
}
