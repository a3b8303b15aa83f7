import Basics
import Store

/// Renewing tokens that a service refuses: one process asks, the others wait for what it is told. Both tokens change at
/// once, so asking twice would end the link (Notion: OAuth, refresh).
public struct Renewing: Sendable {
  let connections: Connections
  /// Throws `.unauthenticated` when the refresh token is refused for good.
  let ask: @Sendable (_ refreshToken: String) throws -> ConnectionTokens
  let sleep: @Sendable (Duration) -> Void

  public init(
    _ connections: Connections, sleep: @escaping @Sendable (Duration) -> Void,
    ask: @escaping @Sendable (_ refreshToken: String) throws -> ConnectionTokens
  ) {
    self.connections = connections
    self.sleep = sleep
    self.ask = ask
  }

  /// As long as a call to the service can take; a process that dies leaves the lease to run out.
  private static let lease: Duration = .seconds(30)

  /// The token that now holds, after `refused` did not; nil for a token that somebody pasted, which nothing renews.
  /// - Throws: `.unauthenticated` when somebody must connect the service again.
  public func renewed(_ id: String, refused: String) throws -> String? {
    let deadline = connections.clock.now() + Self.lease + .seconds(5)
    while connections.clock.now() < deadline {
      guard let connection = try connections.find(id) else { throw Self.gone("This workspace") }
      let current = try connections.token(of: connection)
      if current != refused { return current }
      guard let refresh = try connections.refreshToken(of: connection) else { return nil }
      guard connection.brokenSince == nil else { throw Self.gone("“\(connection.label)”") }
      if try takeLease(connection) { return try renew(connection, refresh) }
      sleep(.milliseconds(100))
    }
    throw Failure(.unavailable, "Another program is renewing the token and does not finish. It will be tried again.")
  }

  private func takeLease(_ connection: Connection) throws -> Bool {
    let now = connections.clock.now()
    return try connections.store.write {
      try $0.run(
        """
        UPDATE connections SET renewing_until = \(now + Self.lease)
        WHERE id = \(connection.id) AND renewing_until <= \(now) AND sealed_token = \(connection.sealedToken)
        """)
    } == 1
  }

  private func renew(_ connection: Connection, _ refresh: String) throws -> String {
    do {
      let tokens = try ask(refresh)
      let sealed = try connections.seal(tokens, of: connection.id)
      try connections.store.write {
        try $0.run(
          """
          UPDATE connections SET sealed_token = \(sealed.access), sealed_refresh = \(sealed.refresh), renewing_until = 0
          WHERE id = \(connection.id)
          """)
      }
      return tokens.access
    } catch {
      let isOver = Failure(error).kind == .unauthenticated
      let broken: Timestamp? = isOver ? connections.clock.now() : nil
      try connections.store.write {
        try $0.run(
          "UPDATE connections SET renewing_until = 0, broken_since = \(broken) WHERE id = \(connection.id)")
      }
      throw isOver ? Self.gone("“\(connection.label)”") : error
    }
  }

  private static func gone(_ name: String) -> Failure {
    Failure(.unauthenticated, "\(name) has ended its link to Notion. Please reconnect it on the Connections page.")
  }
}
