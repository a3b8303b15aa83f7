import Basics
import Discord
import Signatures
import Store

/// Somebody who has logged in.
public struct Person: Sendable, RowDecodable {
  public let id: UserID
  public let name: String
  public let avatar: String?
  /// As Discord listed them, at `serversAt`.
  public let servers: [ListedServer]
  public let serversAt: Timestamp

  /// The address of their picture; nil while they have none.
  public var picture: String? { PictureAddress.avatar(of: id, avatar) }

  public init(row: Row) throws {
    id = try row.get("user_id")
    name = try row.get("name")
    avatar = try row.optional("avatar")
    servers = try JSON.decode([ListedServer].self, from: try row.get("servers", as: String.self))
    serversAt = try row.get("servers_at")
  }
}

/// Keeps people and the tokens they gave us, sealed.
public struct People: Sendable {
  let store: DataStore
  let keys: SealingKeys
  let clock: WallClock

  public init(store: DataStore, keys: SealingKeys, clock: WallClock) {
    self.store = store
    self.keys = keys
    self.clock = clock
  }

  static let migration = Migration(
    "20261121-1108-people",
    """
    CREATE TABLE people (
      user_id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      avatar TEXT,
      servers TEXT NOT NULL,
      servers_at INTEGER NOT NULL,
      sealed_access TEXT,
      sealed_refresh TEXT,
      tokens_until INTEGER,
      created_at INTEGER NOT NULL,
      CHECK ((sealed_access IS NULL) = (sealed_refresh IS NULL))
    ) STRICT;
    """)

  public func find(_ id: UserID) throws -> Person? {
    try store.read { try $0.first("SELECT * FROM people WHERE user_id = \(id)") }
  }

  /// Keeps what a login told of somebody.
  func keep(_ user: LoginUser, _ servers: [ListedServer], _ tokens: LoginTokens, _ transaction: WriteTransaction) throws
  {
    let now = clock.now()
    let access = try keys.seal(Array(tokens.access.utf8), for: Self.place(user.id, "sealed_access"))
    let refresh = try keys.seal(Array(tokens.refresh.utf8), for: Self.place(user.id, "sealed_refresh"))
    try transaction.run(
      """
      INSERT INTO people (user_id, name, avatar, servers, servers_at, sealed_access, sealed_refresh, tokens_until, created_at)
      VALUES (\(user.id), \(user.name), \(user.avatar), \(JSON.text(servers)), \(now), \(access), \(refresh),
        \(now + .seconds(tokens.lifetime)), \(now))
      ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, avatar = excluded.avatar, servers = excluded.servers,
        servers_at = excluded.servers_at, sealed_access = excluded.sealed_access,
        sealed_refresh = excluded.sealed_refresh, tokens_until = excluded.tokens_until
      """)
  }

  func keep(_ servers: [ListedServer], of user: UserID) throws {
    try store.write {
      try $0.run(
        "UPDATE people SET servers = \(JSON.text(servers)), servers_at = \(clock.now()) WHERE user_id = \(user)")
    }
  }

  /// Nil when none is kept, or it has run out: then the person logs in again, which takes one click.
  public func accessToken(of user: UserID) throws -> String? {
    let sealed: String? = try store.read {
      try $0.value("SELECT sealed_access FROM people WHERE user_id = \(user) AND tokens_until > \(clock.now())")
    }
    return try sealed.map { String(decoding: try keys.open($0, for: Self.place(user, "sealed_access")), as: UTF8.self) }
  }

  func forgetTokens(of user: UserID, _ transaction: WriteTransaction) throws {
    try transaction.run(
      "UPDATE people SET sealed_access = NULL, sealed_refresh = NULL, tokens_until = NULL WHERE user_id = \(user)")
  }

  /// Bound into the seal, so that a sealed token moved to another row does not open.
  private static func place(_ user: UserID, _ column: String) -> String { "people|\(user)|\(column)" }
}
