import Basics
import Store

extension Call {
  func retrievePage() throws -> JSONValue {
    let id = try id("id", as: "page_id")
    return try workspace.read { try pageAnswer($0.page(id, as: sight), filterProperties, $0) }
  }

  func pageAnswer(_ page: PageRecord, _ selection: [String], _ queries: some Queries) throws -> JSONValue {
    let source = try page.dataSourceID.flatMap(queries.anyDataSource)
    let schema = source?.schema ?? .pageOnly
    let row = try queries.tableRow(page)
    let properties = try schema.selection(selection)
    let context = try queries.context(schema, [row], columns: properties, now: now)
    return answers.page(row, properties, context, source: source)
  }

  func createPage() throws -> JSONValue {
    let body = try body(["parent", "properties", "icon", "cover", "children", "position"])
    return try workspace.write { transaction in
      let editor = PageEditor(transaction: transaction, actor: actor.botID, now: now)
      let parent = try newParent(body["parent"], transaction)
      var source = parent.source
      var writing = Writing(schema: source?.schema ?? .pageOnly, directory: try transaction.directory())
      let values = body["properties"].isDefined ? try writing.values(body["properties"]) : []
      try editor.keep(writing.schema, in: &source)
      let icon = try Icon.normalised(body["icon"])
      let page = try editor.create(
        values, in: source, parent: parent.value, icon: icon, cover: Icon.normalised(body["cover"]))
      if body["children"].isDefined { _ = try append(body["children"], to: .page(page.id), transaction) }
      return try pageAnswer(page, [], transaction)
    }
  }

  private func newParent(
    _ input: Input, _ transaction: WriteTransaction
  ) throws -> (source: DataSourceRecord?, value: JSONValue) {
    _ = try input.object()
    if input["data_source_id"].isDefined, version.hasDataSources {
      return (try transaction.dataSource(input["data_source_id"].uuid(), as: sight), .null)
    }
    if input["database_id"].isDefined {
      return (try transaction.onlyDataSource(of: input["database_id"].uuid(), as: sight), .null)
    }
    if input["page_id"].isDefined {
      let page = try transaction.page(input["page_id"].uuid(), as: sight)
      if page.isInTrash { throw APIError.trashedBlock }
      return (nil, ["type": "page_id", "page_id": .string(page.id)])
    }
    let keys = version.hasDataSources ? ["page_id", "data_source_id", "database_id"] : ["page_id", "database_id"]
    throw APIError.fixOne("body", keys.map { input[$0].sentence("defined") })
  }

  func updatePage() throws -> JSONValue {
    let id = try id("id", as: "page_id")
    let flags = version.hasArchived ? ["in_trash", "archived"] : ["in_trash"]
    let body = try body(["properties", "icon", "cover", "is_locked", "is_archived"] + flags)
    let trash = try flags.filter { body[$0].isDefined }.map { try body[$0].bool() }.first
    return try workspace.write { transaction in
      var page = try transaction.page(id, as: sight)
      if page.isInTrash && trash != false { throw APIError.trashedPage }
      page.isInTrash = trash ?? page.isInTrash
      if body["icon"].isDefined { page.icon = try Icon.normalised(body["icon"]) }
      if body["cover"].isDefined { page.cover = try Icon.normalised(body["cover"]) }
      if body["is_locked"].isDefined { page.isLocked = try body["is_locked"].bool() }
      let editor = PageEditor(transaction: transaction, actor: actor.botID, now: now)
      page = try editor.update(page, properties: body["properties"])
      return try pageAnswer(page, [], transaction)
    }
  }
}

/// Icons and covers: an emoji, or a picture with an address.
enum Icon {
  static func normalised(_ input: Input) throws -> JSONValue {
    guard input.isDefined, !input.isNull else { return .null }
    _ = try input.object(orNull: true)
    if input["emoji"].isDefined { return ["type": "emoji", "emoji": .string(try input["emoji"].string())] }
    if input["external"].isDefined {
      let url = try input["external"]["url"].string(upTo: 2000)
      return ["type": "external", "external": ["url": .string(url)]]
    }
    if input["name"].isDefined {
      let color = input["color"].isDefined ? JSONValue.string(try input["color"].string()) : "gray"
      return ["type": "icon", "icon": ["name": .string(try input["name"].string()), "color": color]]
    }
    throw APIError.fixOne("body", ["emoji", "external"].map { input[$0].sentence("defined") })
  }
}
