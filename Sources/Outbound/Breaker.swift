import Basics
import Store

/// Spares a service that does not answer: after five failures in a row nothing is sent for ten seconds, then one probe,
/// then ever longer up to a minute, until a call works again.
extension RateLedger {
  private static let tolerated = 5

  func refuseWhileBroken(_ call: OutboundCall, _ now: Timestamp, _ transaction: WriteTransaction) throws {
    let breaker = try transaction.rows(
      "SELECT failures, open_until FROM breakers WHERE connection = \(call.connection)"
    ).first
    guard let breaker, try breaker.get("failures", as: Int.self) >= Self.tolerated else { return }
    let openUntil: Timestamp = try breaker.get("open_until")
    if openUntil > now { throw call.busy(openUntil - now) }
    // Half open: this call is the probe, and others wait for its result.
    try transaction.run(
      "UPDATE breakers SET open_until = \(now + .seconds(15)) WHERE connection = \(call.connection)")
  }

  /// A call got an answer that shows the service works.
  func recordHealthy(_ call: OutboundCall) throws {
    let isClosed = try store.read {
      try $0.value(Int.self, "SELECT failures FROM breakers WHERE connection = \(call.connection)") ?? 0
    } == 0
    if isClosed { return }
    try store.write {
      try $0.run("UPDATE breakers SET failures = 0, opened = 0 WHERE connection = \(call.connection)")
    }
  }

  /// A call got no answer, or one that says the service is broken.
  func recordBroken(_ call: OutboundCall, at now: Timestamp) throws {
    try store.write { transaction in
      try transaction.run(
        """
        INSERT INTO breakers (connection, failures, opened, open_until) VALUES (\(call.connection), 1, 0, 0)
        ON CONFLICT (connection) DO UPDATE SET failures = breakers.failures + 1
        """)
      let breaker = try transaction.rows("SELECT failures, opened FROM breakers WHERE connection = \(call.connection)")
      guard let breaker = breaker.first, try breaker.get("failures", as: Int.self) >= Self.tolerated else { return }
      let opened: Int = try breaker.get("opened")
      let pause: Duration = .seconds(min(60, 10 << min(opened, 3)))
      try transaction.run(
        """
        UPDATE breakers SET opened = opened + 1, open_until = \(now + pause) WHERE connection = \(call.connection)
        """)
    }
  }
}
