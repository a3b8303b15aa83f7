import Basics
import Store

/// Builds the `data` of a command or of a question for suggestions.
struct CommandPayload {
  let path: CommandPath
  let call: CommandCall
  let complaints = Complaints()

  /// - Parameter objects: finds a user with a member, a channel or a role by its id.
  func data(_ objects: (OptionType, String) throws -> [String: JSONValue]) throws -> JSONValue {
    var resolved: [String: [String: JSONValue]] = [:]
    var options = try path.options.compactMap { option -> JSONValue? in
      guard let value = value(option) else { return nil }
      let type = option["type"]?.integer.flatMap(OptionType.init) ?? .string
      if let id = value.string {
        for (kind, object) in try objects(type, id) { resolved[kind, default: [:]][id] = object }
      }
      var shown: [String: JSONValue] = ["name": option["name"] ?? "", "type": option["type"] ?? 3, "value": value]
      if isFocused(option) { shown["focused"] = true }
      return .object(shown)
    }
    try complaints.throwIfAny()
    for step in path.steps.reversed() {
      options = [["name": step["name"] ?? "", "type": step["type"] ?? 1, "options": .array(options)]]
    }
    return Self.data(of: path.command, options: options, resolved: resolved)
  }

  static func data(
    of command: JSONValue, options: [JSONValue] = [], target: String? = nil, resolved: [String: [String: JSONValue]]
  ) -> JSONValue {
    var data: [String: JSONValue] = [
      "id": command["id"] ?? "", "name": command["name"] ?? "", "type": command["type"] ?? 1,
    ]
    data["guild_id"] = command["guild_id"]
    if !options.isEmpty { data["options"] = .array(options) }
    if let target { data["target_id"] = .string(target) }
    if !resolved.isEmpty { data["resolved"] = .object(resolved.mapValues { .object($0) }) }
    return .object(data)
  }

  private func isFocused(_ option: JSONValue) -> Bool {
    call.focused != nil && option["name"]?.string == call.focused
  }

  // MARK: Values

  /// What was given for an option, in its type. While it is being typed it may be anything.
  private func value(_ option: JSONValue) -> JSONValue? {
    let name = option["name"]?.string ?? ""
    let given = call.options?[name]
    if isFocused(option) { return given ?? "" }
    guard let given, !given.isNull, given != "" else {
      if option["required"]?.bool == true, call.focused == nil, call.force != true {
        complain(name, "BASE_TYPE_REQUIRED", "This field is required")
      }
      return nil
    }
    if call.force == true || call.focused != nil { return given }
    return checked(given, option, name)
  }

  private func checked(_ given: JSONValue, _ option: JSONValue, _ name: String) -> JSONValue? {
    let form = Form([name: given], path: ["options"], complaints: complaints)
    let value: JSONValue?
    switch option["type"]?.integer.flatMap(OptionType.init) {
    case .string:
      let range = (option["min_length"]?.integer ?? 0, option["max_length"]?.integer ?? 6000)
      value = form.string(name, max: Int(range.1), min: Int(range.0)).map { .string($0) }
    case .integer: value = form.integer(name, in: Self.limit(option)).map { .integer($0) }
    case .number: value = number(given, option, name)
    case .boolean: value = given.bool.map { .bool($0) } ?? .bool(given.string == "true")
    default: value = form.snowflake(name).map { .string($0) }
    }
    let choices = (option["choices"]?.array ?? []).compactMap { $0["value"] }
    if let value, !choices.isEmpty, !choices.contains(value) {
      complain(name, "BASE_TYPE_CHOICES", "Value must be one of the choices of \(name).")
    }
    return value
  }

  private static let safe: ClosedRange<Int64> = -9_007_199_254_740_991...9_007_199_254_740_991

  private static func limit(_ option: JSONValue) -> ClosedRange<Int64> {
    let low = max(option["min_value"]?.integer ?? safe.lowerBound, safe.lowerBound)
    return low...max(low, min(option["max_value"]?.integer ?? safe.upperBound, safe.upperBound))
  }

  private func number(_ given: JSONValue, _ option: JSONValue, _ name: String) -> JSONValue? {
    guard let number = given.double ?? given.string.flatMap(Double.init) else {
      complain(name, "NUMBER_TYPE_COERCE", "Value is not float.")
      return nil
    }
    let (low, high) = (option["min_value"]?.double ?? -.infinity, option["max_value"]?.double ?? .infinity)
    if number < low || number > high { complain(name, "NUMBER_TYPE_MAX", "Value is not between \(low) and \(high).") }
    return .number(number)
  }

  private func complain(_ name: String, _ code: String, _ message: String) {
    complaints.add(["options", name], code, message)
  }
}
