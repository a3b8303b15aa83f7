import Basics
import Store

/// Why nothing is sent for a while.
enum BlockReason: String, SQLConvertible {
  /// A limit that the service told of.
  case rate
  /// The token is refused: until somebody connects again.
  case unauthorized
  /// One resource is refused again and again.
  case denied
  /// So many calls were refused that the service may soon shut us out.
  case invalid
}

/// What is not sent, because it was refused before.
extension RateLedger {
  /// No refusal is believed for longer; what says more was written before the clock was set back. A refused token has no
  /// end of its own.
  static let longestBlock: Duration = .seconds(3600)
  private static let untilConnectedAgain: Duration = .seconds(100 * 365 * 86_400)

  /// Of two refusals the longer one holds.
  func block(
    _ connection: String, _ scope: String, until: Timestamp, _ reason: BlockReason, in transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      INSERT INTO blocks (connection, scope, reason, until) VALUES (\(connection), \(scope), \(reason), \(until))
      ON CONFLICT (connection, scope, reason) DO UPDATE SET until = excluded.until
        WHERE excluded.until > blocks.until OR blocks.until > \(clock.now() + Self.longestBlock)
      """)
  }

  /// One refused token is enough: nothing more is sent with it.
  func recordUnauthorized(_ call: OutboundCall) throws {
    try store.write {
      try block(call.connection, "", until: clock.now() + Self.untilConnectedAgain, .unauthorized, in: $0)
    }
  }

  func forgetRefusals(of connection: String) throws {
    try store.write {
      try $0.run("DELETE FROM blocks WHERE connection = \(connection) AND reason IN ('unauthorized', 'denied')")
      try $0.run("DELETE FROM denials WHERE connection = \(connection)")
    }
  }

  func refuseWhileBlocked(_ call: OutboundCall, _ now: Timestamp, _ queries: some Queries) throws {
    let blocks = try queries.rows(
      """
      SELECT until, reason FROM blocks
      WHERE ((connection = \(call.connection) AND scope IN ('', \(call.route)))
          OR (connection = \(call.service) AND scope = \(call.urgency)))
        AND until > \(now) AND (until <= \(now + Self.longestBlock) OR reason = 'unauthorized')
      ORDER BY until DESC
      """)
    guard let longest = blocks.first else { return }
    switch try longest.get("reason", as: BlockReason.self) {
    case .unauthorized: throw call.unauthorized()
    case .rate: throw call.busy(try longest.get("until", as: Timestamp.self) - now)
    case let reason:
      let until: Timestamp = try longest.get("until")
      throw Failure(
        .busy(retryAfter: until - now), reason.sentence(call.service, call.route, until: until), cause: call.route)
    }
  }
}

extension BlockReason {
  func sentence(_ service: String, _ scope: String, until: Timestamp) -> String {
    let clock = "\(until.description.dropFirst(11).prefix(8)) UTC"  // within the hour
    return switch self {
    case .rate: "\(service) allows no more calls before \(clock)."
    case .unauthorized: "\(service) refuses our token. Connect \(service) again with a valid one."
    case .denied:
      "\(service) refuses \(scope) again and again, so it is left alone until \(clock). Give the bot its permissions there."
    case .invalid:
      "\(service) has refused so many calls that it may shut us out; \(scope) calls wait until \(clock)."
    }
  }
}
