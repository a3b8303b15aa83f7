import Accounts
import Basics
import HTTP
import IssueSync
import Notion
import Signatures
import Store

private let log = Logger(label: "notion-events")

/// Where Notion's webhooks come in. They never hold content: an event is a hint to read a page, kept once and answered
/// at once. Reading on a schedule stays the source of truth (Notion: webhooks, "at most once").
public struct NotionDoor: Sendable {
  let store: DataStore
  let clock: WallClock
  let secrets: WebhookSecrets
  let rereading: Rereading

  public init(store: DataStore, clock: WallClock, secrets: WebhookSecrets, rereading: Rereading) {
    self.store = store
    self.clock = clock
    self.secrets = secrets
    self.rereading = rereading
  }

  static let migration = Migration(
    "20261121-0945-notion-events",
    """
    CREATE TABLE notion_events (
      id TEXT PRIMARY KEY,
      type TEXT NOT NULL,
      entity_id TEXT NOT NULL,
      received_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX notion_events_by_age ON notion_events (received_at);
    """)

  public var doorways: [Doorway] {
    [Doorway(.signed(by: "Notion"), .post("/notion/webhook") { request, _ in try answer(request) })]
  }

  private func answer(_ request: Request) throws -> Response {
    if let handshake = try? JSON.decode(Handshake.self, from: request.body) {  // anything else is an event
      try secrets.receive(handshake.verificationToken)
      log.info("verification token received")
      return try .json(["status": "kept"])
    }
    try verify(request)
    let event: Event = try request.json()
    try LogContext.with(["correlation": .string(request.id), "event": .string(event.id)]) { try keep(event) }
    return try .json(["status": "ok"])
  }

  /// Notion: webhooks, validating events: HMAC-SHA256 of the raw body, keyed by the verification token.
  private func verify(_ request: Request) throws {
    guard let secret = try secrets.secret() else {
      throw Failure(.unauthenticated, "No Notion webhook is set up. Run “guildhall notion webhook” on the server.")
    }
    let header = request.headers["X-Notion-Signature"] ?? ""
    let signature = header.hasPrefix("sha256=") ? bytes(hexadecimal: header.dropFirst(7)) : nil
    guard let signature, constantTimeEqual(signature, HMAC.sha256(key: Array(secret.utf8), request.body)) else {
      throw Failure(.unauthenticated, "This request is not signed by Notion.")
    }
  }

  private func keep(_ event: Event) throws {
    try store.write { transaction in
      let isNew = try transaction.run(
        """
        INSERT INTO notion_events (id, type, entity_id, received_at)
        VALUES (\(event.id), \(event.type), \(event.entity.id), \(clock.now())) ON CONFLICT (id) DO NOTHING
        """)
      guard isNew == 1, event.entity.type == "page", let page = PageID(event.entity.id) else { return }
      try rereading.hint(page, in: event.data?.parent?.dataSource, transaction)
    }
  }

  private struct Handshake: Decodable {
    let verificationToken: String
    enum CodingKeys: String, CodingKey { case verificationToken = "verification_token" }
  }

  private struct Event: Decodable {
    let id: String
    let type: String
    let entity: Entity
    let data: Details?

    struct Entity: Decodable {
      let id: String
      let type: String
    }

    struct Details: Decodable { let parent: Parent? }
    struct Parent: Decodable {
      let dataSource: DataSourceID?
      enum CodingKeys: String, CodingKey { case dataSource = "data_source_id" }
    }
  }
}
