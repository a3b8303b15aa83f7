import Basics
import Store

/// An event on its way, and how its deliveries went.
struct EventRecord: RowDecodable, Sendable {
  enum State: String, Sendable {
    case waiting, delivered, given_up
  }

  var id: String
  var type: String
  var entityID: String
  var entityType: String
  var parent: JSONValue
  var changed: [JSONValue]
  var authors: [String]
  var happenedAt: Timestamp
  var dueAt: Timestamp
  var state = State.waiting
  var attempts = 0
  /// Of the last attempt; nil when none was made or no answer came.
  var status: Int?
  var problem: String?
}

extension EventRecord {
  init(row: Row) throws {
    id = try row.get("id")
    type = try row.get("type")
    entityID = try row.get("entity_id")
    entityType = try row.get("entity_type")
    parent = try row.json("parent")
    changed = try row.json("changed").array ?? []
    authors = (try row.json("authors").array ?? []).compactMap(\.string)
    happenedAt = try row.get("happened_at")
    dueAt = try row.get("due_at")
    state = State(rawValue: try row.get("state", as: String.self)) ?? .waiting
    attempts = try row.get("attempts")
    status = try row.optional("status")
    problem = try row.optional("problem")
  }

  /// The body of a delivery (Notion: webhooks, "Event webhook payload"). `accessible_by` is for public integrations only.
  func body(_ subscription: Subscription, attempt: Int, isBot: (String) -> Bool) -> JSONValue {
    var data: [String: JSONValue] = ["parent": parent]
    if let list = Event.Kind(rawValue: type)?.list { data[list] = .array(changed) }
    return [
      "id": .string(id), "timestamp": .string(happenedAt.description), "workspace_id": .string(Constants.workspaceID),
      "workspace_name": .string(Constants.workspaceName), "subscription_id": .string(subscription.id),
      "integration_id": .string(Constants.integrationID), "type": .string(type),
      "authors": .array(authors.map { ["id": .string($0), "type": isBot($0) ? "bot" : "person"] }),
      "attempt_number": .integer(Int64(attempt)), "api_version": "2025-09-03",
      "entity": ["id": .string(entityID), "type": .string(entityType)], "data": .object(data),
    ]
  }
}

let webhookTables = Migration(
  "20261121-1000-sandbox-notion-webhook",
  """
  CREATE TABLE notion_subscription (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, token TEXT NOT NULL, is_verified INTEGER NOT NULL,
    window_ms INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT;
  CREATE TABLE notion_events (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, entity_id TEXT NOT NULL, entity_type TEXT NOT NULL, parent TEXT NOT NULL,
    changed TEXT NOT NULL, authors TEXT NOT NULL, happened_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, status INTEGER, problem TEXT) STRICT;
  CREATE INDEX notion_events_due ON notion_events (due_at) WHERE state = 'waiting';
  CREATE INDEX notion_events_subject ON notion_events (entity_id, type) WHERE state = 'waiting';
  """)

extension WriteTransaction {
  func insert(_ event: EventRecord) throws {
    try run(
      """
      INSERT INTO notion_events (id, type, entity_id, entity_type, parent, changed, authors, happened_at, due_at, state,
        attempts, status, problem)
      VALUES (\(event.id), \(event.type), \(event.entityID), \(event.entityType), \(JSON.text(event.parent)),
        \(JSON.text(event.changed)), \(JSON.text(event.authors)), \(event.happenedAt), \(event.dueAt),
        \(event.state.rawValue), \(event.attempts), \(event.status), \(event.problem))
      """)
  }

  /// What came of an attempt.
  func update(_ event: EventRecord) throws {
    try run(
      """
      UPDATE notion_events SET due_at = \(event.dueAt), state = \(event.state.rawValue), attempts = \(event.attempts),
        status = \(event.status), problem = \(event.problem)
      WHERE id = \(event.id)
      """)
  }
}

extension Queries {
  func dueEvents(at now: Timestamp) throws -> [EventRecord] {
    try all(
      EventRecord.self,
      "SELECT * FROM notion_events WHERE state = 'waiting' AND due_at <= \(now) ORDER BY due_at, id LIMIT 50")
  }

  func latestEvents(_ limit: Int) throws -> [EventRecord] {
    try all(EventRecord.self, "SELECT * FROM notion_events ORDER BY happened_at DESC, id DESC LIMIT \(limit)")
  }
}
