import Basics
import HTTP

/// Objects in the shape a version of the API answers them (key sets as recorded in July 2026).
struct Answers {
  let version: Version

  func page(
    _ row: TableRow, _ properties: [Property], _ context: RowContext, source: DataSourceRecord?
  ) -> JSONValue {
    let page = row.page
    let values = properties.map { ($0.name, Reading.property($0, in: row, context)) }
    var members: [String: JSONValue] = [
      "object": "page", "id": .string(page.id), "cover": page.cover, "icon": page.icon,
      "parent": parent(of: page, source), "in_trash": .bool(page.isInTrash),
      "properties": .object(Dictionary(values, uniquingKeysWith: { first, _ in first })),
      "url": .string(notionURL(title: Reading.title(of: row), id: page.id)), "public_url": .null,
    ]
    if version.hasDataSources {
      members["is_archived"] = false
      members["is_locked"] = .bool(page.isLocked)
    }
    addTimes(&members, page.createdTime, page.lastEditedTime, page.createdBy, page.lastEditedBy)
    return marked(members, page.isInTrash)
  }

  private func parent(of page: PageRecord, _ source: DataSourceRecord?) -> JSONValue {
    guard let source else { return page.parent }
    guard version.hasDataSources else {
      return ["type": "database_id", "database_id": .string(source.databaseID)]
    }
    return [
      "type": "data_source_id", "data_source_id": .string(source.id), "database_id": .string(source.databaseID),
    ]
  }

  /// The container; until 2022-06-28 the table itself, with its columns.
  func database(_ database: DatabaseRecord, _ sources: [DataSourceRecord], _ columns: JSONValue) -> JSONValue {
    var members: [String: JSONValue] = [
      "object": "database", "id": .string(database.id), "title": database.title, "description": database.description,
      "parent": database.parent, "is_inline": .bool(database.isInline), "in_trash": .bool(database.isInTrash),
      "icon": database.icon, "cover": database.cover, "public_url": .null,
      "url": .string(notionURL(title: "", id: database.id)),
    ]
    if version.hasDataSources {
      members["is_locked"] = .bool(database.isLocked)
      members["created_time"] = database.createdTime.offsetText
      members["last_edited_time"] = database.lastEditedTime.offsetText
      members["data_sources"] = .array(sources.map { ["id": .string($0.id), "name": .string($0.name)] })
    } else {
      members["properties"] = columns
      addTimes(
        &members, database.createdTime, database.lastEditedTime, database.createdBy, database.lastEditedBy)
    }
    return marked(members, database.isInTrash)
  }

  func dataSource(_ source: DataSourceRecord, _ database: DatabaseRecord, _ columns: JSONValue) -> JSONValue {
    var members: [String: JSONValue] = [
      "object": "data_source", "id": .string(source.id), "cover": source.cover, "icon": source.icon,
      "title": source.title, "description": source.description, "is_inline": .bool(database.isInline),
      "properties": columns, "parent": ["type": "database_id", "database_id": .string(source.databaseID)],
      "database_parent": database.parent, "url": .string(notionURL(title: "", id: source.databaseID)),
      "public_url": .null, "in_trash": .bool(source.isInTrash),
    ]
    addTimes(&members, source.createdTime, source.lastEditedTime, source.createdBy, source.lastEditedBy)
    return marked(members, source.isInTrash)
  }

  /// A list; its type names a member that is always empty.
  func list(_ results: [JSONValue], next: String?, type: String) -> [String: JSONValue] {
    [
      "object": "list", "results": .array(results), "next_cursor": next.map(JSONValue.string) ?? .null,
      "has_more": .bool(next != nil), "type": .string(type), type: [:],
    ]
  }

  func addTimes(
    _ members: inout [String: JSONValue], _ created: Timestamp, _ edited: Timestamp, _ creator: String,
    _ editor: String
  ) {
    members["created_time"] = created.minuteText
    members["last_edited_time"] = edited.minuteText
    members["created_by"] = RowContext.partialUser(creator)
    members["last_edited_by"] = RowContext.partialUser(editor)
  }

  func marked(_ members: [String: JSONValue], _ isInTrash: Bool) -> JSONValue {
    guard version.hasArchived else { return .object(members) }
    return .object(members.merging(["archived": .bool(isInTrash)]) { $1 })
  }
}
