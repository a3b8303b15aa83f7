import Basics
import HTTP
import Store

/// What a visitor asked to see: words in the title, an order, a page of fifty.
struct TableSearch {
  let words: String
  let sort: Property?
  let isDescending: Bool
  let page: Int

  static let pageSize = 50

  init(_ query: Fields, _ schema: Schema) {
    words = query["q"] ?? ""
    sort = query["sort"].flatMap { schema[nameOrID: $0] }
    isDescending = query["direction"] == "descending"
    page = max(1, query["page"].flatMap(Int.init) ?? 1)
  }

  /// The query of the same page with one thing changed.
  func link(source: String, sort: String? = nil, descending: Bool? = nil, page: Int = 1) -> String {
    var fields: Fields = ["source": source]
    if !words.isEmpty { fields.add("q", words) }
    if let name = sort ?? self.sort?.name {
      fields.add("sort", name)
      fields.add("direction", descending ?? isDescending ? "descending" : "ascending")
    }
    if page > 1 { fields.add("page", String(page)) }
    return "?" + fields.encoded
  }
}

/// A table with some of its rows.
struct TableView {
  struct Column {
    let name: String
    let href: String
    let arrow: String?
    let isNumber: Bool
  }

  struct Choice {
    let property: String
    let options: [String]
  }

  struct Tab {
    let name: String
    let href: String
  }

  let title: String
  let icon: String?
  let address: String
  let source: String
  let isTrash: Bool
  let isPrivate: Bool
  let words: String?
  let sort: String?
  let direction: String
  let tabs: [Tab]
  let columns: [Column]
  let choices: [Choice]
  let lines: [LineView]
  let isEmpty: Bool
  let count: String
  let previous: String?
  let next: String?

  init(
    _ database: DatabaseRecord, _ sources: [DataSourceRecord], _ source: DataSourceRecord, _ search: TableSearch,
    isTrash: Bool, _ queries: some Queries, now: Timestamp
  ) throws {
    title = source.name.isEmpty ? "Untitled" : source.name
    icon = database.icon["emoji"]?.string
    address = "/sandbox/notion/databases/\(database.id)"
    self.source = source.id
    self.isTrash = isTrash
    isPrivate = !database.isShared
    words = search.words.nonEmpty
    sort = search.sort?.name
    direction = search.isDescending ? "descending" : "ascending"
    tabs = sources.count > 1 ? sources.map { Tab(name: $0.name, href: "?source=\($0.id)") } : []
    columns = source.schema.properties.map { Self.column($0, source.id, search) }
    choices = source.schema.properties.filter { [.select, .status].contains($0.type) }
      .map { Choice(property: $0.name, options: $0.options.map(\.name)) }
    let ids = try Self.ids(source, search, isTrash: isTrash, queries, now: now)
    let start = min((search.page - 1) * TableSearch.pageSize, ids.count)
    let end = min(start + TableSearch.pageSize, ids.count)
    let rows = try queries.tableRows(Array(ids[start..<end]))
    let context = try queries.context(source.schema, rows, now: now)
    lines = rows.map { LineView($0, source.schema, context) }
    isEmpty = ids.isEmpty
    count = ids.isEmpty ? "No rows" : "\(start + 1)–\(end) of \(ids.count)"
    previous = start > 0 ? search.link(source: source.id, page: search.page - 1) : nil
    next = end < ids.count ? search.link(source: source.id, page: search.page + 1) : nil
  }

  private static func column(_ property: Property, _ source: String, _ search: TableSearch) -> Column {
    let isSorted = search.sort?.id == property.id
    return Column(
      name: property.name,
      href: search.link(source: source, sort: property.name, descending: isSorted && !search.isDescending),
      arrow: isSorted ? (search.isDescending ? "↓" : "↑") : nil, isNumber: CellView.isNumber(property.type))
  }

  private static func ids(
    _ source: DataSourceRecord, _ search: TableSearch, isTrash: Bool, _ queries: some Queries, now: Timestamp
  ) throws -> [String] {
    let title = source.schema.title
    let filter: Filter =
      search.words.isEmpty ? .everything : title.map { .property($0, .text(.contains, search.words)) } ?? .everything
    let ordering = Ordering(
      filter: filter,
      sorts: search.sort.map { [Sort(column: .property($0), isDescending: search.isDescending)] } ?? [])
    let columns = filter.properties + ordering.sorts.compactMap(\.property)
    let needed = try queries.neededColumns(columns, source.schema)
    let rows = try queries.tableRows(of: source.id, columns: needed).filter { $0.page.isInTrash == isTrash }
    return ordering.ids(rows, try queries.context(source.schema, rows, columns: columns, now: now))
  }
}

/// One row of the table.
struct LineView {
  let id: String
  let title: String
  let isInTrash: Bool
  let cells: [CellView]

  init(_ row: TableRow, _ schema: Schema, _ context: RowContext) {
    id = row.page.id
    let text = Reading.title(of: row)
    title = text.allSatisfy(\.isWhitespace) ? "Untitled" : text
    isInTrash = row.page.isInTrash
    cells = schema.properties.filter { $0.type != .title }.map { CellView($0, row, context) }
  }
}
