import Basics

/// A value as the table shows it: a text, coloured words, or a time.
struct CellView {
  struct Pill {
    let name: String
    let color: String
  }

  let property: String
  /// Nil where there is nothing: a template takes an empty text for something.
  let text: String?
  let pills: [Pill]
  /// For `<time datetime>`; the text is then how long ago it was.
  let instant: String?
  let isNumber: Bool
  /// Whether the script may offer the options in place.
  let isChoice: Bool

  static func isNumber(_ type: PropertyType) -> Bool { [.number, .rollup, .formula].contains(type) }

  init(_ property: Property, _ row: TableRow, _ context: RowContext) {
    self.property = property.name
    isNumber = Self.isNumber(property.type)
    isChoice = [.select, .status].contains(property.type)
    let value = Reading.value(of: property, in: row, context)
    pills = Self.pills(property, value, row, context)
    switch property.type {
    case .createdTime, .lastEditedTime:
      let time = (property.type == .createdTime ? row.page.createdTime : row.page.lastEditedTime).minute
      instant = time.description
      text = relative(time, now: context.now)
    default:
      instant = nil
      text = pills.isEmpty ? Self.text(property, value).nonEmpty : nil
    }
  }

  private static func pills(
    _ property: Property, _ value: JSONValue, _ row: TableRow, _ context: RowContext
  ) -> [Pill] {
    switch property.type {
    case .select, .status, .multiSelect:
      (value.array ?? (value.isNull ? [] : [value])).compactMap(Option.init).map {
        Pill(name: $0.name, color: $0.color)
      }
    case .people: (value.array ?? []).map { Pill(name: name($0), color: "person") }
    case .rollup:
      if case .list(let facts) = Fact(property, in: row, context) {
        facts.compactMap { if case .names(let names) = $0 { names.first } else { nil } }.prefix(6)
          .map { Pill(name: $0, color: "default") }
      } else {
        []
      }
    default: []
    }
  }

  static func text(_ property: Property, _ value: JSONValue) -> String {
    switch property.type {
    case .title, .richText: String(RichText.plainText(value).prefix(160))
    case .checkbox: value == true ? "✓" : ""
    case .date: DateValue.text(value)
    case .createdBy, .lastEditedBy: name(value)
    case .files: (value.array ?? []).compactMap { $0["name"]?.string }.joined(separator: ", ")
    case .relation: value.array.map { $0.isEmpty ? "" : "\($0.count) related" } ?? ""
    case .uniqueID:
      [value["prefix"]?.string, value["number"]?.integer.map(String.init)].compactMap(\.self)
        .joined(separator: "-")
    case .formula, .rollup: plain(value[value["type"]?.string ?? ""])
    default: plain(value)
    }
  }

  static func plain(_ value: JSONValue?) -> String {
    switch value {
    case .string(let text)?: text
    case .integer(let number)?: String(number)
    case .number(let number)?: String(number)
    case .bool(let flag)?: flag ? "✓" : ""
    case .object?: DateValue.text(value)
    default: ""
    }
  }

  private static func name(_ user: JSONValue) -> String { user["name"]?.string ?? "Somebody" }
}

extension String {
  var nonEmpty: String? { isEmpty ? nil : self }
}

/// How long ago, in the largest unit that fits.
func relative(_ time: Timestamp, now: Timestamp) -> String {
  let minutes = (now - time).milliseconds / 60_000
  return switch minutes {
  case ..<1: "just now"
  case ..<60: "\(minutes) min ago"
  case ..<1440: "\(minutes / 60) h ago"
  default: "\(minutes / 1440) d ago"
  }
}
