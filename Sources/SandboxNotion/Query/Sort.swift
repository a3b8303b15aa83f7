import Basics

/// One of a query's sorts; the first decides, the next break ties.
struct Sort: Sendable {
  enum Column: Sendable {
    case property(Property)
    case timestamp(TimestampColumn)
  }

  let column: Column
  let isDescending: Bool

  static func list(_ input: Input, _ schema: Schema) throws -> [Sort] {
    guard input.isDefined, !input.isNull else { return [] }
    return try input.array(upTo: 100).map { try Sort($0, schema) }
  }

  init(column: Column, isDescending: Bool) {
    self.column = column
    self.isDescending = isDescending
  }

  private init(_ input: Input, _ schema: Schema) throws {
    let members = try input.object()
    isDescending = try input["direction"].choice(["ascending", "descending"]) == "descending"
    if members["property"] != nil {
      let key = try input["property"].string()
      guard let property = schema[nameOrID: key] else {
        throw APIError.validation("Could not find sort property with name or id: \(key)")
      }
      column = .property(property)
    } else if members["timestamp"] != nil {
      let name = try input["timestamp"].choice(TimestampColumn.allCases.map(\.rawValue))
      column = .timestamp(TimestampColumn(rawValue: name) ?? .createdTime)
    } else {
      throw APIError.fixOne("body", ["property", "timestamp"].map { input[$0].sentence("defined") })
    }
  }

  var property: Property? { if case .property(let property) = column { property } else { nil } }

  func key(_ row: TableRow, _ context: RowContext) -> SortKey {
    switch column {
    case .timestamp(let column): SortKey(column.fact(row), nil, context)
    case .property(let property): SortKey(Fact(property, in: row, context), property, context)
    }
  }
}

/// What rows are ordered by. Empty values come last, whichever way the order goes.
enum SortKey: Sendable, Equatable {
  case nothing
  case number(Double)
  case text(String)

  init(_ fact: Fact, _ property: Property?, _ context: RowContext) {
    switch fact {
    case _ where fact.isEmpty: self = .nothing
    case .text(let text): self = .text(text.lowercased())
    case .number(let number): self = number.map(SortKey.number) ?? .nothing
    case .flag(let flag): self = .number(flag ? 1 : 0)
    case .files(let count): self = .number(Double(count))
    case .date(let moment): self = moment.map { .number(Double($0.start.milliseconds)) } ?? .nothing
    case .names(let names):
      // Options sort in the order of the column, not of the alphabet.
      let order = property?.options.firstIndex { $0.name == names.first }
      self = .number(Double(order ?? 0))
    case .links(let ids): self = .text(context.users[ids[0]]?["name"]?.string?.lowercased() ?? ids[0])
    case .list(let facts): self = SortKey(facts[0], nil, context)
    }
  }

  /// Nil when they are equal.
  func isBefore(_ other: SortKey, descending: Bool) -> Bool? {
    switch (self, other) {
    case (.nothing, .nothing): return nil
    case (.nothing, _): return false
    case (_, .nothing): return true
    case (.number(let left), .number(let right)): return left == right ? nil : (left < right) != descending
    case (.text(let left), .text(let right)): return left == right ? nil : (left < right) != descending
    case (.number, .text): return !descending
    case (.text, .number): return descending
    }
  }
}
