import Basics
import Signatures
import Store

/// A consent on its way to a token: used once, within a hundred seconds.
struct AuthorizationCode: RowDecodable {
  static let lifetime = Duration.seconds(100)

  let code: String
  let user: String
  let scopes: String
  let redirectURI: String
  let challenge: String?
  /// The server a bot was put into.
  let guild: String?
  let expiresAt: Timestamp
}

/// A pair of tokens. Refreshing replaces both.
struct TokenPair: RowDecodable {
  static let lifetime = Duration.seconds(604_800)

  let access: String
  let refresh: String
  let user: String
  let scopes: String
  let expiresAt: Timestamp
}

extension AuthorizationCode {
  init(row: Row) throws {
    code = try row.get("code")
    user = try row.get("user_id")
    scopes = try row.get("scopes")
    redirectURI = try row.get("redirect_uri")
    challenge = try row.optional("challenge")
    guild = try row.optional("guild_id")
    expiresAt = try row.get("expires_at")
  }

  /// Whether the verifier is the one whose digest was sent before (RFC 7636, 4.6).
  func isProved(by verifier: String) -> Bool { challenge.map { $0 == s256(verifier) } ?? true }
}

extension TokenPair {
  init(row: Row) throws {
    access = try row.get("access")
    refresh = try row.get("refresh")
    user = try row.get("user_id")
    scopes = try row.get("scopes")
    expiresAt = try row.get("expires_at")
  }

  init(user: String, scopes: String, now: Timestamp) throws {
    access = try RandomToken.base62(bits: 178)
    refresh = try RandomToken.base62(bits: 178)
    self.user = user
    self.scopes = scopes
    expiresAt = now + Self.lifetime
  }
}

extension Queries {
  func authorizationCode(_ code: String) throws -> AuthorizationCode? {
    try first(AuthorizationCode.self, "SELECT * FROM discord_codes WHERE code = \(code)")
  }

  func pair(access: String) throws -> TokenPair? {
    try first(TokenPair.self, "SELECT * FROM discord_tokens WHERE access = \(access)")
  }

  func pair(refresh: String) throws -> TokenPair? {
    try first(TokenPair.self, "SELECT * FROM discord_tokens WHERE refresh = \(refresh)")
  }

  /// What a person has allowed the application, in all.
  func allowedScopes(by user: String) throws -> Set<String> {
    let text = try value(String.self, "SELECT scopes FROM discord_authorizations WHERE user_id = \(user)") ?? ""
    return Set(text.split(separator: " ").map(String.init))
  }
}

extension WriteTransaction {
  /// A person says yes: that is remembered until they or the application take it back.
  func allow(_ scopes: [String], by user: String, at now: Timestamp) throws {
    let all = try allowedScopes(by: user).union(scopes).sorted().joined(separator: " ")
    try run(
      """
      INSERT INTO discord_authorizations (user_id, scopes, at) VALUES (\(user), \(all), \(now))
      ON CONFLICT (user_id) DO UPDATE SET scopes = excluded.scopes, at = excluded.at
      """)
  }

  /// The end of an authorization is the end of all its tokens (Discord: OAuth2, "Token Revocation Example").
  func forbid(by user: String) throws {
    try run("DELETE FROM discord_authorizations WHERE user_id = \(user)")
    try run("DELETE FROM discord_tokens WHERE user_id = \(user)")
    try run("DELETE FROM discord_codes WHERE user_id = \(user)")
  }

  func insert(_ code: AuthorizationCode) throws {
    try run(
      """
      INSERT INTO discord_codes (code, user_id, scopes, redirect_uri, challenge, guild_id, expires_at)
      VALUES (\(code.code), \(code.user), \(code.scopes), \(code.redirectURI), \(code.challenge), \(code.guild),
        \(code.expiresAt))
      """)
  }

  func insert(_ pair: TokenPair) throws {
    try run(
      """
      INSERT INTO discord_tokens (access, refresh, user_id, scopes, expires_at)
      VALUES (\(pair.access), \(pair.refresh), \(pair.user), \(pair.scopes), \(pair.expiresAt))
      """)
  }
}

let oauthMigration = Migration(
  "20261122-0800-sandbox-discord-oauth",
  """
  CREATE TABLE discord_authorizations (user_id TEXT PRIMARY KEY, scopes TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE discord_codes (
    code TEXT PRIMARY KEY, user_id TEXT NOT NULL, scopes TEXT NOT NULL, redirect_uri TEXT NOT NULL, challenge TEXT,
    guild_id TEXT, expires_at INTEGER NOT NULL) STRICT;
  CREATE TABLE discord_tokens (
    access TEXT PRIMARY KEY, refresh TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL, scopes TEXT NOT NULL,
    expires_at INTEGER NOT NULL) STRICT;
  CREATE INDEX discord_tokens_user ON discord_tokens (user_id);
  """)
