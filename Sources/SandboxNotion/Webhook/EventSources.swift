import Basics
import Store

/// Where events come from: changes of pages, of their bodies, and of columns.
extension PageEditor {
  func tell(_ kind: Event.Kind, of page: PageRecord, changed: [JSONValue] = []) throws {
    let parent = try transaction.eventParent(of: page)
    try transaction.tell(
      Event(kind: kind, entityID: page.id, parent: parent, changed: changed, author: actor), at: now)
  }

  /// What is told of a page whose own members were changed by the caller.
  func tellDifference(_ before: PageRecord?, _ after: PageRecord, _ changes: [Change]) throws {
    if let before, before.isInTrash != after.isInTrash {
      try tell(after.isInTrash ? .pageDeleted : .pageUndeleted, of: after)
    }
    if let before, before.isLocked != after.isLocked {
      try tell(after.isLocked ? .pageLocked : .pageUnlocked, of: after)
    }
    if !changes.isEmpty {
      try tell(.pageProperties, of: after, changed: changes.map { .string($0.property.encodedID) })
    }
  }
}

extension Queries {
  /// `data.parent`: what a page lies in.
  func eventParent(of page: PageRecord) throws -> JSONValue {
    if let sourceID = page.dataSourceID, let source = try anyDataSource(sourceID) {
      return ["id": .string(source.databaseID), "type": "database", "data_source_id": .string(sourceID)]
    }
    if let id = page.parent["page_id"] { return ["id": id, "type": "page"] }
    return ["id": .string(Constants.workspaceID), "type": "space"]
  }

  /// The page a block lies in, however deep; nil when it lies in none any more.
  func page(around parentID: String) throws -> PageRecord? {
    if let page = try anyPage(parentID) { return page }
    return try block(parentID).flatMap { try page(around: $0.parentID) }
  }
}

extension WriteTransaction {
  /// Blocks were added, changed or removed under a parent.
  func tellContent(_ blocks: [BlockRecord], by author: String, at now: Timestamp) throws {
    guard let first = blocks.first, let page = try page(around: first.parentID) else { return }
    let changed = blocks.map { ["id": .string($0.id), "type": "block"] as JSONValue }
    try tell(
      Event(
        kind: .pageContent, entityID: page.id, parent: eventParent(of: page), changed: changed, author: author),
      at: now)
  }

  func tellColumns(of source: DataSourceRecord, before: Schema, by author: String, at now: Timestamp) throws {
    let changed = differences(before, source.schema)
    guard !changed.isEmpty else { return }
    let parent: JSONValue = ["id": .string(source.databaseID), "type": "database"]
    try tell(
      Event(kind: .schema, entityID: source.id, parent: parent, changed: changed, author: author), at: now)
  }
}

private func differences(_ before: Schema, _ after: Schema) -> [JSONValue] {
  func change(_ property: Property, _ action: String) -> JSONValue {
    ["id": .string(property.encodedID), "name": .string(property.name), "action": .string(action)]
  }
  let old = Dictionary(before.properties.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  let kept = Set(after.properties.map(\.id))
  let gone = before.properties.filter { !kept.contains($0.id) }.map { change($0, "deleted") }
  return after.properties.filter { old[$0.id] != $0 }.map { change($0, old[$0.id] == nil ? "created" : "updated") }
    + gone
}
