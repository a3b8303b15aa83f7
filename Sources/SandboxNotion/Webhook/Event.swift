import Basics
import Store

/// Something that happened, to be told to whoever subscribed. It names what changed and holds none of it
/// (Notion: webhooks, "Event types & delivery").
struct Event: Sendable {
  enum Kind: String, Sendable {
    case pageCreated = "page.created"
    case pageProperties = "page.properties_updated"
    case pageContent = "page.content_updated"
    case pageDeleted = "page.deleted"
    case pageUndeleted = "page.undeleted"
    case pageLocked = "page.locked"
    case pageUnlocked = "page.unlocked"
    case schema = "data_source.schema_updated"

    /// What would undo it; both within one window are not told at all.
    var opposite: Kind? {
      switch self {
      case .pageDeleted: .pageUndeleted
      case .pageUndeleted: .pageDeleted
      default: nil
      }
    }

    /// Under which name `data` lists what changed.
    var list: String? {
      switch self {
      case .pageProperties, .schema: "updated_properties"
      case .pageContent: "updated_blocks"
      default: nil
      }
    }

    /// Locking is told at once; the rest waits a moment for more of its kind.
    var isAggregated: Bool { self != .pageLocked && self != .pageUnlocked }
  }

  let kind: Kind
  let entityID: String
  let parent: JSONValue
  /// Ids of columns, blocks or changes of columns.
  var changed: [JSONValue] = []
  /// The user it is shown under.
  let author: String

  var entityType: String { kind == .schema ? "data_source" : "page" }
}

extension WriteTransaction {
  /// Writes an event down if somebody subscribed, joined with what waits of its kind and subject.
  func tell(_ event: Event, at now: Timestamp) throws {
    guard let subscription = try subscription(), subscription.isVerified else { return }
    if let opposite = event.kind.opposite, try withdraw(opposite, of: event.entityID) { return }
    if event.kind.isAggregated, let waiting = try waiting(event.kind, of: event.entityID) {
      return try join(event, to: waiting)
    }
    let due = event.kind.isAggregated ? now + subscription.window : now
    try insert(
      EventRecord(
        id: ObjectID.make(at: now), type: event.kind.rawValue, entityID: event.entityID, entityType: event.entityType,
        parent: event.parent, changed: event.changed, authors: [event.author], happenedAt: now, dueAt: due))
  }

  private func withdraw(_ kind: Event.Kind, of entityID: String) throws -> Bool {
    try run(
      """
      DELETE FROM notion_events
      WHERE entity_id = \(entityID) AND type = \(kind.rawValue) AND state = 'waiting' AND attempts = 0
      """) > 0
  }

  private func waiting(_ kind: Event.Kind, of entityID: String) throws -> EventRecord? {
    try first(
      EventRecord.self,
      """
      SELECT * FROM notion_events
      WHERE entity_id = \(entityID) AND type = \(kind.rawValue) AND state = 'waiting' AND attempts = 0
      """)
  }

  private func join(_ event: Event, to waiting: EventRecord) throws {
    let changed = waiting.changed + event.changed.filter { !waiting.changed.contains($0) }
    let authors = waiting.authors + (waiting.authors.contains(event.author) ? [] : [event.author])
    try run(
      """
      UPDATE notion_events SET changed = \(JSON.text(changed)), authors = \(JSON.text(authors)) WHERE id = \(waiting.id)
      """)
  }
}
