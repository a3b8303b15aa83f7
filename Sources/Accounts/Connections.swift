import Basics
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
  let sealedToken: String

  public init(row: Row) throws {
    id = try row.get("id")
    service = try row.get("service")
    externalID = try row.get("external_id")
    label = try row.get("label")
    publicKey = try row.optional("public_key")
    sealedToken = try row.get("sealed_token")
  }
}

/// Keeps connections, and opens their tokens for those who call with them.
public struct Connections: Sendable {
  let store: DataStore
  let keys: SealingKeys
  let clock: WallClock
  /// Whom the audit log names.
  let author: AuditActor

  public init(store: DataStore, keys: SealingKeys, clock: WallClock, author: AuditActor) {
    self.store = store
    self.keys = keys
    self.clock = clock
    self.author = author
  }

  /// The same, done by somebody else.
  public func by(_ author: AuditActor) -> Connections {
    Connections(store: store, keys: keys, clock: clock, author: author)
  }

  public static let migration = Migration(
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
    """)

  /// Keeps a token that was tried. The same application or bot again replaces its token.
  public func keep(
    _ service: Connection.Service, externalID: String, label: String, publicKey: String? = nil, token: String
  ) throws -> Connection {
    try store.write { transaction in
      let known = try transaction.value(
        String.self, "SELECT id FROM connections WHERE service = \(service) AND external_id = \(externalID)")
      let id = known ?? UUIDv7.make(at: clock.now())
      let sealed = try keys.seal(Array(token.utf8), for: Self.place(id))
      let kept: Connection? = try transaction.first(
        """
        INSERT INTO connections (id, service, external_id, label, public_key, sealed_token, created_at, updated_at)
        VALUES (\(id), \(service), \(externalID), \(label), \(publicKey), \(sealed), \(clock.now()), \(clock.now()))
        ON CONFLICT (service, external_id) DO UPDATE SET label = excluded.label, public_key = excluded.public_key,
          sealed_token = excluded.sealed_token, updated_at = excluded.updated_at
        RETURNING *
        """)
      guard let kept else { throw Failure(.unexpected, "The connection could not be kept.") }
      let target = AuditTarget("connection", id, name: label)
      let after = "\(service.rawValue) \(externalID), \(known == nil ? "new" : "with a new token")"
      try AuditLog(clock: clock).record(AuditEntry(.connected, by: author, in: nil, on: target, after: after), in: transaction)
      return kept
    }
  }

  /// The bot all servers talk to: the one connected last. Nil while there is none.
  public func discord() throws -> Connection? {
    try store.read {
      try $0.first("SELECT * FROM connections WHERE service = 'discord' ORDER BY updated_at DESC, id LIMIT 1")
    }
  }

  public func notion() throws -> [Connection] {
    try store.read { try $0.all("SELECT * FROM connections WHERE service = 'notion' ORDER BY created_at, id") }
  }

  public func find(_ id: String) throws -> Connection? {
    try store.read { try $0.first("SELECT * FROM connections WHERE id = \(id)") }
  }

  public func token(of connection: Connection) throws -> String {
    String(decoding: try keys.open(connection.sealedToken, for: Self.place(connection.id)), as: UTF8.self)
  }

  /// Bound into the seal, so that a sealed token moved to another row does not open.
  private static func place(_ id: String) -> String { "connections|\(id)|sealed_token" }
}
