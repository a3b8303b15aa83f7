import Basics
import Signatures
import Store

/// Where events go, and the key they are signed with. There is one at most, as one integration mostly has.
struct Subscription: RowDecodable, Sendable {
  var id: String
  var url: String
  /// `secret_…`: sent once, pasted back by a person, and the key of every signature.
  var token: String
  var isVerified = false
  /// How long events wait for more of their kind.
  var window: Duration
  var createdAt: Timestamp
}

extension Subscription {
  init(row: Row) throws {
    id = try row.get("id")
    url = try row.get("url")
    token = try row.get("token")
    isVerified = try row.get("is_verified")
    window = .milliseconds(try row.get("window_ms", as: Int64.self))
    createdAt = try row.get("created_at")
  }

  /// HMAC-SHA256 with the token over the body's bytes (Notion: webhooks, "Validating event payloads").
  func signature(of body: [UInt8]) -> String {
    "sha256=" + hexadecimal(HMAC.sha256(key: Array(token.utf8), body))
  }
}

extension Queries {
  func subscription() throws -> Subscription? {
    try first(Subscription.self, "SELECT * FROM notion_subscription")
  }
}

extension WriteTransaction {
  /// A new address means a new subscription with a new token; what waited for the old one is dropped.
  func subscribe(_ url: String, window: Duration, at now: Timestamp) throws -> Subscription {
    try unsubscribe()
    let subscription = Subscription(
      id: ObjectID.make(at: now), url: url, token: "secret_" + (try RandomToken.base62(bits: 256)), window: window,
      createdAt: now)
    try run(
      """
      INSERT INTO notion_subscription (id, url, token, is_verified, window_ms, created_at)
      VALUES (\(subscription.id), \(url), \(subscription.token), 0, \(window.milliseconds), \(now))
      """)
    return subscription
  }

  func unsubscribe() throws {
    try run("DELETE FROM notion_subscription")
    try run("DELETE FROM notion_events")
  }

  func verifySubscription() throws { try run("UPDATE notion_subscription SET is_verified = 1") }
}
