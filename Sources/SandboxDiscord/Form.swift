import Basics

/// Complaints about a body, by place, so that all of them are answered at once.
final class Complaints {
  private indirect enum Node {
    case branch(errors: [JSONValue], members: [String: Node])

    mutating func add(_ error: JSONValue, at path: ArraySlice<String>) {
      guard case .branch(var errors, var members) = self else { return }
      if let key = path.first {
        members[key, default: .branch(errors: [], members: [:])].add(error, at: path.dropFirst())
      } else {
        errors.append(error)
      }
      self = .branch(errors: errors, members: members)
    }

    var value: JSONValue {
      guard case .branch(let errors, let members) = self else { return .null }
      var object = members.mapValues(\.value)
      if !errors.isEmpty { object["_errors"] = .array(errors) }
      return .object(object)
    }
  }

  private var root = Node.branch(errors: [], members: [:])
  private(set) var isEmpty = true

  func add(_ path: [String], _ code: String, _ message: String) {
    isEmpty = false
    root.add(["code": .string(code), "message": .string(message)], at: path[...])
  }

  func throwIfAny() throws {
    if !isEmpty { throw Refusal.invalidForm(root.value) }
  }
}

/// An object of a body, read member by member; null counts as absent. A read that fails leaves a complaint and
/// gives nil.
struct Form {
  let value: JSONValue
  let path: [String]
  let complaints: Complaints

  init(_ value: JSONValue, path: [String] = [], complaints: Complaints = Complaints()) {
    self.value = value
    self.path = path
    self.complaints = complaints
    if value.object == nil { complain("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType") }
  }

  func complain(_ code: String, _ message: String, at names: String...) {
    complaints.add(path + names, code, message)
  }

  func has(_ name: String) -> Bool { value[name].map { !$0.isNull } ?? false }

  /// Whether the member was sent at all, be it as null.
  func mentions(_ name: String) -> Bool { value[name] != nil }

  func string(_ name: String, max: Int? = nil, min: Int = 0, isRequired: Bool = false) -> String? {
    guard let value = present(name, isRequired) else { return nil }
    guard let text = value.string ?? value.integer.map(String.init) else {
      complain("STRING_TYPE_CONVERT", "Could not interpret \"\(Self.quoted(value))\" as string.", at: name)
      return nil
    }
    let length = text.unicodeScalars.count
    if length < min, let max {
      complain("BASE_TYPE_BAD_LENGTH", "Must be between \(min) and \(max) in length.", at: name)
    } else if length < min {
      complain("BASE_TYPE_MIN_LENGTH", "Must be \(min) or more in length.", at: name)
    } else if let max, length > max {
      complain(
        min > 0 ? "BASE_TYPE_BAD_LENGTH" : "BASE_TYPE_MAX_LENGTH",
        min > 0 ? "Must be between \(min) and \(max) in length." : "Must be \(max) or fewer in length.", at: name)
    }
    return text
  }

  func integer(_ name: String, in range: ClosedRange<Int64>? = nil, isRequired: Bool = false) -> Int64? {
    guard let value = present(name, isRequired) else { return nil }
    guard let number = value.integer ?? value.string.flatMap(Int64.init) else {
      complain("NUMBER_TYPE_COERCE", "Value \"\(Self.quoted(value))\" is not int.", at: name)
      return nil
    }
    if let range, number < range.lowerBound {
      complain("NUMBER_TYPE_MIN", "int value should be greater than or equal to \(range.lowerBound).", at: name)
    } else if let range, number > range.upperBound {
      complain("NUMBER_TYPE_MAX", "int value should be less than or equal to \(range.upperBound).", at: name)
    }
    return number
  }

  func choice(_ name: String, of choices: [Int64], isRequired: Bool = false) -> Int64? {
    guard let number = integer(name, isRequired: isRequired) else { return nil }
    if choices.contains(number) { return number }
    let list = choices.map(String.init).joined(separator: ", ")
    complain("BASE_TYPE_CHOICES", "Value must be one of {\(list)}.", at: name)
    return nil
  }

  func bool(_ name: String) -> Bool? {
    guard let value = present(name, false) else { return nil }
    if let bool = value.bool { return bool }
    complain("BOOLEAN_TYPE_CONVERT", "Must be either true or false.", at: name)
    return nil
  }

  func snowflake(_ name: String, isRequired: Bool = false) -> String? {
    guard let value = present(name, isRequired) else { return nil }
    let text = value.string ?? value.integer.map(String.init) ?? ""
    if isSnowflake(text) { return text }
    complain("NUMBER_TYPE_COERCE", "Value \"\(Self.quoted(value))\" is not snowflake.", at: name)
    return nil
  }

  func snowflakes(_ name: String, max: Int) -> [String]? {
    guard let items = array(name, max: max) else { return nil }
    return items.enumerated().compactMap { index, item in
      Form(["": item], path: path + [name, String(index)], complaints: complaints).snowflake("")
    }
  }

  func array(_ name: String, max: Int, min: Int = 0, isRequired: Bool = false) -> [JSONValue]? {
    guard let value = present(name, isRequired) else { return nil }
    guard let items = value.array else {
      complain("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType", at: name)
      return nil
    }
    if items.count > max || items.count < min {
      complain(
        min > 0 ? "BASE_TYPE_BAD_LENGTH" : "BASE_TYPE_MAX_LENGTH",
        min > 0 ? "Must be between \(min) and \(max) in length." : "Must be \(max) or fewer in length.", at: name)
    }
    return items
  }

  func forms(_ name: String, max: Int, min: Int = 0, isRequired: Bool = false) -> [Form]? {
    array(name, max: max, min: min, isRequired: isRequired)?.enumerated().map { index, item in
      Form(item, path: path + [name, String(index)], complaints: complaints)
    }
  }

  func form(_ name: String) -> Form? {
    present(name, false).map { Form($0, path: path + [name], complaints: complaints) }
  }

  private func present(_ name: String, _ isRequired: Bool) -> JSONValue? {
    if has(name) { return value[name] }
    if isRequired { complain("BASE_TYPE_REQUIRED", "This field is required", at: name) }
    return nil
  }

  private static func quoted(_ value: JSONValue) -> String {
    String((value.string ?? (try? JSON.text(value)) ?? "").prefix(100))  // what cannot be shown is left out
  }
}

func isSnowflake(_ text: String) -> Bool {
  (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) } && UInt64(text) != nil
}
