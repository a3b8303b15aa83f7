import Basics
import Signatures
import Store

/// A public connection as one person made it. Connecting again changes what was picked; the bot stays the same.
struct Connection: RowDecodable {
  let botID: String
  let user: String
  var picked: [String]
  let createdAt: Timestamp
}

/// What a call is made with. Refreshing replaces both tokens.
struct TokenPair: RowDecodable {
  let access: String
  /// Nil once it was made invalid.
  let refresh: String?
  let botID: String
  let isExpired: Bool
  let createdAt: Timestamp
}

/// A consent on its way to a token, used once.
struct AuthorizationCode: RowDecodable {
  static let lifetime = Duration.seconds(600)

  let code: String
  let botID: String
  /// Only if it stood in the authorization address.
  let redirectURI: String?
  let expiresAt: Timestamp
}

extension Connection {
  init(row: Row) throws {
    botID = try row.get("bot_id")
    user = try row.get("user_id")
    picked = try JSON.decode([String].self, from: row.get("picked", as: String.self))
    createdAt = try row.get("created_at")
  }

  static func botID(of user: String) -> String { ObjectID.stable("connection \(user)") }
}

extension TokenPair {
  init(row: Row) throws {
    access = try row.get("access")
    refresh = try row.optional("refresh")
    botID = try row.get("bot_id")
    isExpired = try row.get("is_expired")
    createdAt = try row.get("created_at")
  }

  init(botID: String, isRefreshable: Bool, now: Timestamp) throws {
    access = "ntn_" + (try RandomToken.base62(bits: 270))
    refresh = isRefreshable ? "nrt_" + (try RandomToken.base62(bits: 270)) : nil
    self.botID = botID
    isExpired = false
    createdAt = now
  }
}

extension AuthorizationCode {
  init(row: Row) throws {
    code = try row.get("code")
    botID = try row.get("bot_id")
    redirectURI = try row.optional("redirect_uri")
    expiresAt = try row.get("expires_at")
  }
}

extension Queries {
  func connections() throws -> [Connection] {
    try all(Connection.self, "SELECT * FROM notion_connections ORDER BY created_at, bot_id")
  }

  func connection(_ botID: String) throws -> Connection? {
    try first(Connection.self, "SELECT * FROM notion_connections WHERE bot_id = \(botID)")
  }

  /// By an access token that still works, with the person who connected.
  func connection(access: String) throws -> (Connection, UserRecord)? {
    guard let pair = try pair(access), !pair.isExpired, let connection = try connection(pair.botID),
      let user = try users().first(where: { $0.id == connection.user })
    else { return nil }
    return (connection, user)
  }

  func pair(_ access: String) throws -> TokenPair? {
    try first(TokenPair.self, "SELECT * FROM notion_tokens WHERE access = \(access)")
  }

  func pair(refresh: String) throws -> TokenPair? {
    try first(TokenPair.self, "SELECT * FROM notion_tokens WHERE refresh = \(refresh)")
  }

  func pairs(of botID: String) throws -> [TokenPair] {
    try all(TokenPair.self, "SELECT * FROM notion_tokens WHERE bot_id = \(botID) ORDER BY created_at DESC")
  }

  func authorizationCode(_ code: String) throws -> AuthorizationCode? {
    try first(AuthorizationCode.self, "SELECT * FROM notion_codes WHERE code = \(code)")
  }
}

extension WriteTransaction {
  /// A person connects, or picks anew. The bot shows among the workspace's users from then on.
  func connect(_ user: String, picked: [String], at now: Timestamp) throws -> String {
    let botID = Connection.botID(of: user)
    try run(
      """
      INSERT INTO notion_connections (bot_id, user_id, picked, created_at)
      VALUES (\(botID), \(user), \(JSON.text(picked)), \(now))
      ON CONFLICT (bot_id) DO UPDATE SET picked = excluded.picked
      """)
    try run(
      """
      INSERT INTO notion_users (id, position, name, kind, email)
      SELECT \(botID), max(position) + 1, 'Guildhall', 'bot', NULL FROM notion_users WHERE true
      ON CONFLICT (id) DO NOTHING
      """)
    return botID
  }

  /// The person takes the connection out of their workspace.
  func disconnect(_ botID: String) throws {
    try run("DELETE FROM notion_codes WHERE bot_id = \(botID)")
    try run("DELETE FROM notion_tokens WHERE bot_id = \(botID)")
    try run("DELETE FROM notion_connections WHERE bot_id = \(botID)")
  }

  func insert(_ pair: TokenPair) throws {
    try run(
      """
      INSERT INTO notion_tokens (access, refresh, bot_id, is_expired, created_at)
      VALUES (\(pair.access), \(pair.refresh), \(pair.botID), \(pair.isExpired), \(pair.createdAt))
      """)
  }

  func insert(_ code: AuthorizationCode) throws {
    try run(
      """
      INSERT INTO notion_codes (code, bot_id, redirect_uri, expires_at)
      VALUES (\(code.code), \(code.botID), \(code.redirectURI), \(code.expiresAt))
      """)
  }
}

let connectionTables = Migration(
  "20261122-0830-sandbox-notion-oauth",
  """
  CREATE TABLE notion_connections (
    bot_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, picked TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
  CREATE TABLE notion_codes (
    code TEXT PRIMARY KEY, bot_id TEXT NOT NULL, redirect_uri TEXT, expires_at INTEGER NOT NULL) STRICT;
  CREATE TABLE notion_tokens (
    access TEXT PRIMARY KEY, refresh TEXT UNIQUE, bot_id TEXT NOT NULL, is_expired INTEGER NOT NULL,
    created_at INTEGER NOT NULL) STRICT;
  """)
