import Basics
import HTTP
import Store

/// Calls that a service holds against us. Too many, and it answers nobody at our address any more (Discord: rate limits,
/// invalid request limit).
public struct InvalidCalls: Sendable {
  let limit: Int
  let window: Duration
  let counts: @Sendable (IncomingResponse) -> Bool

  /// - Parameters:
  ///   - limit: so many in a window, and we are shut out. Batch work stops at a fifth of it, people's at a half.
  ///   - counts: whether this answer is held against us.
  public init(limit: Int, per window: Duration, counts: @escaping @Sendable (IncomingResponse) -> Bool) {
    self.limit = limit
    self.window = window
    self.counts = counts
  }
}

extension RateLedger {
  /// Counted by the minute, for all connections together: the service counts by our address.
  func recordInvalid(_ call: OutboundCall, _ rule: InvalidCalls) throws {
    try store.write { transaction in
      let now = clock.now()
      try transaction.run(
        "DELETE FROM invalid_calls WHERE service = \(call.service) AND (minute <= \(now - rule.window) OR minute > \(now))"
      )
      try transaction.run(
        """
        INSERT INTO invalid_calls (service, minute, number) VALUES (\(call.service), \(now.minute), 1)
        ON CONFLICT (service, minute) DO UPDATE SET number = invalid_calls.number + 1
        """)
      let number = try invalidCalls(of: call.service, at: now, transaction)
      for (urgency, share) in [(Urgency.batch, 5), (.interactive, 2)] where number >= rule.limit / share {
        try block(call.service, urgency.rawValue, until: now + rule.window, .invalid, in: transaction)
      }
    }
  }

  func invalidCalls(of service: String, at now: Timestamp, _ queries: some Queries) throws -> Int {
    try queries.value(
      "SELECT coalesce(sum(number), 0) FROM invalid_calls WHERE service = \(service) AND minute <= \(now)") ?? 0
  }
}

extension RateLedger {
  /// So many refusals in a row, and this route of this resource is left alone for a while; then each one more.
  private static let patience = 3
  private static let pause: Duration = .seconds(600)

  /// A call for a resource was answered: refused for want of a permission, or not.
  func recordPermission(_ call: OutboundCall, isDenied: Bool) throws {
    if try !isDenied && !isRemembered(call) { return }
    try store.write { transaction in
      guard isDenied else {
        try transaction.run("DELETE FROM denials WHERE connection = \(call.connection) AND route = \(call.route)")
        return
      }
      let number = try transaction.value(
        Int.self,
        """
        INSERT INTO denials (connection, route, number) VALUES (\(call.connection), \(call.route), 1)
        ON CONFLICT (connection, route) DO UPDATE SET number = denials.number + 1 RETURNING number
        """)
      if number ?? 0 >= Self.patience {
        try block(call.connection, call.route, until: clock.now() + Self.pause, .denied, in: transaction)
      }
    }
  }

  private func isRemembered(_ call: OutboundCall) throws -> Bool {
    let number: Int? = try store.read {
      try $0.value("SELECT number FROM denials WHERE connection = \(call.connection) AND route = \(call.route)")
    }
    return number != nil
  }
}
