import Basics
import Store

extension Call {
  /// `POST databases`: the container with its first table. The new versions take the columns under
  /// `initial_data_source`; top-level `properties` are then ignored in silence, as Notion does.
  func createDatabase() throws -> JSONValue {
    let body = try body([
      "parent", "title", "description", "icon", "cover", "is_inline", "properties", "initial_data_source",
    ])
    let columns = version.hasDataSources ? body["initial_data_source"]["properties"] : body["properties"]
    return try workspace.write { transaction in
      let page = try transaction.page(body["parent"]["page_id"].uuid(), as: sight)
      let directory = try transaction.directory()
      let database = DatabaseRecord(
        id: ObjectID.make(at: now),
        title: body["title"].isDefined ? try RichText.normalised(body["title"], directory) : [],
        description: body["description"].isDefined ? try RichText.normalised(body["description"], directory) : [],
        parent: ["type": "page_id", "page_id": .string(page.id)], icon: try Icon.normalised(body["icon"]),
        cover: try Icon.normalised(body["cover"]),
        isInline: body["is_inline"].isDefined ? try body["is_inline"].bool() : false, createdTime: now,
        lastEditedTime: now, createdBy: actor.botID, lastEditedBy: actor.botID)
      try transaction.save(database)
      try addTable(to: database, title: database.title, columns: columns, transaction)
      return try databaseAnswer(database, transaction)
    }
  }

  /// `POST data_sources`: another table in a database.
  func createDataSource() throws -> JSONValue {
    guard version.hasDataSources else { throw APIError.invalidURL }
    let body = try body(["parent", "properties", "title", "icon"])
    return try workspace.write { transaction in
      let database = try transaction.database(body["parent"]["database_id"].uuid(), as: sight)
      let title =
        body["title"].isDefined ? try RichText.normalised(body["title"], transaction.directory()) : database.title
      _ = try body["properties"].object()
      var source = try addTable(to: database, title: title, columns: body["properties"], transaction)
      source.icon = try Icon.normalised(body["icon"])
      try transaction.save(source)
      return try dataSourceAnswer(source, transaction)
    }
  }

  @discardableResult
  private func addTable(
    to database: DatabaseRecord, title: JSONValue, columns: Input, _ transaction: WriteTransaction
  ) throws -> DataSourceRecord {
    var source = DataSourceRecord(
      id: ObjectID.make(at: now), databaseID: database.id, position: try transaction.next("position"), title: title,
      description: database.description, schema: Schema(properties: []), createdTime: now.minute,
      lastEditedTime: now.minute, createdBy: actor.botID, lastEditedBy: actor.botID)
    try transaction.save(source)
    if columns.isDefined {
      try SchemaEditor(transaction: transaction, version: version, sight: sight).apply(columns, to: &source)
    }
    if source.schema.title == nil {
      source.schema.properties.append(Property(id: "title", name: "Name", type: .title))
    }
    try transaction.save(source)
    return source
  }
}
