import Basics
import Store

/// A database: the container that holds data sources.
struct DatabaseRecord: RowDecodable, Sendable {
  var id: String
  var title: JSONValue
  var description: JSONValue = []
  var parent: JSONValue
  var icon: JSONValue = .null
  var cover: JSONValue = .null
  var isInline = false
  var isLocked = false
  /// Whether the integration may see it; what lies inside follows.
  var isShared = true
  var isInTrash = false
  var createdTime: Timestamp
  var lastEditedTime: Timestamp
  var createdBy: String
  var lastEditedBy: String

  var name: String { RichText.plainText(title) }
}

/// A table with columns. Its rows are pages.
struct DataSourceRecord: RowDecodable, Sendable {
  var id: String
  var databaseID: String
  var position: Int64
  var title: JSONValue
  var description: JSONValue = []
  var icon: JSONValue = .null
  var cover: JSONValue = .null
  var schema: Schema
  var isInTrash = false
  var createdTime: Timestamp
  var lastEditedTime: Timestamp
  var createdBy: String
  var lastEditedBy: String

  var name: String { RichText.plainText(title) }
}

extension DatabaseRecord {
  init(row: Row) throws {
    id = try row.get("id")
    title = try row.json("title")
    description = try row.json("description")
    parent = try row.json("parent")
    icon = try row.json("icon")
    cover = try row.json("cover")
    isInline = try row.get("is_inline")
    isLocked = try row.get("is_locked")
    isShared = try row.get("is_shared")
    isInTrash = try row.get("in_trash")
    createdTime = try row.get("created_time")
    lastEditedTime = try row.get("last_edited_time")
    createdBy = try row.get("created_by")
    lastEditedBy = try row.get("last_edited_by")
  }
}

extension DataSourceRecord {
  init(row: Row) throws {
    id = try row.get("id")
    databaseID = try row.get("database_id")
    position = try row.get("position")
    title = try row.json("title")
    description = try row.json("description")
    icon = try row.json("icon")
    cover = try row.json("cover")
    schema = try JSON.decode(Schema.self, from: row.get("schema", as: String.self))
    isInTrash = try row.get("in_trash")
    createdTime = try row.get("created_time")
    lastEditedTime = try row.get("last_edited_time")
    createdBy = try row.get("created_by")
    lastEditedBy = try row.get("last_edited_by")
  }
}

extension Queries {
  /// Whether shared or not.
  func anyDatabase(_ id: String) throws -> DatabaseRecord? {
    try first(DatabaseRecord.self, "SELECT * FROM notion_databases WHERE id = \(id)")
  }

  func database(_ id: String, as sight: Sight) throws -> DatabaseRecord {
    guard let record = try anyDatabase(id), try sees(record, sight) else { throw APIError.notFound("database", id) }
    return record
  }

  func anyDataSource(_ id: String) throws -> DataSourceRecord? {
    try first(DataSourceRecord.self, "SELECT * FROM notion_data_sources WHERE id = \(id)")
  }

  /// Recorded: a data source that is not there, or not shared, is called a database too.
  func dataSource(_ id: String, as sight: Sight) throws -> DataSourceRecord {
    guard let record = try anyDataSource(id), let database = try anyDatabase(record.databaseID),
      try sees(database, sight)
    else { throw APIError.notFound("database", id) }
    return record
  }

  func dataSources(of databaseID: String) throws -> [DataSourceRecord] {
    try all(
      DataSourceRecord.self,
      "SELECT * FROM notion_data_sources WHERE database_id = \(databaseID) AND in_trash = 0 ORDER BY position")
  }

  func databases() throws -> [DatabaseRecord] {
    try all(DatabaseRecord.self, "SELECT * FROM notion_databases ORDER BY created_time, id")
  }

  func sharedDataSources(as sight: Sight) throws -> [DataSourceRecord] {
    let seen = try databases().filter { try sees($0, sight) }.map(\.id)
    return try all(
      DataSourceRecord.self, "SELECT * FROM notion_data_sources WHERE database_id IN \(list: seen) ORDER BY position")
  }
}

extension WriteTransaction {
  func save(_ database: DatabaseRecord) throws {
    try run(
      """
      INSERT INTO notion_databases (id, title, description, parent, icon, cover, is_inline, is_locked, is_shared,
        in_trash, created_time, last_edited_time, created_by, last_edited_by)
      VALUES (\(database.id), \(StoredJSON.text(database.title)), \(StoredJSON.text(database.description)),
        \(StoredJSON.text(database.parent)), \(StoredJSON.textOrNull(database.icon)),
        \(StoredJSON.textOrNull(database.cover)), \(database.isInline), \(database.isLocked), \(database.isShared),
        \(database.isInTrash), \(database.createdTime), \(database.lastEditedTime), \(database.createdBy),
        \(database.lastEditedBy))
      ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description,
        parent = excluded.parent, icon = excluded.icon, cover = excluded.cover, is_inline = excluded.is_inline,
        is_locked = excluded.is_locked, is_shared = excluded.is_shared, in_trash = excluded.in_trash,
        last_edited_time = excluded.last_edited_time, last_edited_by = excluded.last_edited_by
      """)
  }

  func save(_ source: DataSourceRecord) throws {
    try run(
      """
      INSERT INTO notion_data_sources (id, database_id, position, title, description, icon, cover, schema, in_trash,
        created_time, last_edited_time, created_by, last_edited_by)
      VALUES (\(source.id), \(source.databaseID), \(source.position), \(StoredJSON.text(source.title)),
        \(StoredJSON.text(source.description)), \(StoredJSON.textOrNull(source.icon)),
        \(StoredJSON.textOrNull(source.cover)), \(JSON.text(source.schema)), \(source.isInTrash),
        \(source.createdTime), \(source.lastEditedTime), \(source.createdBy), \(source.lastEditedBy))
      ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description,
        icon = excluded.icon, cover = excluded.cover, schema = excluded.schema, in_trash = excluded.in_trash,
        last_edited_time = excluded.last_edited_time, last_edited_by = excluded.last_edited_by
      """)
  }
}
