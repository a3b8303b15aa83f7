import Basics
import Store

extension PageRecord: RowDecodable {
  init(row: Row) throws {
    id = try row.get("id")
    dataSourceID = try row.optional("data_source_id")
    parent = try row.json("parent")
    position = try row.get("position")
    icon = try row.json("icon")
    cover = try row.json("cover")
    isInTrash = try row.get("in_trash")
    isLocked = try row.get("is_locked")
    createdTime = try row.get("created_time")
    lastEditedTime = try row.get("last_edited_time")
    createdBy = try row.get("created_by")
    lastEditedBy = try row.get("last_edited_by")
  }
}

private struct CellRecord: RowDecodable {
  let pageID: String
  let propertyID: String
  let value: JSONValue

  init(row: Row) throws {
    pageID = try row.get("page_id")
    propertyID = try row.get("property_id")
    value = try row.json("value")
  }
}

extension Queries {
  func anyPage(_ id: String) throws -> PageRecord? {
    try first(PageRecord.self, "SELECT * FROM notion_pages WHERE id = \(id)")
  }

  /// A page that may be seen, in the trash or not.
  func page(_ id: String, as sight: Sight) throws -> PageRecord {
    guard let page = try anyPage(id), try sees(page, sight) else { throw APIError.notFound("page", id) }
    return page
  }

  /// Pages with all their values, in the order of the ids.
  func tableRows(_ ids: [String]) throws -> [TableRow] {
    let pages = try all(PageRecord.self, "SELECT * FROM notion_pages WHERE id IN \(list: ids)")
    let cells = try all(CellRecord.self, "SELECT * FROM notion_values WHERE page_id IN \(list: ids)")
    let rows = Dictionary(joined(pages, cells).map { ($0.page.id, $0) }, uniquingKeysWith: { first, _ in first })
    return ids.compactMap { rows[$0] }
  }

  func tableRow(_ page: PageRecord) throws -> TableRow {
    let cells = try all(CellRecord.self, "SELECT * FROM notion_values WHERE page_id = \(page.id)")
    return joined([page], cells)[0]
  }

  /// All rows of a table, trashed ones too, with the values of these columns only.
  func tableRows(of dataSourceID: String, columns: [String]) throws -> [TableRow] {
    let pages = try all(
      PageRecord.self, "SELECT * FROM notion_pages WHERE data_source_id = \(dataSourceID) ORDER BY position")
    if columns.isEmpty { return joined(pages, []) }
    let cells = try all(
      CellRecord.self,
      """
      SELECT v.page_id, v.property_id, v.value FROM notion_values v JOIN notion_pages p ON p.id = v.page_id
      WHERE p.data_source_id = \(dataSourceID) AND v.property_id IN \(list: columns)
      """)
    return joined(pages, cells)
  }

  private func joined(_ pages: [PageRecord], _ cells: [CellRecord]) -> [TableRow] {
    let byPage = Dictionary(grouping: cells, by: \.pageID)
    return pages.map { page in
      let pairs = (byPage[page.id] ?? []).map { ($0.propertyID, $0.value) }
      return TableRow(page: page, values: Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
    }
  }
}

extension WriteTransaction {
  func insert(_ page: PageRecord, title: String) throws {
    try run(
      """
      INSERT INTO notion_pages (id, data_source_id, parent, position, title, icon, cover, in_trash, is_locked,
        created_time, last_edited_time, created_by, last_edited_by)
      VALUES (\(page.id), \(page.dataSourceID), \(StoredJSON.textOrNull(page.parent)), \(page.position), \(title),
        \(StoredJSON.textOrNull(page.icon)), \(StoredJSON.textOrNull(page.cover)), \(page.isInTrash), \(page.isLocked),
        \(page.createdTime), \(page.lastEditedTime), \(page.createdBy), \(page.lastEditedBy))
      """)
  }

  func update(_ page: PageRecord) throws {
    try run(
      """
      UPDATE notion_pages SET icon = \(StoredJSON.textOrNull(page.icon)), cover = \(StoredJSON.textOrNull(page.cover)),
        in_trash = \(page.isInTrash), is_locked = \(page.isLocked), last_edited_time = \(page.lastEditedTime),
        last_edited_by = \(page.lastEditedBy)
      WHERE id = \(page.id)
      """)
  }

  /// Nil and null empty the cell. The title is kept beside the page too, for searching.
  func setValue(_ value: JSONValue?, of propertyID: String, page pageID: String) throws {
    if let value, !value.isNull {
      try run(
        """
        INSERT INTO notion_values (page_id, property_id, value) VALUES (\(pageID), \(propertyID), \(StoredJSON.text(value)))
        ON CONFLICT (page_id, property_id) DO UPDATE SET value = excluded.value
        """)
    } else {
      try run("DELETE FROM notion_values WHERE page_id = \(pageID) AND property_id = \(propertyID)")
    }
    if propertyID == "title" {
      try run("UPDATE notion_pages SET title = \(RichText.plainText(value)) WHERE id = \(pageID)")
    }
  }
}
