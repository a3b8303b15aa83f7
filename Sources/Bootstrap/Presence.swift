import Basics
import Foundation
import Signatures
import Store

/// The responders at work, as they say themselves every few seconds.
public struct Presence: Sendable {
  let store: DataStore
  let keys: SealingKeys
  let clock: WallClock

  init(volatile: DataStore, keys: SealingKeys, clock: WallClock) {
    store = volatile
    self.keys = keys
    self.clock = clock
  }

  static let migration = Migration(
    "20261121-1030-presences",
    """
    CREATE TABLE presences (
      process INTEGER PRIMARY KEY,
      keys TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      seen_at INTEGER NOT NULL
    ) STRICT;
    """)

  public struct Entry: Sendable, RowDecodable {
    public let process: Int
    /// The ids of the keys it knows, the one it seals with first.
    public let keys: [String]
    public let startedAt: Timestamp
    public let seenAt: Timestamp

    public init(row: Row) throws {
      process = try row.get("process")
      keys = try row.get("keys", as: String.self).split(separator: " ").map(String.init)
      startedAt = try row.get("started_at")
      seenAt = try row.get("seen_at")
    }
  }

  static let interval: Duration = .seconds(5)

  /// Says that this process is at work, since when, and with which keys.
  func tell(process: Int, since start: Timestamp) throws {
    try store.write {
      try $0.run(
        """
        INSERT INTO presences (process, keys, started_at, seen_at)
        VALUES (\(process), \(keys.ids.joined(separator: " ")), \(start), \(clock.now()))
        ON CONFLICT (process) DO UPDATE SET keys = excluded.keys, started_at = excluded.started_at,
          seen_at = excluded.seen_at
        """)
    }
  }

  func leave(process: Int) throws { try store.write { try $0.run("DELETE FROM presences WHERE process = \(process)") } }

  /// Those that were seen within the last minute and were not ended since.
  public func list() throws -> [Entry] {
    let now = clock.now()
    return try store.read { queries -> [Entry] in
      try queries.all(
        """
        SELECT * FROM presences WHERE seen_at > \(now - .seconds(60)) AND seen_at <= \(now + .seconds(60))
        ORDER BY process
        """)
    }.filter { kill(pid_t($0.process), 0) == 0 || errno == EPERM }
  }
}
