import Basics
import Discord
import Signatures
import Store

/// A service that somebody has connected: whom its token speaks for, and the token, sealed.
public struct Connection: Sendable, RowDecodable {
  public enum Service: String, Sendable, SQLConvertible {
    case discord
    case notion
  }

  public let id: String
  public let service: Service
  /// The application's id at Discord, the bot's at Notion.
  public let externalID: String
  public let label: String
  /// Discord only: the key its interactions are signed with, as hex.
  public let publicKey: String?
  public let connectedAt: Timestamp
  /// Since when the service refuses the token for good, so that somebody must connect it again; nil while it works.
  public let brokenSince: Timestamp?
  let sealedToken: String
  let sealedRefresh: String?

  /// Whether its token is renewed by itself (it came by OAuth), or holds until somebody takes it away.
  public var isRenewed: Bool { sealedRefresh != nil }

  public init(row: Row) throws {
    id = try row.get("id")
    service = try row.get("service")
    externalID = try row.get("external_id")
    label = try row.get("label")
    publicKey = try row.optional("public_key")
    connectedAt = try row.get("updated_at")
    brokenSince = try row.optional("broken_since")
    sealedToken = try row.get("sealed_token")
    sealedRefresh = try row.optional("sealed_refresh")
  }
}

/// What speaks for us at a service.
public struct ConnectionTokens: Sendable {
  public let access: String
  /// Nil where the token holds for good.
  public let refresh: String?

  public init(_ access: String, refresh: String? = nil) {
    self.access = access
    self.refresh = refresh
  }
}

/// Keeps connections, and opens their tokens for those who call with them.
///
/// A Notion workspace belongs to the servers it was linked to. What the operator connects on the machine belongs to none
/// until it is shared with one.
public struct Connections: Sendable {
  let store: DataStore
  let keys: SealingKeys
  let clock: WallClock

  public init(store: DataStore, keys: SealingKeys, clock: WallClock) {
    self.store = store
    self.keys = keys
    self.clock = clock
  }

  static let migrations = [
    Migration(
      "20261121-0850-connections",
      """
      CREATE TABLE connections (
        id TEXT PRIMARY KEY,
        service TEXT NOT NULL CHECK (service IN ('discord', 'notion')),
        external_id TEXT NOT NULL,
        label TEXT NOT NULL,
        public_key TEXT,
        sealed_token TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        UNIQUE (service, external_id),
        CHECK ((service = 'discord') = (public_key IS NOT NULL))
      ) STRICT;
      """),
    Migration(
      "20261121-1130-linked-workspaces",
      """
      ALTER TABLE connections ADD COLUMN sealed_refresh TEXT;
      ALTER TABLE connections ADD COLUMN broken_since INTEGER;
      ALTER TABLE connections ADD COLUMN renewing_until INTEGER NOT NULL DEFAULT 0;
      CREATE TABLE connection_servers (
        connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
        guild_id TEXT NOT NULL,
        linked_at INTEGER NOT NULL,
        PRIMARY KEY (guild_id, connection_id)
      ) STRICT;
      CREATE TABLE connection_people (
        connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
        user_id TEXT NOT NULL,
        linked_at INTEGER NOT NULL,
        PRIMARY KEY (user_id, connection_id)
      ) STRICT;
      """),
  ]

  // MARK: Keeping

  /// Keeps tokens that were tried. The same application or bot again replaces them, and is whole again.
  /// - Parameter alongside: what else is written in the transaction: who did it.
  public func keep(
    _ service: Connection.Service, externalID: String, label: String, publicKey: String? = nil,
    tokens: ConnectionTokens, alongside: (Connection, WriteTransaction) throws -> Void = { _, _ in }
  ) throws -> Connection {
    try store.write { transaction in
      let known = try transaction.value(
        String.self, "SELECT id FROM connections WHERE service = \(service) AND external_id = \(externalID)")
      let id = known ?? UUIDv7.make(at: clock.now())
      let sealed = try seal(tokens, of: id)
      let kept: Connection? = try transaction.first(
        """
        INSERT INTO connections (id, service, external_id, label, public_key, sealed_token, sealed_refresh, created_at,
          updated_at)
        VALUES (\(id), \(service), \(externalID), \(label), \(publicKey), \(sealed.access), \(sealed.refresh),
          \(clock.now()), \(clock.now()))
        ON CONFLICT (service, external_id) DO UPDATE SET label = excluded.label, public_key = excluded.public_key,
          sealed_token = excluded.sealed_token, sealed_refresh = excluded.sealed_refresh, broken_since = NULL,
          renewing_until = 0, updated_at = excluded.updated_at
        RETURNING *
        """)
      guard let kept else { throw Failure(.unexpected, "The connection could not be kept.") }
      try alongside(kept, transaction)
      return kept
    }
  }

  /// Forgets a connection that no server and no person uses any more, and answers whether it did. What else refers to it
  /// (a mapping) must be gone before.
  @discardableResult
  public func forgetUnused(_ id: String, _ transaction: WriteTransaction) throws -> Bool {
    try transaction.run(
      """
      DELETE FROM connections WHERE id = \(id)
        AND NOT EXISTS (SELECT 1 FROM connection_servers WHERE connection_id = \(id))
        AND NOT EXISTS (SELECT 1 FROM connection_people WHERE connection_id = \(id))
      """) == 1
  }

  // MARK: Whose they are

  /// Lets a server use a workspace.
  public func link(_ id: String, to guild: GuildID, _ transaction: WriteTransaction) throws {
    try transaction.run(
      """
      INSERT INTO connection_servers (connection_id, guild_id, linked_at) VALUES (\(id), \(guild), \(clock.now()))
      ON CONFLICT (guild_id, connection_id) DO NOTHING
      """)
  }

  /// Lets a person use a workspace, for what they do as themselves.
  public func link(_ id: String, toPerson user: UserID, _ transaction: WriteTransaction) throws {
    try transaction.run(
      """
      INSERT INTO connection_people (connection_id, user_id, linked_at) VALUES (\(id), \(user), \(clock.now()))
      ON CONFLICT (user_id, connection_id) DO NOTHING
      """)
  }

  /// Takes a workspace from a server. What the server does with it must have ended before.
  public func unlink(_ id: String, from guild: GuildID, _ transaction: WriteTransaction) throws {
    let taken = try transaction.run(
      "DELETE FROM connection_servers WHERE connection_id = \(id) AND guild_id = \(guild)")
    if taken == 0 { throw Failure.notFound("This workspace is not linked to this server.") }
  }

  /// Takes a workspace from a person.
  public func unlink(_ id: String, fromPerson user: UserID, _ transaction: WriteTransaction) throws {
    let taken = try transaction.run(
      "DELETE FROM connection_people WHERE connection_id = \(id) AND user_id = \(user)")
    if taken == 0 { throw Failure.notFound("This workspace is not linked to your account.") }
  }

  // MARK: Finding

  /// The bot all servers talk to: the one connected last. Nil while there is none.
  public func discord() throws -> Connection? {
    try store.read {
      try $0.first("SELECT * FROM connections WHERE service = 'discord' ORDER BY updated_at DESC, id LIMIT 1")
    }
  }

  /// All workspaces, for the operator.
  public func notion() throws -> [Connection] {
    try store.read { try $0.all("SELECT * FROM connections WHERE service = 'notion' ORDER BY created_at, id") }
  }

  /// The workspaces a server may use.
  public func notion(of guild: GuildID) throws -> [Connection] {
    try store.read {
      try $0.all(
        """
        SELECT connections.* FROM connection_servers JOIN connections ON connections.id = connection_id
        WHERE guild_id = \(guild) AND service = 'notion' ORDER BY label, connections.id
        """)
    }
  }

  /// The workspaces that somebody linked for themselves.
  public static func notion(ofPerson user: UserID, _ queries: some Queries) throws -> [Connection] {
    try queries.all(
      """
      SELECT connections.* FROM connection_people JOIN connections ON connections.id = connection_id
      WHERE user_id = \(user) AND service = 'notion' ORDER BY label, connections.id
      """)
  }

  public func find(_ id: String) throws -> Connection? {
    try store.read { try $0.first("SELECT * FROM connections WHERE id = \(id)") }
  }

  /// A workspace that this server may use; another server's looks like one that does not exist.
  public func find(_ id: String, of guild: GuildID) throws -> Connection {
    guard let found = try notion(of: guild).first(where: { $0.id == id }) else {
      throw Failure.notFound("There is no such workspace here.")
    }
    return found
  }

  public func token(of connection: Connection) throws -> String {
    String(
      decoding: try keys.open(connection.sealedToken, for: Self.place(connection.id, "sealed_token")), as: UTF8.self)
  }

  // MARK: Sealing

  func seal(_ tokens: ConnectionTokens, of id: String) throws -> (access: String, refresh: String?) {
    (
      try keys.seal(Array(tokens.access.utf8), for: Self.place(id, "sealed_token")),
      try tokens.refresh.map { try keys.seal(Array($0.utf8), for: Self.place(id, "sealed_refresh")) }
    )
  }

  func refreshToken(of connection: Connection) throws -> String? {
    try connection.sealedRefresh.map {
      String(decoding: try keys.open($0, for: Self.place(connection.id, "sealed_refresh")), as: UTF8.self)
    }
  }

  /// Bound into the seal, so that a sealed token moved to another row does not open.
  private static func place(_ id: String, _ column: String) -> String { "connections|\(id)|\(column)" }
}
