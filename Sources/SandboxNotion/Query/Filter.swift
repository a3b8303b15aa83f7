import Basics

/// A filter of a query: conditions, and groups of them nested two levels deep.
indirect enum Filter: Sendable {
  case everything
  case all([Filter])
  case any([Filter])
  case property(Property, Condition)
  case timestamp(TimestampColumn, Condition)

  func matches(_ row: TableRow, _ context: RowContext) -> Bool {
    switch self {
    case .everything: true
    case .all(let filters): filters.allSatisfy { $0.matches(row, context) }
    case .any(let filters): filters.contains { $0.matches(row, context) }
    case .property(let property, let condition): condition.matches(Fact(property, in: row, context))
    case .timestamp(let column, let condition): condition.matches(column.fact(row))
    }
  }

  /// The columns whose values must be at hand.
  var properties: [Property] {
    switch self {
    case .everything, .timestamp: []
    case .all(let filters), .any(let filters): filters.flatMap(\.properties)
    case .property(let property, _): [property]
    }
  }
}

/// The two times every page has, as filters and sorts name them. Both are compared as the minute that is shown.
enum TimestampColumn: String, CaseIterable, Sendable {
  case createdTime = "created_time"
  case lastEditedTime = "last_edited_time"

  func fact(_ row: TableRow) -> Fact { .date(.init(start: time(row.page), isDay: false)) }

  func time(_ page: PageRecord) -> Timestamp {
    (self == .createdTime ? page.createdTime : page.lastEditedTime).minute
  }
}

struct FilterParser {
  let schema: Schema
  let now: Timestamp
  /// The column a rollup shows; nil where there is none.
  let rollupTarget: (Property) throws -> Property?

  func filter(_ input: Input) throws -> Filter {
    guard input.isDefined, !input.isNull else { return .everything }
    return try filter(input, depth: 0)
  }

  private func filter(_ input: Input, depth: Int) throws -> Filter {
    let members = try input.object()
    if members["and"] != nil { return .all(try group(input["and"], members, depth: depth)) }
    if members["or"] != nil { return .any(try group(input["or"], members, depth: depth)) }
    if members["timestamp"] != nil { return try timestamp(input, members) }
    if members["property"] != nil { return try property(input, members) }
    throw APIError.fixOne("body", ["or", "and", "property", "timestamp"].map { input[$0].sentence("defined") })
  }

  private func group(_ input: Input, _ members: [String: JSONValue], depth: Int) throws -> [Filter] {
    guard depth < 2 else { throw input.fault("not present") }
    guard members.count == 1 else {
      let other = members.keys.sorted().first { !input.path.hasSuffix(".\($0)") } ?? ""
      throw Input(String(input.path.dropLast(input.path.hasSuffix(".and") ? 3 : 2)) + other, members[other])
        .fault("not present")
    }
    return try input.array(upTo: 100).map { try filter($0, depth: depth + 1) }
  }

  private func timestamp(_ input: Input, _ members: [String: JSONValue]) throws -> Filter {
    let name = try input["timestamp"].choice(TimestampColumn.allCases.map(\.rawValue))
    guard let column = TimestampColumn(rawValue: name) else { throw input["timestamp"].fault("defined") }
    let parser = ConditionParser(property: nil, now: now, rollupTarget: nil)
    return .timestamp(column, try parser.condition(input[name], .date))
  }

  private func property(_ input: Input, _ members: [String: JSONValue]) throws -> Filter {
    let key = try input["property"].string()
    let kinds = members.keys.filter { $0 != "property" && $0 != "type" }.sorted()
    guard let kind = kinds.first, kinds.count == 1 else {
      throw APIError.fixOne("body", PropertyType.allCases.map { input[$0.rawValue].sentence("defined") })
    }
    guard PropertyType(rawValue: kind) != nil else { throw input[kind].fault("not present") }
    guard let property = schema[nameOrID: key] else {
      throw APIError.validation("Could not find property with name or id: \(key)")
    }
    guard let family = ConditionFamily(property.type, key: kind) else {
      throw APIError.validation("database property \(property.type.rawValue) does not match filter \(kind)")
    }
    let parser = ConditionParser(property: property, now: now, rollupTarget: try rollupTarget(property))
    return .property(property, try parser.condition(input[kind], family))
  }
}
