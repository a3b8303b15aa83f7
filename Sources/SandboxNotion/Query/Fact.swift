import Basics

/// A value as filters, sorts and rollups see it.
enum Fact: Sendable {
  case text(String)
  case number(Double?)
  case flag(Bool)
  /// The names of the options chosen.
  case names([String])
  /// The ids of people or pages.
  case links([String])
  case files(Int)
  case date(Moment?)
  case list([Fact])

  /// Where a date begins.
  struct Moment: Sendable, Equatable {
    let start: Timestamp
    let isDay: Bool
  }

  init(_ property: Property, in row: TableRow, _ context: RowContext) {
    let kept = row.values[property.id]
    switch property.type {
    case .title, .richText: self = .text(RichText.plainText(kept))
    case .url, .email, .phoneNumber: self = .text(kept?.string ?? "")
    case .number, .uniqueID: self = .number(kept?.double)
    case .checkbox: self = .flag(kept?.bool ?? false)
    case .select, .status: self = .names(kept?.string.flatMap(property.option(id:)).map { [$0.name] } ?? [])
    case .multiSelect: self = .names(row.relatedIDs(property).compactMap { property.option(id: $0)?.name })
    case .people, .relation: self = .links(row.relatedIDs(property))
    case .files: self = .files(kept?.array?.count ?? 0)
    case .date: self = .date(Moment(kept))
    case .createdTime: self = .date(Moment(start: row.page.createdTime.minute, isDay: false))
    case .lastEditedTime: self = .date(Moment(start: row.page.lastEditedTime.minute, isDay: false))
    case .createdBy: self = .links([row.page.createdBy])
    case .lastEditedBy: self = .links([row.page.lastEditedBy])
    case .formula: self = Fact(formula: Reading.value(of: property, in: row, context))
    case .rollup: self = Fact(rollup: property, in: row, context)
    case .verification, .button, .place: self = .files(kept == nil ? 0 : 1)
    }
  }

  private init(formula result: JSONValue) {
    switch result["type"]?.string {
    case "number": self = .number(result["number"]?.double)
    case "boolean": self = .flag(result["boolean"]?.bool ?? false)
    case "date": self = .date(Moment(result["date"]))
    default: self = .text(result["string"]?.string ?? "")
    }
  }

  private init(rollup property: Property, in row: TableRow, _ context: RowContext) {
    switch Rollup.result(of: property, in: row, context) {
    case .number(let number): self = .number(number)
    case .unsupported: self = .list([])
    case .originals(let rows):
      guard let source = context.rollups[property.id] else {
        self = .list([])
        return
      }
      self = .list(rows.map { Fact(source.target, in: $0, Rollup.inner(context, source)) })
    }
  }

  var isEmpty: Bool { count == 0 }

  /// How many values there are.
  var count: Int {
    switch self {
    case .text(let text): text.isEmpty ? 0 : 1
    case .number(let number): number == nil ? 0 : 1
    case .flag: 1
    case .names(let values), .links(let values): values.count
    case .files(let count): count
    case .date(let moment): moment == nil ? 0 : 1
    case .list(let facts): facts.count
    }
  }
}

extension Fact.Moment {
  init?(_ value: JSONValue?) {
    guard let text = value?["start"]?.string, let start = Timestamp(iso8601: text) else { return nil }
    self.init(start: start, isDay: text.count <= 10)
  }
}
