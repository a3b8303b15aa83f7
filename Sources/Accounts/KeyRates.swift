import Basics
import Store

/// How often an API key may be used: a bucket of uses for each, filled steadily, known to all processes.
public struct KeyRates: Sendable {
  let volatile: DataStore
  let clock: WallClock
  /// Uses a minute.
  let rate: Int

  /// - Parameters:
  ///   - volatile: where the buckets stand; losing them fills them.
  ///   - rate: uses a minute; the sixth part of them may come at once.
  public init(volatile: DataStore, clock: WallClock, rate: Int) {
    self.volatile = volatile
    self.clock = clock
    self.rate = rate
  }

  static let volatileMigration = Migration(
    "20261121-1240-key-rates",
    """
    CREATE TABLE key_rates (
      key_id TEXT PRIMARY KEY,
      full_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX key_rates_by_age ON key_rates (full_at);
    """)

  /// How long a use takes to come back, in milliseconds.
  private var refill: Int64 { max(1, 60_000 / Int64(rate)) }
  private var burst: Int64 { max(1, Int64(rate) / 6) }

  /// Takes a use of a key, or throws `.busy` with the time until there is one again.
  ///
  /// The bucket is kept as the instant at which it is full again (the generic cell rate algorithm, ATM Forum TM 4.0).
  public func take(_ key: String) throws {
    let now = clock.now()
    let wait: Duration? = try volatile.write { transaction in
      let kept = try transaction.value(Timestamp.self, "SELECT full_at FROM key_rates WHERE key_id = \(key)") ?? now
      // Farther off than any bucket is full: the clock was set back.
      let isSound = kept - now <= .milliseconds(burst * refill)
      let full = (isSound ? max(now, kept) : now) + .milliseconds(refill)
      let over = full - now - .milliseconds(burst * refill)
      if over > .zero { return over }
      try transaction.run(
        """
        INSERT INTO key_rates (key_id, full_at) VALUES (\(key), \(full))
        ON CONFLICT (key_id) DO UPDATE SET full_at = excluded.full_at
        """)
      return nil
    }
    guard let wait else { return }
    throw Failure(
      .busy(retryAfter: wait), "This API key may be used \(rate) times a minute. Ask again a little later.")
  }
}
