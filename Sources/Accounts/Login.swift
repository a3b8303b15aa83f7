import Basics
import Discord
import Store

/// Logging in and out with Discord.
public struct Login: Sendable {
  let people: People
  let sessions: Sessions
  let attempts: OAuthAttempts
  /// Throws when no Discord application can be asked.
  let discord: @Sendable () throws -> DiscordLogin

  public init(
    people: People, sessions: Sessions, attempts: OAuthAttempts, discord: @escaping @Sendable () throws -> DiscordLogin
  ) {
    self.people = people
    self.sessions = sessions
    self.attempts = attempts
    self.discord = discord
  }

  private var audit: AuditLog { AuditLog(clock: people.clock) }

  /// Where to send the browser, and what it must hold on its way back.
  public func begin(next: String, browserKey: String?) throws -> (address: String, attempt: OAuthAttempt) {
    let discord = try discord()
    let attempt = try attempts.begin("discord", browserKey: browserKey, purpose: ["next": next])
    return (discord.address(attempt.state, attempt.challenge), attempt)
  }

  public struct Done: Sendable {
    /// For the browser's cookie.
    public let token: String
    public let next: String
  }

  /// The browser is back. A new session starts, whatever was there before.
  public func finish(code: String, state: String?, browserKey: String?, browser: String) throws -> Done {
    let attempt = try attempts.finish("discord", state: state, browserKey: browserKey)
    let discord = try discord()
    let tokens = try discord.exchange(code, attempt.verifier)
    let user = try discord.user(tokens.access)
    let servers = try discord.servers(tokens.access)
    let token = try people.store.write { transaction in
      try people.keep(user, servers, tokens, transaction)
      try audit.record(AuditEntry(.loggedIn, by: .person(user.id, name: user.name), in: nil), in: transaction)
      return try sessions.start(user.id, browser: browser, transaction)
    }
    return Done(token: token, next: attempt.purpose["next"] ?? "/servers")
  }

  /// Declined at Discord, or refused there: the attempt is used up.
  public func abandon(state: String?, browserKey: String?) throws {
    _ = try attempts.finish("discord", state: state, browserKey: browserKey)
  }

  /// Ends one session or (nil) all; with the last one, the tokens end too.
  public func end(_ session: String?, of person: Person) throws {
    let user = person.id
    try people.store.write { transaction in
      try sessions.end(session, of: user, transaction)
      let entry = AuditEntry(
        session == nil ? .allSessionsEnded : .sessionEnded, by: .person(user, name: person.name), in: nil,
        on: session.map { AuditTarget("session", $0) })
      try audit.record(entry, in: transaction)
    }
    guard try sessions.all(of: user).isEmpty else { return }
    let token = try people.accessToken(of: user)
    try people.store.write { try people.forgetTokens(of: user, $0) }
    if let token { try? forget(token) }  // nobody waits for it, and what we forgot nobody can use through us
  }

  /// Tells Discord that we need a token no more.
  public func forget(_ token: String) throws { try discord().revoke(token) }

  /// The person's servers, asked for anew when the list is older than this.
  public func servers(of person: Person, olderThan age: Duration) throws -> [ListedServer] {
    guard people.clock.now() - person.serversAt > age, let token = try people.accessToken(of: person.id) else {
      return person.servers
    }
    let servers = try discord().servers(token)
    try people.keep(servers, of: person.id)
    return servers
  }
}
