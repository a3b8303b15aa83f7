import Basics
import HTTP
import Store

/// What tests pull: many rows at once, a person's edit, a revoked token.
extension Workspace {
  var leverRoutes: [Route] {
    [
      .post("/sandbox/notion/rows") { request, _ in try addRows(try request.json()) },
      .post("/sandbox/notion/pages/:id/edit") { request, path in try edit(path["id"], try request.json()) },
      .put("/sandbox/notion/token") { request, _ in try setRevoked(try request.json()) },
    ]
  }

  private struct RowOrder: Decodable {
    let dataSourceID: String
    let count: Int

    enum CodingKeys: String, CodingKey {
      case dataSourceID = "data_source_id"
      case count
    }
  }

  /// Many plain rows in one go: a title each, numbers, and the first columns of the bug tracker where they are there.
  private func addRows(_ order: RowOrder) throws -> Response {
    guard (1...50_000).contains(order.count) else { throw Failure.invalid("Ask for 1 to 50,000 rows.") }
    return try write { transaction in
      guard let id = ObjectID.parse(order.dataSourceID), let source = try transaction.anyDataSource(id) else {
        throw Failure.notFound("There is no data source with this id.")
      }
      let filler = RowFiller(transaction: transaction, source: source, now: now)
      return try .json(["created": try filler.add(order.count)], status: 201)
    }
  }

  private func edit(_ pageID: String, _ values: [String: JSONValue]) throws -> Response {
    try write { transaction in
      try PersonEdit(transaction: transaction, now: now).apply(values, to: pageID)
    }
    return .empty()
  }

  private struct TokenState: Decodable {
    let revoked: Bool
  }

  private func setRevoked(_ state: TokenState) throws -> Response {
    try write { try $0.setCounter("token revoked", state.revoked ? 1 : 0) }
    return .empty()
  }
}

/// Rows without much in them, quickly.
private struct RowFiller {
  let transaction: WriteTransaction
  let source: DataSourceRecord
  let now: Timestamp

  func add(_ count: Int) throws -> Int {
    let lastPosition = try transaction.next("position", count: Int64(count))
    let lastNumber = try transaction.next("unique \(source.id)", count: Int64(count))
    for index in 1...count {
      let back = Int64(count - index)
      let page = PageRecord(
        id: ObjectID.make(at: now), dataSourceID: source.id, parent: .null, position: lastPosition - back,
        createdTime: now.minute, lastEditedTime: now.minute, createdBy: FirstContent.people[0].id,
        lastEditedBy: FirstContent.people[0].id)
      let title = "Bulk row \(index)"
      try transaction.insert(page, title: title)
      for (id, value) in try cells(index, title, number: lastNumber - back) {
        try transaction.run(
          """
          INSERT INTO notion_values (page_id, property_id, value) VALUES (\(page.id), \(id), \(StoredJSON.text(value)))
          """)
      }
    }
    return count
  }

  private func cells(_ index: Int, _ title: String, number: Int64) throws -> [(String, JSONValue)] {
    source.schema.properties.compactMap { property in
      switch property.type {
      case .title: (property.id, RichText.plain(title))
      case .uniqueID: (property.id, .integer(number))
      case .number: (property.id, .integer(Int64(index % 100)))
      case .status, .select:
        property.options.isEmpty ? nil : (property.id, .string(property.options[index % property.options.count].id))
      default: nil
      }
    }
  }
}
