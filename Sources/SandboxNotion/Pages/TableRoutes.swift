import Basics
import HTTP
import Store

/// The pages a person looks at and edits. What is done here is done by people, not by the integration.
extension Workspace {
  var pageRoutes: [Route] {
    [
      .get("/sandbox/notion/databases/:id") { request, path in try tablePage(path["id"], request.query) },
      .get("/sandbox/notion/databases/:id/trash") { request, path in
        try tablePage(path["id"], request.query, isTrash: true)
      },
      .post("/sandbox/notion/databases/:id/rows") { request, path in try newRow(path["id"], request.form()) },
      .get("/sandbox/notion/pages/:id") { _, path in try rowPage(path["id"]) },
      .post("/sandbox/notion/pages/:id") { request, path in try saveRow(path["id"], request.form()) },
      .get("/sandbox/notion/pages/:id/line") { _, path in try line(path["id"]) },
      .post("/sandbox/notion/pages/:id/trash") { _, path in try setTrash(true, path["id"]) },
      .post("/sandbox/notion/pages/:id/restore") { _, path in try setTrash(false, path["id"]) },
    ]
  }

  private func tablePage(_ id: String, _ query: Fields, isTrash: Bool = false) throws -> Response {
    let view = try read { transaction in
      let (database, sources) = try table(id, transaction)
      let source = sources.first { $0.id == query["source"] } ?? sources[0]
      let search = TableSearch(query, source.schema)
      return try TableView(database, sources, source, search, isTrash: isTrash, transaction, now: now)
    }
    return try stage.pages.page("notion-table", data: view, title: view.title, script: "notion.js")
  }

  private func table(_ id: String, _ queries: some Queries) throws -> (DatabaseRecord, [DataSourceRecord]) {
    guard let id = ObjectID.parse(id), let database = try queries.anyDatabase(id) else {
      throw Failure.notFound("There is no database at this address.")
    }
    let sources = try queries.dataSources(of: id)
    guard !sources.isEmpty else { throw Failure.notFound("This database has no table.") }
    return (database, sources)
  }

  private func newRow(_ databaseID: String, _ form: Fields) throws -> Response {
    let id = try write { transaction in
      let (_, sources) = try table(databaseID, transaction)
      let source = sources.first { $0.id == form["source"] } ?? sources[0]
      return try PersonEdit(transaction: transaction, now: now).create(in: source.id, title: form["title"] ?? "")
    }
    return .seeOther("/sandbox/notion/pages/\(id)")
  }

  private func rowPage(_ id: String) throws -> Response {
    let view = try read { try RowView(found(id, $0), $0, now: now) }
    return try stage.pages.page("notion-row", data: view, title: view.title)
  }

  private func found(_ id: String, _ queries: some Queries) throws -> PageRecord {
    guard let id = ObjectID.parse(id), let page = try queries.anyPage(id) else {
      throw Failure.notFound("There is no page at this address.")
    }
    return page
  }

  /// Saves what was changed and nothing else, so that untouched text keeps its annotations.
  private func saveRow(_ id: String, _ form: Fields) throws -> Response {
    var refused: RowView?
    let back = try write { transaction in
      let page = try found(id, transaction)
      let sent = try RowForm(page, form, transaction, now: now)
      guard sent.problems.isEmpty else {
        refused = try RowView(page, transaction, now: now, form: sent)
        return ""
      }
      if !sent.changes.isEmpty { try PersonEdit(transaction: transaction, now: now).apply(sent.changes, to: page.id) }
      return try tableAddress(of: page, transaction)
    }
    if let refused {
      return try stage.pages.page("notion-row", data: refused, title: refused.title, status: 422)
    }
    return .seeOther(back)
  }

  private func tableAddress(of page: PageRecord, _ queries: some Queries) throws -> String {
    let source = try page.dataSourceID.flatMap(queries.anyDataSource)
    return source.map { "/sandbox/notion/databases/\($0.databaseID)?source=\($0.id)#row-\(page.id)" }
      ?? "/sandbox/notion/pages/\(page.id)"
  }

  /// One line of the table, for the script to put in place after an edit.
  private func line(_ id: String) throws -> Response {
    let view = try read { transaction in
      let page = try found(id, transaction)
      let schema = try page.dataSourceID.flatMap(transaction.anyDataSource)?.schema ?? .pageOnly
      let row = try transaction.tableRow(page)
      return LineView(row, schema, try transaction.context(schema, [row], now: now))
    }
    return try stage.pages.fragment("notion-line", data: view)
  }

  private func setTrash(_ isInTrash: Bool, _ id: String) throws -> Response {
    let back = try write { transaction in
      let page = try found(id, transaction)
      try PersonEdit(transaction: transaction, now: now).setTrash(isInTrash, page: page.id)
      return try tableAddress(of: page, transaction)
    }
    return .seeOther(back)
  }
}
