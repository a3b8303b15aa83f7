import Basics

/// A page as it is kept, without its values.
struct PageRecord: Sendable, Equatable {
  var id: String
  /// The table it is a row of; nil for a page that stands alone.
  var dataSourceID: String?
  var parent: JSONValue
  var position: Int64
  var icon: JSONValue = .null
  var cover: JSONValue = .null
  var isInTrash = false
  var isLocked = false
  var createdTime: Timestamp
  var lastEditedTime: Timestamp
  var createdBy: String
  var lastEditedBy: String
}

/// A page with its values by property id; a value that is not there is empty.
struct TableRow: Sendable {
  var page: PageRecord
  var values: [String: JSONValue]

  func relatedIDs(_ property: Property) -> [String] { values[property.id]?.array?.compactMap(\.string) ?? [] }
}

/// What reading rows needs besides the rows.
struct RowContext: Sendable {
  var schema: Schema
  var users: [String: JSONValue]
  var now: Timestamp
  /// For each rollup, by its property id, what it looks at.
  var rollups: [String: RollupSource] = [:]

  func user(_ id: String) -> JSONValue { users[id] ?? Self.partialUser(id) }

  static func partialUser(_ id: String) -> JSONValue { ["object": "user", "id": .string(id)] }
}

/// The column a rollup shows, over the rows its relation points at.
struct RollupSource: Sendable {
  let relation: Property
  let target: Property
  let rows: [String: TableRow]
  let schema: Schema
}

extension Timestamp {
  /// As pages, rows and blocks show it: the minute, always `:00.000Z` (recorded: floored, not rounded).
  var minuteText: JSONValue { .string(minute.description) }

  /// As databases show it: milliseconds and `+00:00`.
  var offsetText: JSONValue { .string(description.dropLast() + "+00:00") }
}
