import Basics
import Discord
import Signatures
import Store

/// A browser that somebody is logged in with.
public struct Session: Sendable, RowDecodable {
  public let id: String
  public let user: UserID
  public let browser: String
  public let createdAt: Timestamp
  public let seenAt: Timestamp

  public init(row: Row) throws {
    id = try row.get("id")
    user = try row.get("user_id")
    browser = try row.get("browser")
    createdAt = try row.get("created_at")
    seenAt = try row.get("seen_at")
  }
}

/// Keeps who is logged in. The browser holds a random token; we keep its digest only. A session ends after eight hours
/// without a request, after seven days in any case, at logout, and when it is revoked.
public struct Sessions: Sendable {
  let store: DataStore
  let clock: WallClock

  public init(store: DataStore, clock: WallClock) {
    self.store = store
    self.clock = clock
  }

  static let migration = Migration(
    "20261121-1110-sessions",
    """
    CREATE TABLE sessions (
      id TEXT PRIMARY KEY,
      token_digest TEXT NOT NULL UNIQUE,
      user_id TEXT NOT NULL REFERENCES people (user_id) ON DELETE CASCADE,
      browser TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      seen_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_by_user ON sessions (user_id, seen_at);
    """)

  public static let idle: Duration = .seconds(8 * 3600)
  public static let absolute: Duration = .seconds(7 * 86_400)

  /// Starts a session and answers the token for the browser.
  /// - Parameter browser: its own words of what it is, for the list that its owner sees.
  public func start(_ user: UserID, browser: String, _ transaction: WriteTransaction) throws -> String {
    let token = try RandomToken.base62(bits: 256)
    let now = clock.now()
    try transaction.run(
      """
      INSERT INTO sessions (id, token_digest, user_id, browser, created_at, seen_at)
      VALUES (\(UUIDv7.make(at: now)), \(SHA256.hexadecimalDigest(token)), \(user), \(String(browser.prefix(200))),
        \(now), \(now))
      """)
    return token
  }

  /// The session of a token that still holds. Using it keeps it alive, written down once a minute at most.
  public func find(_ token: String) throws -> Session? {
    let now = clock.now()
    let session: Session? = try store.read {
      try $0.first(
        """
        SELECT * FROM sessions WHERE token_digest = \(SHA256.hexadecimalDigest(token))
          AND seen_at > \(now - Self.idle) AND created_at > \(now - Self.absolute)
        """)
    }
    if let session, now - session.seenAt >= .seconds(60) {
      try store.write {
        try $0.run("UPDATE sessions SET seen_at = \(now) WHERE id = \(session.id) AND seen_at < \(now)")
      }
    }
    return session
  }

  /// Sessions that still hold, the last used first.
  public func all(of user: UserID) throws -> [Session] {
    let now = clock.now()
    return try store.read {
      try $0.all(
        """
        SELECT * FROM sessions WHERE user_id = \(user)
          AND seen_at > \(now - Self.idle) AND created_at > \(now - Self.absolute) ORDER BY seen_at DESC, id
        """)
    }
  }

  /// Ends one session of that person, or (nil) all of them.
  public func end(_ id: String?, of user: UserID, _ transaction: WriteTransaction) throws {
    let which: SQL = id.map { "id = \($0)" } ?? "1 = 1"
    let ended = try transaction.run("DELETE FROM sessions WHERE user_id = \(user) AND \(which)")
    if id != nil, ended == 0 { throw Failure.notFound("This session has ended already.") }
  }
}
