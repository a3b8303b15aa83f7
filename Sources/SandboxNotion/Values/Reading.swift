import Basics

/// Values of a page on their way out, in the shape Notion answers them.
enum Reading {
  /// `{id, type, <type>: value}`, for a relation cut at 25 with `has_more` (recorded).
  static func property(_ property: Property, in row: TableRow, _ context: RowContext) -> JSONValue {
    var members = content(of: property, in: row, context)
    members["id"] = .string(property.encodedID)
    return .object(members)
  }

  /// `{type, <type>: value}`.
  static func content(of property: Property, in row: TableRow, _ context: RowContext) -> [String: JSONValue] {
    var members: [String: JSONValue] = ["type": .string(property.type.rawValue)]
    var value = value(of: property, in: row, context)
    if property.type == .relation, let related = value.array {
      members["has_more"] = .bool(related.count > relationLimit)
      value = .array(Array(related.prefix(relationLimit)))
    }
    members[property.type.rawValue] = value
    return members
  }

  private static let relationLimit = 25

  /// The whole value, uncut.
  static func value(of property: Property, in row: TableRow, _ context: RowContext) -> JSONValue {
    let kept = row.values[property.id]
    switch property.type {
    case .title, .richText, .files: return kept ?? []
    case .number, .url, .email, .phoneNumber, .date, .verification, .place: return kept ?? .null
    case .checkbox: return kept ?? false
    case .select, .status: return kept?.string.flatMap(property.option(id:))?.answer ?? .null
    case .multiSelect: return .array(row.relatedIDs(property).compactMap { property.option(id: $0)?.answer })
    case .people: return .array(row.relatedIDs(property).map(context.user))
    case .relation: return .array(row.relatedIDs(property).map { ["id": .string($0)] })
    case .uniqueID: return ["prefix": property.configuration["prefix"] ?? .null, "number": kept ?? .null]
    case .button: return [:]
    case .formula, .rollup, .createdTime, .createdBy, .lastEditedTime, .lastEditedBy:
      return computed(property, in: row, context)
    }
  }

  private static func computed(_ property: Property, in row: TableRow, _ context: RowContext) -> JSONValue {
    switch property.type {
    case .createdTime: row.page.createdTime.minuteText
    case .lastEditedTime: row.page.lastEditedTime.minuteText
    case .createdBy: context.user(row.page.createdBy)
    case .lastEditedBy: context.user(row.page.lastEditedBy)
    case .rollup: Rollup.answer(of: property, in: row, context)
    default:
      Formula.result(of: property.configuration["expression"]?.string ?? "", in: row, context)
    }
  }

  /// The plain text of the title column.
  static func title(of row: TableRow) -> String { RichText.plainText(row.values["title"]) }
}
