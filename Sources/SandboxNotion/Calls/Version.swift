/// A version of the API, as a call names it in `Notion-Version`. What differs between versions is asked here.
struct Version: Sendable, Equatable {
  let id: String
  /// From 2025-09-03: tables are data sources inside a database, and have ids of their own.
  let hasDataSources: Bool
  /// Until 2025-09-03: bodies carry `archived` beside `in_trash`, and calls may send it.
  let hasArchived: Bool

  static let known = [
    Version(id: "2022-06-28", hasDataSources: false, hasArchived: true),
    Version(id: "2025-09-03", hasDataSources: true, hasArchived: true),
    Version(id: "2026-03-11", hasDataSources: true, hasArchived: false),
  ]

  /// What lists of pages call their elements.
  var pageListType: String { hasDataSources ? "page_or_data_source" : "page_or_database" }

  /// What a search calls a table.
  var tableObject: String { hasDataSources ? "data_source" : "database" }

  static func named(_ header: String?) throws -> Version {
    guard let header, !header.isEmpty else {
      throw APIError(
        400, "missing_version",
        "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.")
    }
    guard let version = known.first(where: { $0.id == header }) else {
      let names = known.map { "`\"\($0.id)\"`" }
      throw APIError(
        400, "validation_error",
        "Notion-Version header failed validation: Notion-Version header should be "
          + names.dropLast().joined(separator: ", ") + ", or \(names[names.count - 1]), instead was `\"\(header)\"`.")
    }
    return version
  }
}
