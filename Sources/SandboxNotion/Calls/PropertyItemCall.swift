import Basics
import Store

extension Call {
  /// `GET pages/{id}/properties/{prop}`: a single item, or a list with one element each for what can be long.
  func propertyItem() throws -> JSONValue {
    let id = try id("id", as: "page_id")
    let paging = try page()
    return try workspace.read { transaction in
      let page = try transaction.page(id, as: sight)
      let schema = try page.dataSourceID.flatMap(transaction.anyDataSource)?.schema ?? .pageOnly
      guard let property = schema[nameOrID: path["property"]] else {
        throw APIError.validation("Could not find property with name or id: \(path["property"])")
      }
      let row = try transaction.tableRow(page)
      let context = try transaction.context(schema, [row], columns: [property], now: now)
      return property.type.isPaged
        ? try list(property, row, context, paging) : item(property, Reading.value(of: property, in: row, context))
    }
  }

  private func item(_ property: Property, _ value: JSONValue) -> JSONValue {
    [
      "object": "property_item", "type": .string(property.type.rawValue), "id": .string(property.encodedID),
      property.type.rawValue: value,
    ]
  }

  private func list(
    _ property: Property, _ row: TableRow, _ context: RowContext, _ paging: (size: Int, cursor: String?)
  ) throws -> JSONValue {
    let items = elements(property, row, context).enumerated().map { index, element in
      (id: ObjectID.stable("\(row.page.id) \(property.id) \(index)"), element: element)
    }
    let slice = try Slice(items, size: paging.size, from: paging.cursor, id: \.id)
    var members = answers.list(slice.elements.map(\.element), next: slice.next, type: "property_item")
    members["property_item"] = [
      "id": .string(property.encodedID), "next_url": nextURL(property, row, slice.next, paging.size),
      "type": .string(property.type.rawValue), property.type.rawValue: summary(property, row, context),
    ]
    return .object(members)
  }

  private func elements(_ property: Property, _ row: TableRow, _ context: RowContext) -> [JSONValue] {
    guard property.type == .rollup else {
      return (Reading.value(of: property, in: row, context).array ?? []).map { item(property, $0) }
    }
    guard case .originals(let rows) = Rollup.result(of: property, in: row, context),
      let source = context.rollups[property.id]
    else { return [] }
    return rows.map { item(source.target, Reading.value(of: source.target, in: $0, Rollup.inner(context, source))) }
  }

  private func summary(_ property: Property, _ row: TableRow, _ context: RowContext) -> JSONValue {
    guard property.type == .rollup else { return [:] }
    guard case .object(var members) = Rollup.answer(of: property, in: row, context) else { return .null }
    if members["array"] != nil { members["array"] = [] }
    return .object(members)
  }

  private func nextURL(_ property: Property, _ row: TableRow, _ cursor: String?, _ size: Int) -> JSONValue {
    guard let cursor else { return .null }
    let path = "\(NotionSandbox.basePath)/pages/\(row.page.id)/properties/\(property.encodedID)"
    return .string("\(workspace.stage.publicURL)\(path)?start_cursor=\(cursor)&page_size=\(size)")
  }
}
