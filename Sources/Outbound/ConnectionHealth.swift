import Basics
import Store

/// How a connection to a service fares, for the doctor.
public struct ConnectionHealth: Sendable {
  /// Calls of the budget's window that are spent, and how many it has.
  public let spent: Int
  public let budget: Budget
  /// Calls that failed in a row, for all we know because the service does not work.
  public let failuresInARow: Int
  /// Refused calls of the last minutes that the service holds against us; nil where it does not count them.
  public let invalid: Int?
  /// Whether nothing is sent because the service does not answer.
  public let isBroken: Bool
  /// What is not sent at the moment, each with its reason in words; empty when all is well.
  public let troubles: [String]
}

extension Outbound {
  public func health(of connection: String, at provider: Provider) throws -> ConnectionHealth {
    let now = clock.now()
    return try ledger.store.read { queries in
      let breaker = try ledger.breaker(of: connection, queries)
      let brokenUntil = breaker.flatMap { $0.isOpen(at: now) ? $0.openUntil : nil }
      return ConnectionHealth(
        spent: try queries.value(
          "SELECT count(*) FROM spends WHERE connection = \(connection) AND at > \(now - provider.budget.window)") ?? 0,
        budget: provider.budget,
        failuresInARow: breaker?.failures ?? 0,
        invalid: try provider.invalidCalls.map { _ in try ledger.invalidCalls(of: provider.name, at: now, queries) },
        isBroken: brokenUntil != nil,
        troubles: try blocks(of: connection, provider.name, at: now, queries)
          + (brokenUntil.map { ["\(provider.name) does not work; it is tried again at \($0)."] } ?? []))
    }
  }

  /// That one route has used up its limit is nothing to tell of.
  private func blocks(
    of connection: String, _ service: String, at now: Timestamp, _ queries: some Queries
  ) throws -> [String] {
    let blocks = try queries.rows(
      """
      SELECT scope, reason, until FROM blocks
      WHERE connection IN (\(connection), \(service)) AND until > \(now) AND (reason <> 'rate' OR scope = '')
      ORDER BY reason DESC, scope
      """)
    return try blocks.map { row in
      try row.get("reason", as: BlockReason.self).sentence(service, row.get("scope"), until: row.get("until"))
    }
  }
}
