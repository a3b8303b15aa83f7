import Basics
import Store

extension Call {
  /// `POST search`: titles only, over what is shared, the last edited first.
  func search() throws -> JSONValue {
    let body = try body(["query", "filter", "sort", "start_cursor", "page_size"])
    let size = body["page_size"].isDefined ? try body["page_size"].integer(1...100) : 100
    let cursor = body["start_cursor"].isDefined ? try body["start_cursor"].string() : nil
    let wanted = try SearchFilter(body, version)
    return try workspace.read { transaction in
      let hits = try transaction.hits(wanted, as: sight).prefix(QueryCall.cap)
      let slice = try Slice(Array(hits), size: size, from: cursor, id: \.id)
      let results = try slice.elements.map { try object($0, transaction) }
      return .object(answers.list(results, next: slice.next, type: version.pageListType))
    }
  }

  private func object(_ hit: SearchHit, _ transaction: ReadTransaction) throws -> JSONValue {
    if hit.isPage { return try pageAnswer(transaction.page(hit.id, as: sight), [], transaction) }
    return version.hasDataSources
      ? try dataSourceAnswer(transaction.dataSource(hit.id, as: sight), transaction)
      : try databaseAnswer(
        transaction.database(transaction.dataSource(hit.id, as: sight).databaseID, as: sight), transaction)
  }
}

private struct SearchFilter {
  let words: String
  var wantsPages = true
  var wantsTables = true
  var isInTrash = false
  let isAscending: Bool

  init(_ body: Input, _ version: Version) throws {
    words = body["query"].isDefined ? try body["query"].string().lowercased() : ""
    let filter = body["filter"]
    if filter.isDefined {
      let members = try filter.object()
      if members["in_trash"] != nil { isInTrash = try filter["in_trash"].bool() }
      if members["property"] != nil || members["value"] != nil || members.isEmpty {
        _ = try filter["property"].choice(["object"])
        let value = try filter["value"].choice(["page", version.tableObject])
        wantsPages = value == "page"
        wantsTables = !wantsPages
      }
    }
    let sort = body["sort"]
    isAscending =
      sort["direction"].isDefined
      ? try sort["direction"].choice(["ascending", "descending"]) == "ascending" : false
    if sort["timestamp"].isDefined { _ = try sort["timestamp"].choice(["last_edited_time"]) }
  }
}

private struct SearchHit: RowDecodable {
  let id: String
  let title: String
  let lastEditedTime: Timestamp
  let isPage: Bool

  init(row: Row) throws {
    id = try row.get("id")
    title = try row.get("title")
    lastEditedTime = try row.get("last_edited_time")
    isPage = true
  }

  init(_ source: DataSourceRecord) {
    id = source.id
    title = source.name
    lastEditedTime = source.lastEditedTime
    isPage = false
  }
}

extension Queries {
  fileprivate func hits(_ wanted: SearchFilter, as sight: Sight) throws -> [SearchHit] {
    let sources = try sharedDataSources(as: sight)
    let tables = wanted.wantsTables ? sources.filter { $0.isInTrash == wanted.isInTrash } : []
    let pages =
      wanted.wantsPages
      ? try all(
        SearchHit.self,
        """
        SELECT id, title, last_edited_time FROM notion_pages
        WHERE in_trash = \(wanted.isInTrash)
          AND (data_source_id IN \(list: sources.map(\.id)) OR id IN \(list: otherPages(sight)))
        ORDER BY last_edited_time DESC, position DESC
        """) : []
    let hits = (tables.map(SearchHit.init) + pages)
      .filter { wanted.words.isEmpty || $0.title.lowercased().contains(wanted.words) }
      .enumerated()
      .sorted { ($1.element.lastEditedTime.minute, $0.offset) < ($0.element.lastEditedTime.minute, $1.offset) }
      .map(\.element)
    return wanted.isAscending ? hits.reversed() : hits
  }
}
