import Basics

/// The family of conditions that stands under a key such as `rich_text` or `number`.
enum ConditionFamily: Sendable {
  case text, number, checkbox, option, among, date, files, formula, rollup

  /// What a filter may say about a column of this type, and under which keys.
  init?(_ type: PropertyType, key: String) {
    let own = key == type.rawValue
    switch type {
    case .title, .richText, .url, .email, .phoneNumber:
      self = .text
      // Recorded: `rich_text` is taken on every column of text.
      guard own || key == "rich_text" else { return nil }
      return
    case .number, .uniqueID: self = .number
    case .checkbox: self = .checkbox
    case .select, .status: self = .option
    case .multiSelect, .people, .relation: self = .among
    case .files: self = .files
    case .date: self = .date
    case .createdTime, .lastEditedTime:
      self = .date
      guard own || key == "date" else { return nil }
      return
    case .createdBy, .lastEditedBy:
      self = .among
      guard own || key == "people" else { return nil }
      return
    case .formula: self = .formula
    case .rollup: self = .rollup
    case .verification, .button, .place: return nil
    }
    guard own else { return nil }
  }

  var operators: [String] {
    let empties = ["is_empty", "is_not_empty"]
    switch self {
    case .text: return Condition.TextOperator.allCases.map(\.rawValue) + empties
    case .number: return Condition.NumberOperator.allCases.map(\.rawValue) + empties
    case .checkbox: return ["equals", "does_not_equal"]
    case .option: return ["equals", "does_not_equal"] + empties
    case .among: return ["contains", "does_not_contain"] + empties
    case .date:
      return Condition.DateOperator.allCases.map(\.rawValue) + empties
        + ["past_week", "past_month", "past_year", "this_week", "next_week", "next_month", "next_year"]
    case .files: return empties
    case .formula: return ["string", "checkbox", "number", "date"]
    case .rollup: return ["any", "every", "none", "date", "number"]
    }
  }
}

/// Reads one condition: `{"contains": "door"}` under the key of its type.
struct ConditionParser {
  let property: Property?
  let now: Timestamp
  /// What a rollup shows, for `any`, `every` and `none`.
  let rollupTarget: Property?

  func condition(_ input: Input, _ family: ConditionFamily) throws -> Condition {
    let members = try input.object()
    if let unknown = members.keys.sorted().first(where: { !family.operators.contains($0) }) {
      throw input[unknown].fault("not present")
    }
    guard members.count == 1, let name = members.keys.first else {
      throw APIError.fixOne("body", family.operators.map { input[$0].sentence("defined") })
    }
    if name == "is_empty" || name == "is_not_empty" {
      guard input[name].value == true else { throw input[name].fault("`true`") }
      return .empty(name == "is_empty")
    }
    return try condition(input[name], name, family)
  }

  private func condition(_ input: Input, _ name: String, _ family: ConditionFamily) throws -> Condition {
    switch family {
    case .text: return .text(.init(rawValue: name) ?? .equals, try input.string())
    case .number:
      guard let number = input.value?.double else { throw input.fault("a number") }
      return .number(.init(rawValue: name) ?? .equals, number)
    case .checkbox: return .flag(try input.bool() == (name == "equals"))
    case .option: return .option(try options(input), name == "equals")
    case .among: return .among(try members(input), name == "contains")
    case .date: return try date(input, name)
    case .formula: return try condition(input, formulaFamily(name))
    case .rollup: return try rollup(input, name)
    case .files: throw input.fault("not present")
    }
  }

  private func formulaFamily(_ name: String) -> ConditionFamily {
    switch name {
    case "number": .number
    case "checkbox": .checkbox
    case "date": .date
    default: .text
    }
  }

  private func date(_ input: Input, _ name: String) throws -> Condition {
    if let range = DateRange.named(name, now: now) {
      _ = try input.object()
      return .date(.equals, range)
    }
    guard let range = DateRange(try input.string(), now: now) else {
      throw input.fault("a valid ISO 8601 date string")
    }
    return .date(.init(rawValue: name) ?? .equals, range)
  }

  private func rollup(_ input: Input, _ name: String) throws -> Condition {
    if name == "number" { return try condition(input, .number) }
    if name == "date" { return try condition(input, .date) }
    let keys = try input.object().keys.sorted()
    guard let target = rollupTarget, let key = keys.first, keys.count == 1,
      let family = ConditionFamily(target.type, key: key)
    else { throw APIError.validation("database property rollup does not match filter \(keys.first ?? name)") }
    let inner = ConditionParser(property: target, now: now, rollupTarget: nil)
    return .each(.init(rawValue: name) ?? .any, try inner.condition(input[key], family))
  }

  /// A name, or several (arrays since 2026-04-17). Options that do not exist are refused.
  private func options(_ input: Input) throws -> [String] {
    let names = try strings(input)
    guard let property, property.type.hasOptions else { return names }
    for name in names where property.option(named: name) == nil {
      let available = property.options.map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw APIError.validation(
        "\(property.type.rawValue) option \"\(name)\" not found for property \"\(property.name)\". "
          + "Available options: \(available).")
    }
    return names
  }

  private func members(_ input: Input) throws -> [String] {
    if property?.type == .multiSelect { return try options(input) }
    let elements = input.value?.array == nil ? [input] : try input.array()
    // "me" matches nobody: an internal integration is no person.
    return try elements.map { $0.value == "me" && property?.type != .relation ? "me" : try $0.uuid() }
  }

  private func strings(_ input: Input) throws -> [String] {
    input.value?.array == nil ? [try input.string()] : try input.array().map { try $0.string() }
  }
}
