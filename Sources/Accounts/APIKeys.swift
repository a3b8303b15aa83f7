import Basics
import Discord
import HTTP
import Signatures
import Store

/// Keys of programs: made, found by what a request shows, taken back.
///
/// A key is `ghk_<8 characters of id>_<43 of secret>`. Only its SHA-256 is kept, which is enough for 256 random bits.
public struct APIKeys: Sendable {
  let store: DataStore
  let clock: WallClock

  public init(store: DataStore, clock: WallClock) {
    self.store = store
    self.clock = clock
  }

  public static let migration = Migration(
    "20261121-1010-api-keys",
    """
    CREATE TABLE api_keys (
      id TEXT PRIMARY KEY,
      server_id TEXT,
      label TEXT NOT NULL,
      digest TEXT NOT NULL,
      scopes TEXT NOT NULL,
      addresses TEXT NOT NULL,
      created_by TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER,
      revoked_at INTEGER,
      last_used_at INTEGER
    ) STRICT;
    CREATE INDEX api_keys_by_server ON api_keys (server_id, created_at);
    """)

  /// What a new key is to be.
  public struct Wish: Sendable {
    public var label: String
    public var scopes: [APIScope]
    /// Nil: the whole hall.
    public var server: GuildID?
    public var addresses: [AddressRange] = []
    public var expiresAt: Timestamp?
    /// Who asks for it, for the list.
    public var createdBy: String

    public init(_ label: String, scopes: [APIScope], server: GuildID? = nil, createdBy: String) {
      self.label = label
      self.scopes = scopes
      self.server = server
      self.createdBy = createdBy
    }
  }

  /// Makes a key. Its text is in the answer and nowhere else, so it is shown at once or lost.
  /// - Parameter alongside: what else is written in the transaction: who did it.
  public func create(
    _ wish: Wish, alongside: (APIKey, WriteTransaction) throws -> Void = { _, _ in }
  ) throws -> (key: APIKey, text: String) {
    let now = clock.now()
    guard !wish.label.isEmpty, wish.label.count <= 80 else {
      throw Failure.invalid("Give the key a name of 1 to 80 characters, so that it can be told from others.")
    }
    guard !wish.scopes.isEmpty else {
      throw Failure.invalid("A key without a scope may do nothing. Name at least one.")
    }
    if let end = wish.expiresAt, end <= now { throw Failure.invalid("The key would have expired already.") }
    let id = try String(RandomToken.base62(bits: 48).prefix(8))
    let text = "ghk_\(id)_\(try RandomToken.base62(bits: 256))"
    let scopes = wish.scopes.map(\.rawValue).joined(separator: " ")
    let addresses = wish.addresses.map(\.description).joined(separator: " ")
    let key: APIKey? = try store.write { transaction in
      let key: APIKey? = try transaction.first(
        """
        INSERT INTO api_keys (id, server_id, label, digest, scopes, addresses, created_by, created_at, expires_at)
        VALUES (\(id), \(wish.server), \(wish.label), \(SHA256.hexadecimalDigest(text)), \(scopes), \(addresses),
          \(wish.createdBy), \(now), \(wish.expiresAt))
        RETURNING *
        """)
      if let key { try alongside(key, transaction) }
      return key
    }
    guard let key else { throw Failure(.unexpected, "The key could not be kept.") }
    return (key, text)
  }

  /// The key a request shows, if it may do this.
  /// - Parameters:
  ///   - bearer: what stands behind `Bearer` in the Authorization header.
  ///   - server: the server it is about; nil is the whole hall, which no key of one server may touch.
  public func require(_ scope: APIScope, server: GuildID?, bearer: String, from address: String) throws -> APIKey {
    try require(scope, about: { _ in server }, bearer: bearer, from: address)
  }

  /// - Parameters:
  ///   - server: as above, given the server that the key is for.
  ///   - admitting: may refuse a key that is right: it was used too often.
  public func require(
    _ scope: APIScope, about server: (_ own: GuildID?) -> GuildID?, bearer: String, from address: String,
    admitting: (_ id: String) throws -> Void = { _ in }
  ) throws -> APIKey {
    let parts = bearer.split(separator: "_", omittingEmptySubsequences: false)
    let id = parts.count == 3 && parts[0] == "ghk" ? String(parts[1]) : ""
    let found = try store.read { try $0.rows("SELECT * FROM api_keys WHERE id = \(id)").first }
    // Compared even when there is none, so that the time does not tell.
    let digest = try found?.get("digest", as: String.self) ?? ""
    let isRight = constantTimeEqual(Array(digest.utf8), Array(SHA256.hexadecimalDigest(bearer).utf8))
    guard let found, isRight else {
      throw Failure(.unauthenticated, "This API key is not known here.")
    }
    let key = try APIKey(row: found)
    try admitting(key.id)
    try key.require(scope, server: server(key.server), from: address, at: clock.now())
    try noteUse(of: key)
    return key
  }

  /// To the minute, so that a busy program does not write a row for each request.
  private func noteUse(of key: APIKey) throws {
    let now = clock.now()
    if let last = key.lastUsedAt, now - last < .seconds(60), last <= now { return }
    try store.write { try $0.run("UPDATE api_keys SET last_used_at = \(now) WHERE id = \(key.id)") }
  }

  /// The keys of a server, or (nil) all there are, revoked ones included.
  public func list(server: GuildID? = nil) throws -> [APIKey] {
    try store.read {
      try $0.all(
        "SELECT * FROM api_keys WHERE \(server) IS NULL OR server_id = \(server) ORDER BY created_at, id")
    }
  }

  /// Takes a key back, at once. Repeating it changes nothing.
  /// - Parameter alongside: as of `create`; is not asked for a key that was taken back before.
  public func revoke(_ id: String, alongside: (APIKey, WriteTransaction) throws -> Void = { _, _ in }) throws {
    try store.write { transaction in
      guard let key: APIKey = try transaction.first("SELECT * FROM api_keys WHERE id = \(id)") else {
        throw Failure.notFound("There is no API key \(id). “guildhall key list” shows those there are.")
      }
      let revoked = try transaction.run(
        "UPDATE api_keys SET revoked_at = \(clock.now()) WHERE id = \(id) AND revoked_at IS NULL")
      if revoked == 1 { try alongside(key, transaction) }
    }
  }
}
