import Basics

/// The few formulas that are worked out here; any other reads as `unsupported`, as Notion's own do when too complex.
enum Formula {
  static func result(of expression: String, in row: TableRow, _ context: RowContext) -> JSONValue {
    if expression == "now()" { return date(context.now.minute) }
    if let name = argument(of: expression, between: "dateBetween(now(), prop(\"", and: "\"), \"days\")") {
      return ["type": "number", "number": days(since: name, in: row, context)]
    }
    if let name = argument(of: expression, between: "prop(\"", and: "\")"),
      let property = context.schema[nameOrID: name], property.type != .formula
    {
      return value(Fact(property, in: row, context))
    }
    return ["type": "unsupported", "unsupported": [:]]
  }

  private static func value(_ fact: Fact) -> JSONValue {
    switch fact {
    case .text(let text): ["type": "string", "string": .string(text)]
    case .number(let number): ["type": "number", "number": number.map(JSONValue.number) ?? .null]
    case .flag(let flag): ["type": "boolean", "boolean": .bool(flag)]
    case .date(let moment): moment.map { date($0.start) } ?? ["type": "date", "date": .null]
    case .names(let names), .links(let names): ["type": "string", "string": .string(names.joined(separator: ", "))]
    case .files, .list: ["type": "unsupported", "unsupported": [:]]
    }
  }

  private static func date(_ time: Timestamp) -> JSONValue {
    ["type": "date", "date": ["start": time.offsetText, "end": .null, "time_zone": .null]]
  }

  private static func days(since name: String, in row: TableRow, _ context: RowContext) -> JSONValue {
    guard let property = context.schema[nameOrID: name],
      case .date(let moment?) = Fact(property, in: row, context)
    else { return .null }
    return .integer((context.now - moment.start).milliseconds / 86_400_000)
  }

  private static func argument(of text: String, between head: String, and tail: String) -> String? {
    guard text.hasPrefix(head), text.hasSuffix(tail), text.count > head.count + tail.count else { return nil }
    let name = String(text.dropFirst(head.count).dropLast(tail.count))
    return name.contains("\"") ? nil : name
  }
}
