import Basics
import Store

/// `POST data_sources/{id}/query`, and `databases/{id}/query` of 2022-06-28.
struct QueryCall {
  let call: Call
  let source: DataSourceRecord
  let transaction: ReadTransaction

  /// Results per query, however many rows match (since 2026-04-20).
  static let cap = 10_000

  static let members = [
    "filter", "sorts", "start_cursor", "page_size", "result_type", "archived", "in_trash", "is_archived",
  ]

  func answer() throws -> JSONValue {
    let body = try call.body(Self.members)
    let size = body["page_size"].isDefined ? try body["page_size"].integer(1...100) : 100
    let properties = try source.schema.selection(call.filterProperties)
    let query = try PreparedQuery(call: call, source: source, transaction: transaction, body: body)
    let matching = try query.ids()
    let ids = Array(matching.prefix(Self.cap))
    let start =
      try body["start_cursor"].isDefined && !body["start_cursor"].isNull
      ? query.position(of: body["start_cursor"].string(), in: ids) : 0
    let end = min(start + size, ids.count)
    let rows = try transaction.tableRows(Array(ids[start..<end]))
    let context = try transaction.context(source.schema, rows, columns: properties, now: call.now)
    let pages = rows.map { call.answers.page($0, properties, context, source: source) }
    let next = end < ids.count ? query.cursor(ids[end]) : nil
    var members = call.answers.list(pages, next: next, type: call.version.pageListType)
    if matching.count > Self.cap {
      members["request_status"] = ["type": "incomplete", "incomplete_reason": "query_result_limit_reached"]
    }
    return .object(members)
  }
}

/// A query whose filter and sorts are known to be right.
private struct PreparedQuery {
  let call: Call
  let source: DataSourceRecord
  let transaction: ReadTransaction
  let ordering: Ordering
  /// Stands for the table, filter and sorts: a cursor is good for the query it came from only.
  let identity: String

  init(call: Call, source: DataSourceRecord, transaction: ReadTransaction, body: Input) throws {
    self.call = call
    self.source = source
    self.transaction = transaction
    let parser = FilterParser(schema: source.schema, now: call.now) {
      $0.type == .rollup ? try transaction.rollupTarget(of: $0, source.schema)?.2 : nil
    }
    ordering = Ordering(filter: try parser.filter(body["filter"]), sorts: try Sort.list(body["sorts"], source.schema))
    let shape: [JSONValue] = [.string(source.id), body.value?["filter"] ?? .null, body.value?["sorts"] ?? .null]
    identity = ObjectID.stable(try JSON.text(shape))
  }

  func ids() throws -> [String] {
    let key = QueryMemory.Key(
      query: identity, revision: try transaction.counter("revision"), minute: call.now.minute.milliseconds)
    return try call.workspace.memory.ids(key) {
      let (rows, context) = try rows()
      return ordering.ids(rows.filter { !$0.page.isInTrash }, context)
    }
  }

  private func rows() throws -> ([TableRow], RowContext) {
    let columns = ordering.filter.properties + ordering.sorts.compactMap(\.property)
    let needed = try transaction.neededColumns(columns, source.schema)
    let rows = try transaction.tableRows(of: source.id, columns: needed)
    return (rows, try transaction.context(source.schema, rows, columns: columns, now: call.now))
  }

  /// As recorded: `s:<uuid>:<id of the next row>`.
  func cursor(_ id: String) -> String { "s:\(identity):\(id)" }

  /// Where to go on. If the row has gone meanwhile, at the place where it would be.
  func position(of cursor: String, in ids: [String]) throws -> Int {
    let parts = cursor.split(separator: ":")
    guard parts.count == 3, parts[0] == "s", parts[1] == identity else { throw Self.invalid(cursor) }
    if let index = ids.firstIndex(of: String(parts[2])) { return index }
    let (rows, context) = try rows()
    guard let gone = rows.first(where: { $0.page.id == parts[2] }) else { throw Self.invalid(cursor) }
    return ordering.next(from: gone, in: ids, rows, context).flatMap(ids.firstIndex) ?? ids.count
  }

  private static func invalid(_ cursor: String) -> APIError {
    .validation("The start_cursor provided is invalid: \(cursor)")
  }
}

extension Call {
  func queryDataSource() throws -> JSONValue {
    guard version.hasDataSources else { throw APIError.invalidURL }
    let id = try id("id", as: "data_source_id")
    return try workspace.read {
      try QueryCall(call: self, source: $0.dataSource(id, as: sight), transaction: $0).answer()
    }
  }

  func queryDatabase() throws -> JSONValue {
    guard !version.hasDataSources else { throw APIError.invalidURL }
    let id = try id("id", as: "database_id")
    return try workspace.read {
      try QueryCall(call: self, source: $0.onlyDataSource(of: id, as: sight), transaction: $0).answer()
    }
  }
}

extension Queries {
  /// What 2022-06-28 calls the database. With several tables there is no such thing.
  func onlyDataSource(of databaseID: String, as sight: Sight) throws -> DataSourceRecord {
    let sources = try dataSources(of: database(databaseID, as: sight).id)
    guard sources.count == 1 else {
      throw APIError(
        400, "validation_error", "Databases with multiple data sources are not supported in this API version.",
        additionalData: [
          "error_type": "multiple_data_sources_for_database", "database_id": .string(databaseID),
          "child_data_source_ids": .array(sources.map { .string($0.id) }), "minimum_api_version": "2025-09-03",
        ])
    }
    return sources[0]
  }
}
