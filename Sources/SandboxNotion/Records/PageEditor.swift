import Basics
import Store

/// Changes to pages, whoever makes them: times, the last editor, numbers and the other end of relations follow.
struct PageEditor {
  let transaction: WriteTransaction
  /// The user the change is shown under.
  let actor: String
  let now: Timestamp

  typealias Change = (property: Property, value: JSONValue?)

  func create(
    _ changes: [Change], in source: DataSourceRecord?, parent: JSONValue, icon: JSONValue = .null,
    cover: JSONValue = .null
  ) throws -> PageRecord {
    let page = PageRecord(
      id: ObjectID.make(at: now), dataSourceID: source?.id, parent: parent,
      position: try transaction.next("position"), icon: icon, cover: cover, createdTime: now.minute,
      lastEditedTime: now.minute, createdBy: actor, lastEditedBy: actor)
    try transaction.insert(page, title: "")
    if let source { try fillIn(source, page, except: changes.map(\.property.id)) }
    for change in changes { try set(change, on: page) }
    try tell(.pageCreated, of: page)
    return page
  }

  /// What Notion fills in by itself: the number, and the first state of a status.
  private func fillIn(_ source: DataSourceRecord, _ page: PageRecord, except given: [String]) throws {
    for property in source.schema.properties where !given.contains(property.id) {
      if property.type == .uniqueID {
        let number = try transaction.next("unique \(source.id)")
        try transaction.setValue(.integer(number), of: property.id, page: page.id)
      } else if property.type == .status, let first = property.options.first {
        try transaction.setValue(.string(first.id), of: property.id, page: page.id)
      }
    }
  }

  /// A page whose own members were changed by the caller, and properties still to be read from what was sent.
  func update(_ page: PageRecord, properties: Input) throws -> PageRecord {
    var source = try page.dataSourceID.flatMap(transaction.anyDataSource)
    var writing = Writing(schema: source?.schema ?? .pageOnly, directory: try transaction.directory())
    let changes = properties.isDefined ? try writing.values(properties) : []
    try keep(writing.schema, in: &source)
    for change in changes { try set(change, on: page) }
    return try touch(page, changes)
  }

  /// Its time moves and its last editor changes; whoever subscribed is told what differs from before.
  func touch(_ page: PageRecord, _ changes: [Change] = []) throws -> PageRecord {
    try tellDifference(transaction.anyPage(page.id), page, changes)
    var page = page
    page.lastEditedTime = now.minute
    page.lastEditedBy = actor
    try transaction.update(page)
    return page
  }

  /// Keeps the columns when a value made a new option.
  func keep(_ schema: Schema, in source: inout DataSourceRecord?) throws {
    guard var changed = source, changed.schema != schema else { return }
    changed.schema = schema
    try transaction.save(changed)
    source = changed
  }

  private func set(_ change: Change, on page: PageRecord) throws {
    if change.property.type == .relation { try sync(change, on: page) }
    try transaction.setValue(change.value, of: change.property.id, page: page.id)
  }

  /// The other end of a relation that shows in both tables follows; its pages' times do not move.
  private func sync(_ change: Change, on page: PageRecord) throws {
    guard let synced = change.property.syncedPropertyID else { return }
    let before = try related(change.property.id, of: page.id)
    let after = change.value?.array?.compactMap(\.string) ?? []
    for id in Set(before).symmetricDifference(after) {
      var ids = try related(synced, of: id).filter { $0 != page.id }
      if after.contains(id) { ids.append(page.id) }
      let value: JSONValue? = ids.isEmpty ? nil : .array(ids.map(JSONValue.string))
      try transaction.setValue(value, of: synced, page: id)
    }
  }

  private func related(_ propertyID: String, of pageID: String) throws -> [String] {
    let text = try transaction.value(
      String.self, "SELECT value FROM notion_values WHERE page_id = \(pageID) AND property_id = \(propertyID)")
    return try text.map(StoredJSON.value)?.array?.compactMap(\.string) ?? []
  }
}
