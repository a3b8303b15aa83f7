import Basics
import Store

extension Call {
  func retrieveDatabase() throws -> JSONValue {
    let id = try id("id", as: "database_id")
    return try workspace.read { try databaseAnswer($0.database(id, as: sight), $0) }
  }

  func retrieveDataSource() throws -> JSONValue {
    guard version.hasDataSources else { throw APIError.invalidURL }
    let id = try id("id", as: "data_source_id")
    return try workspace.read { try dataSourceAnswer($0.dataSource(id, as: sight), $0) }
  }

  func databaseAnswer(_ database: DatabaseRecord, _ queries: some Queries) throws -> JSONValue {
    let sources = try queries.dataSources(of: database.id)
    let columns =
      version.hasDataSources
      ? [:] : try queries.columns(of: queries.onlyDataSource(of: database.id, as: sight), version)
    return answers.database(database, sources, columns)
  }

  func dataSourceAnswer(_ source: DataSourceRecord, _ queries: some Queries) throws -> JSONValue {
    guard let database = try queries.anyDatabase(source.databaseID) else {
      throw APIError.notFound("database", source.databaseID)
    }
    return answers.dataSource(source, database, try queries.columns(of: source, version))
  }

  func updateDatabase() throws -> JSONValue {
    let id = try id("id", as: "database_id")
    let flags = version.hasArchived ? ["in_trash", "archived"] : ["in_trash"]
    let columns = version.hasDataSources ? [] : ["properties"]
    let body = try body(["title", "description", "icon", "cover", "is_inline", "is_locked"] + flags + columns)
    return try workspace.write { transaction in
      var database = try transaction.database(id, as: sight)
      let directory = try transaction.directory()
      if body["title"].isDefined { database.title = try RichText.normalised(body["title"], directory) }
      if body["description"].isDefined {
        database.description = try RichText.normalised(body["description"], directory)
      }
      if body["icon"].isDefined { database.icon = try Icon.normalised(body["icon"]) }
      if body["cover"].isDefined { database.cover = try Icon.normalised(body["cover"]) }
      if body["is_inline"].isDefined { database.isInline = try body["is_inline"].bool() }
      if body["is_locked"].isDefined { database.isLocked = try body["is_locked"].bool() }
      for flag in flags where body[flag].isDefined { database.isInTrash = try body[flag].bool() }
      database.lastEditedTime = now
      database.lastEditedBy = actor.botID
      try transaction.save(database)
      try follow(database, body, transaction)
      return try databaseAnswer(database, transaction)
    }
  }

  /// The only table of a database has its title and description (recorded); on 2022-06-28 its columns change here too.
  private func follow(_ database: DatabaseRecord, _ body: Input, _ transaction: WriteTransaction) throws {
    let sources = try transaction.dataSources(of: database.id)
    guard sources.count == 1, var source = sources.first else { return }
    let columns = source.schema
    if body["title"].isDefined { source.title = database.title }
    if body["description"].isDefined { source.description = database.description }
    if body["properties"].isDefined {
      try SchemaEditor(transaction: transaction, version: version, sight: sight).apply(body["properties"], to: &source)
    }
    try save(&source, transaction)
    try transaction.tellColumns(of: source, before: columns, by: actor.botID, at: now)
  }

  func updateDataSource() throws -> JSONValue {
    guard version.hasDataSources else { throw APIError.invalidURL }
    let id = try id("id", as: "data_source_id")
    let flags = version.hasArchived ? ["in_trash", "archived"] : ["in_trash"]
    let body = try body(["title", "description", "icon", "properties"] + flags)
    return try workspace.write { transaction in
      var source = try transaction.dataSource(id, as: sight)
      let columns = source.schema
      let directory = try transaction.directory()
      if body["title"].isDefined { source.title = try RichText.normalised(body["title"], directory) }
      if body["description"].isDefined { source.description = try RichText.normalised(body["description"], directory) }
      if body["icon"].isDefined { source.icon = try Icon.normalised(body["icon"]) }
      for flag in flags where body[flag].isDefined { source.isInTrash = try body[flag].bool() }
      if body["properties"].isDefined {
        try SchemaEditor(transaction: transaction, version: version, sight: sight).apply(
          body["properties"], to: &source)
      }
      try save(&source, transaction)
      try transaction.tellColumns(of: source, before: columns, by: actor.botID, at: now)
      return try dataSourceAnswer(source, transaction)
    }
  }

  private func save(_ source: inout DataSourceRecord, _ transaction: WriteTransaction) throws {
    source.lastEditedTime = now.minute
    source.lastEditedBy = actor.botID
    try transaction.save(source)
  }
}
