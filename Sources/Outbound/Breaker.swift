import Basics
import Store

/// Nobody waits for a service that does not work, however patient they are with its limits.
private struct OpenBreaker: FailureConvertible {
  let failure: Failure

  init(_ call: OutboundCall, until: Timestamp, _ now: Timestamp) {
    failure = Failure(
      .busy(retryAfter: max(until - now, .milliseconds(20))),
      "\(call.service) does not work at the moment. It is tried again at \(until).", cause: call.route)
  }
}

/// Spares a service that does not answer: after five failures in a row nothing is sent for ten seconds, then one probe,
/// then ever longer up to a minute, until a call works again.
extension RateLedger {
  private static let tolerated = 5
  private static let longestPause: Duration = .seconds(60)

  struct Breaker: RowDecodable {
    let failures: Int
    let openings: Int
    let openUntil: Timestamp
    let isProbing: Bool

    init(row: Row) throws {
      failures = try row.get("failures")
      openings = try row.get("openings")
      openUntil = try row.get("open_until")
      isProbing = try row.get("is_probing")
    }

    /// Open for longer than it ever is, it was opened before the clock was set back.
    func isOpen(at now: Timestamp) -> Bool {
      failures >= tolerated && openUntil > now && openUntil <= now + longestPause
    }
  }

  func refuseWhileBroken(_ call: OutboundCall, _ now: Timestamp, _ transaction: WriteTransaction) throws {
    guard let breaker = try breaker(of: call.connection, transaction), breaker.failures >= Self.tolerated else { return }
    if breaker.isOpen(at: now) { throw OpenBreaker(call, until: breaker.openUntil, now) }
    // Half open: this call is the probe, and others wait for its result as long as it may take.
    let patience = min(call.request.totalDeadline, Self.longestPause)
    try transaction.run(
      "UPDATE breakers SET is_probing = 1, open_until = \(now + patience) WHERE connection = \(call.connection)")
  }

  /// A call got an answer that shows the service works.
  func recordHealthy(_ call: OutboundCall) throws {
    guard let breaker = try store.read({ try breaker(of: call.connection, $0) }), breaker.failures > 0 else { return }
    try store.write {
      try $0.run(
        """
        UPDATE breakers SET failures = 0, openings = 0, open_until = 0, is_probing = 0
        WHERE connection = \(call.connection)
        """)
    }
  }

  /// A call got no answer, or one that says the service is broken.
  func recordBroken(_ call: OutboundCall) throws {
    try store.write { transaction in
      let now = clock.now()
      try transaction.run(
        """
        INSERT INTO breakers (connection, failures, openings, open_until, is_probing) VALUES (\(call.connection), 1, 0, 0, 0)
        ON CONFLICT (connection) DO UPDATE SET failures = breakers.failures + 1
        """)
      guard let breaker = try breaker(of: call.connection, transaction), breaker.failures >= Self.tolerated else { return }
      if breaker.isOpen(at: now) && !breaker.isProbing { return }  // it was under way when others opened it
      let pause = min(Duration.seconds(10 << min(breaker.openings, 3)), Self.longestPause)
      try transaction.run(
        """
        UPDATE breakers SET openings = openings + 1, open_until = \(now + pause), is_probing = 0
        WHERE connection = \(call.connection)
        """)
    }
  }

  func breaker(of connection: String, _ queries: some Queries) throws -> Breaker? {
    try queries.first("SELECT * FROM breakers WHERE connection = \(connection)")
  }
}
