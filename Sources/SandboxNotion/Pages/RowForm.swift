import Basics
import HTTP
import Store

/// What somebody sent from a page's form: what changed, and what is wrong with it.
struct RowForm {
  /// By property id, as the inputs held it.
  private(set) var sent: [String: [String]] = [:]
  /// By name of the column, simple values.
  private(set) var changes: [String: JSONValue] = [:]
  private(set) var problems: [String: String] = [:]

  init(_ page: PageRecord, _ form: Fields, _ queries: some Queries, now: Timestamp) throws {
    let schema = try page.dataSourceID.flatMap(queries.anyDataSource)?.schema ?? .pageOnly
    let row = try queries.tableRow(page)
    let directory = try queries.directory()
    for property in schema.properties where property.type.isEditable {
      let values = FormValue.read(property, form)
      sent[property.id] = values
      guard values != FormValue.shown(property, row) else { continue }
      do {
        let value = try FormValue.simple(property, values) { try Self.pageID($0, page, queries) }
        var writing = Writing(schema: schema, directory: directory)
        let content = JSONValue.object([property.type.rawValue: try PersonEdit.sent(value, property)])
        _ = try asFailure { try writing.values(Input("body.properties", .object([property.name: content]))) }
        changes[property.name] = value
      } catch let failure as Failure {
        problems[property.id] = failure.sentence
      }
    }
  }

  /// A related page, by its id or by the number its table gives it.
  private static func pageID(_ text: String, _ page: PageRecord, _ queries: some Queries) throws -> String {
    if let id = ObjectID.parse(text) { return id }
    let digits = text.split(separator: "-").last.flatMap { Int64($0) }
    let id = try digits.flatMap { number in
      try queries.value(
        String.self,
        """
        SELECT v.page_id FROM notion_values v JOIN notion_pages p ON p.id = v.page_id
        WHERE p.data_source_id = \(page.dataSourceID) AND v.value = \(String(number))
          AND v.property_id = \(uniqueID(page, queries)) LIMIT 1
        """)
    }
    guard let id else { throw Failure.invalid("There is no page “\(text)”. Give its id or its number, such as LK-12.") }
    return id
  }

  private static func uniqueID(_ page: PageRecord, _ queries: some Queries) throws -> String {
    let schema = try page.dataSourceID.flatMap(queries.anyDataSource)?.schema
    return schema?.properties.first { $0.type == .uniqueID }?.id ?? ""
  }
}

/// Values between a page and the inputs of its form.
enum FormValue {
  /// What the inputs show.
  static func shown(_ property: Property, _ row: TableRow) -> [String] {
    let kept = row.values[property.id]
    switch property.type {
    case .title, .richText: return [RichText.plainText(kept)]
    case .checkbox: return [kept == true ? "on" : ""]
    case .select, .status: return [kept?.string.flatMap(property.option(id:))?.name ?? ""]
    case .multiSelect: return row.relatedIDs(property).compactMap { property.option(id: $0)?.name }
    case .people: return row.relatedIDs(property)
    case .date: return [kept?["start"]?.string ?? "", kept?["end"]?.string ?? ""]
    case .relation: return [row.relatedIDs(property).joined(separator: "\n")]
    case .files:
      let urls = (kept?.array ?? []).compactMap { $0["external"]?["url"]?.string ?? $0["file"]?["url"]?.string }
      return [urls.joined(separator: "\n")]
    default: return [CellView.plain(kept)]
    }
  }

  static func read(_ property: Property, _ form: Fields) -> [String] {
    let name = property.encodedID
    let values = form.all(name).map { $0.replacing("\r\n", with: "\n") }
    switch property.type {
    case .multiSelect:
      let more = (form["\(name).more"] ?? "").split(separator: ",").map { String($0).trimmingSpaces() }
      return values + more.filter { !$0.isEmpty && !values.contains($0) }
    case .people: return values
    case .date: return [values.first ?? "", form["\(name).end"] ?? ""]
    case .checkbox: return [values.first == "on" ? "on" : ""]
    default: return [values.first ?? ""]
    }
  }

  /// As `PersonEdit` takes it.
  static func simple(
    _ property: Property, _ values: [String], pageID: (String) throws -> String
  ) throws -> JSONValue {
    switch property.type {
    case .multiSelect, .people: return .array(values.map(JSONValue.string))
    case .files: return .array(lines(values).map(JSONValue.string))
    case .relation: return .array(try lines(values).map { .string(try pageID($0)) })
    case .date: return .string(values.filter { !$0.isEmpty }.joined(separator: "/"))
    default: return .string(values.first ?? "")
    }
  }

  private static func lines(_ values: [String]) -> [String] {
    (values.first ?? "").split(whereSeparator: { $0.isNewline || $0 == "," }).map { String($0).trimmingSpaces() }
      .filter { !$0.isEmpty }
  }

  /// An instant is typed as text: a browser's own input would lose its offset.
  static func inputType(_ type: PropertyType, _ value: String) -> String {
    switch type {
    case .number: "number"
    case .url: "url"
    case .email: "email"
    case .phoneNumber: "tel"
    case .date: value.count <= 10 ? "date" : "text"
    default: "text"
    }
  }

  static func help(_ type: PropertyType) -> String {
    switch type {
    case .relation: "Page ids or numbers such as LK-12, one a line."
    case .files: "Addresses, one a line."
    default: ""
    }
  }
}
