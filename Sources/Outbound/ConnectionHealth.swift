import Basics
import Store

/// How a connection to a service fares, for the doctor.
public struct ConnectionHealth: Sendable {
  /// Calls of the budget's window that are spent.
  public let spent: Int
  public let failuresInARow: Int
  /// Nothing is sent before then: a limit, a refused token, or a service that does not answer.
  public let heldUntil: Timestamp?
}

extension Outbound {
  public func health(of connection: String, at now: Timestamp, window: Duration) throws -> ConnectionHealth {
    try ledger.store.read { queries in
      let block: Timestamp? = try queries.value(
        "SELECT until FROM blocks WHERE connection = \(connection) AND scope = '' AND until > \(now) ORDER BY until DESC LIMIT 1"
      )
      let breaker: Timestamp? = try queries.value(
        "SELECT open_until FROM breakers WHERE connection = \(connection) AND open_until > \(now)")
      return ConnectionHealth(
        spent: try queries.value(
          "SELECT count(*) FROM spends WHERE connection = \(connection) AND at > \(now - window)") ?? 0,
        failuresInARow: try queries.value("SELECT failures FROM breakers WHERE connection = \(connection)") ?? 0,
        heldUntil: [block, breaker].compactMap(\.self).max())
    }
  }
}
