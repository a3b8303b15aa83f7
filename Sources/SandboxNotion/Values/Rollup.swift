import Basics

/// What a rollup shows of the rows a relation points at.
enum Rollup {
  enum Result {
    case number(Double?)
    case originals([TableRow])
    case unsupported
  }

  static let functions = [
    "count", "count_values", "empty", "not_empty", "unique", "show_unique", "percent_empty", "percent_not_empty",
    "sum", "average", "median", "min", "max", "range", "earliest_date", "latest_date", "date_range", "checked",
    "unchecked", "percent_checked", "percent_unchecked", "count_per_group", "percent_per_group", "show_original",
  ]

  static func function(of property: Property) -> String { property.configuration["function"]?.string ?? "count" }

  static func result(of property: Property, in row: TableRow, _ context: RowContext) -> Result {
    guard let source = context.rollups[property.id] else { return .unsupported }
    let rows = row.relatedIDs(source.relation).compactMap { source.rows[$0] }
    let facts = rows.map { Fact(source.target, in: $0, inner(context, source)) }
    let numbers = facts.compactMap { if case .number(let number) = $0 { number } else { nil } }
    switch function(of: property) {
    case "show_original": return .originals(rows)
    case "count": return .number(Double(rows.count))
    case "count_values": return .number(Double(facts.reduce(0) { $0 + $1.count }))
    case "empty": return .number(Double(facts.count(where: \.isEmpty)))
    case "not_empty": return .number(Double(facts.count { !$0.isEmpty }))
    case "sum": return .number(numbers.reduce(0, +))
    case "average": return .number(numbers.isEmpty ? nil : numbers.reduce(0, +) / Double(numbers.count))
    case "min": return .number(numbers.min())
    case "max": return .number(numbers.max())
    default: return .unsupported
    }
  }

  static func answer(of property: Property, in row: TableRow, _ context: RowContext) -> JSONValue {
    let function = JSONValue.string(function(of: property))
    switch result(of: property, in: row, context) {
    case .number(let number):
      return ["type": "number", "number": number.map(plainNumber) ?? .null, "function": function]
    case .unsupported:
      return ["type": "unsupported", "unsupported": [:], "function": function]
    case .originals(let rows):
      guard let source = context.rollups[property.id] else { return .null }
      let items = rows.map { row -> JSONValue in
        .object(Reading.content(of: source.target, in: row, inner(context, source)))
      }
      return ["type": "array", "array": .array(items), "function": function]
    }
  }

  /// The other table's columns; a rollup of a rollup reads as unsupported.
  static func inner(_ context: RowContext, _ source: RollupSource) -> RowContext {
    RowContext(schema: source.schema, users: context.users, now: context.now)
  }
}

/// Whole numbers without a fraction, as JavaScript writes them.
func plainNumber(_ number: Double) -> JSONValue { Int64(exactly: number).map(JSONValue.integer) ?? .number(number) }
