import Basics
import Signatures
import Store

/// The secret that Notion signs its events with. Notion tells it once, in a first request that anybody could imitate, so
/// it is taken only while somebody who runs this Guildhall is waiting for it.
public struct WebhookSecrets: Sendable {
  let store: DataStore
  let keys: SealingKeys
  let clock: WallClock

  public init(store: DataStore, keys: SealingKeys, clock: WallClock) {
    self.store = store
    self.keys = keys
    self.clock = clock
  }

  public static let migration = Migration(
    "20261121-0855-webhook-secrets",
    """
    CREATE TABLE webhook_secrets (
      id TEXT PRIMARY KEY,
      open_until INTEGER NOT NULL,
      sealed_secret TEXT,
      received_at INTEGER
    ) STRICT;
    """)

  private static let place = "webhook_secrets|notion|sealed_secret"
  private static let window = Duration.seconds(600)

  /// Opens the ten minutes in which the secret is taken.
  /// - Parameter alongside: what else is written in the transaction: who did it.
  public func open(alongside: (WriteTransaction) throws -> Void = { _ in }) throws {
    let until = clock.now() + Self.window
    try store.write { transaction in
      try transaction.run(
        """
        INSERT INTO webhook_secrets (id, open_until) VALUES ('notion', \(until))
        ON CONFLICT (id) DO UPDATE SET open_until = excluded.open_until
        """)
      try alongside(transaction)
    }
  }

  /// Takes the secret if the window is open; a second one within it is refused.
  public func receive(_ secret: String) throws {
    let sealed = try keys.seal(Array(secret.utf8), for: Self.place)
    let taken = try store.write {
      try $0.run(
        """
        UPDATE webhook_secrets SET sealed_secret = \(sealed), received_at = \(clock.now()), open_until = 0
        WHERE id = 'notion' AND open_until > \(clock.now())
        """)
    }
    if taken == 0 {
      throw Failure.denied("Nobody is waiting for a verification token. Run “guildhall notion webhook” first.")
    }
  }

  /// Nil while none was received.
  public func secret() throws -> String? {
    let sealed: String? = try store.read {
      try $0.value("SELECT sealed_secret FROM webhook_secrets WHERE id = 'notion'")
    }
    return try sealed.map { String(decoding: try keys.open($0, for: Self.place), as: UTF8.self) }
  }
}
