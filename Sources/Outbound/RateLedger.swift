import Basics
import Store

/// Limits and health of each connection, kept in the store so that all our processes together stay inside them.
struct RateLedger: Sendable {
  let store: DataStore

  /// Takes the right to make one call now, or says how long to wait for it.
  func reserve(_ call: OutboundCall, budget: Budget, at now: Timestamp) throws {
    try store.write { transaction in
      try refuseWhileBlocked(call, now, transaction)
      try refuseWhileBroken(call, now, transaction)
      try refuseWhenBucketIsEmpty(call, now, transaction)
      try spend(call, budget, now, transaction)
    }
  }

  /// Writes down what an answer told.
  func record(_ news: RateNews, of call: OutboundCall, at now: Timestamp) throws {
    if news.bucket == nil && news.refusal == nil { return }
    try store.write { transaction in
      if let bucket = news.bucket {
        try transaction.run(
          """
          INSERT INTO buckets (connection, route, bucket, remaining, reset_at)
          VALUES (\(call.connection), \(call.route), \(bucket.id), \(bucket.remaining), \(bucket.resetAt))
          ON CONFLICT (connection, route) DO UPDATE SET bucket = excluded.bucket,
            remaining = CASE WHEN excluded.reset_at > buckets.reset_at + 250 OR buckets.reset_at < \(now)
              OR excluded.remaining < buckets.remaining THEN excluded.remaining ELSE buckets.remaining END,
            reset_at = excluded.reset_at
          """)
      }
      if let refusal = news.refusal {
        let scope = refusal.isWholeConnection ? "" : call.route
        try block(call.connection, scope, until: refusal.until, reason: "rate", in: transaction)
      }
    }
  }

  /// One refused token is enough: nothing more is sent with it for a minute.
  func recordUnauthorized(_ call: OutboundCall, at now: Timestamp) throws {
    try store.write {
      try block(call.connection, "", until: now + .seconds(60), reason: "unauthorized", in: $0)
    }
  }

  private func block(
    _ connection: String, _ scope: String, until: Timestamp, reason: String, in transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      INSERT INTO blocks (connection, scope, until, reason) VALUES (\(connection), \(scope), \(until), \(reason))
      ON CONFLICT (connection, scope) DO UPDATE SET until = excluded.until, reason = excluded.reason
      """)
  }

  private func refuseWhileBlocked(_ call: OutboundCall, _ now: Timestamp, _ transaction: WriteTransaction) throws {
    let blocks = try transaction.rows(
      """
      SELECT until, reason FROM blocks
      WHERE connection = \(call.connection) AND scope IN ('', \(call.route)) AND until > \(now) ORDER BY until DESC
      """)
    guard let block = blocks.first else { return }
    if try block.get("reason") == "unauthorized" { throw call.unauthorized() }
    throw call.busy(try block.get("until", as: Timestamp.self) - now)
  }

  private func refuseWhenBucketIsEmpty(_ call: OutboundCall, _ now: Timestamp, _ transaction: WriteTransaction) throws {
    let bucket = try transaction.rows(
      """
      SELECT remaining, reset_at FROM buckets
      WHERE connection = \(call.connection) AND route = \(call.route) AND reset_at > \(now)
      """
    ).first
    guard let bucket else { return }
    if try bucket.get("remaining", as: Int.self) <= 0 {
      throw call.busy(try bucket.get("reset_at", as: Timestamp.self) - now)
    }
    try transaction.run(
      "UPDATE buckets SET remaining = remaining - 1 WHERE connection = \(call.connection) AND route = \(call.route)")
  }

  private func spend(_ call: OutboundCall, _ budget: Budget, _ now: Timestamp, _ transaction: WriteTransaction) throws {
    let allowance = budget.allowance(call.urgency)
    let since = now - budget.window
    try transaction.run("DELETE FROM spends WHERE connection = \(call.connection) AND at <= \(since)")
    let spent = try transaction.values(
      Timestamp.self, "SELECT at FROM spends WHERE connection = \(call.connection) ORDER BY at DESC LIMIT \(allowance)")
    if spent.count >= allowance, let freed = spent.last {
      throw call.busy(freed + budget.window - now)
    }
    try transaction.run(
      "INSERT INTO spends (connection, at, id) VALUES (\(call.connection), \(now), \(UUIDv7.make(at: now)))")
  }
}
