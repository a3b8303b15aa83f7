import Basics

/// A place in what was sent, so that a refusal names it as Notion does: `body.filter.and[0].select should be …`.
struct Input {
  let path: String
  /// Nil where nothing was sent.
  let value: JSONValue?

  init(_ path: String, _ value: JSONValue?) {
    self.path = path
    self.value = value
  }

  subscript(_ name: String) -> Input { Input("\(path).\(name)", value?[name]) }

  var isDefined: Bool { value != nil }
  var isNull: Bool { value == .null }

  /// What Notion says is wrong here, without the part that failed.
  func sentence(_ expectation: String, instead: JSONValue? = nil) -> String {
    "\(path) should be \(expectation), instead was \(quoted(instead ?? value))."
  }

  func fault(_ expectation: String, instead: JSONValue? = nil) -> APIError {
    let part = path.prefix { $0 != "." && $0 != "[" }
    return .validation("\(part) failed validation: " + sentence(expectation, instead: instead))
  }

  func object(orNull: Bool = false) throws -> [String: JSONValue] {
    guard let value else { throw fault("defined") }
    guard let members = value.object else { throw fault(orNull ? "an object or `null`" : "an object") }
    return members
  }

  /// The elements, each with its own place.
  func array(upTo limit: Int? = nil) throws -> [Input] {
    guard let value else { throw fault("defined") }
    guard let elements = value.array else { throw fault("an array") }
    if let limit, elements.count > limit {
      throw Input("\(path).length", nil).fault("≤ `\(limit)`", instead: .integer(Int64(elements.count)))
    }
    return elements.enumerated().map { Input("\(path)[\($0.offset)]", $0.element) }
  }

  /// Lengths count as JavaScript does: UTF-16 units.
  func string(upTo limit: Int? = nil, orNull: Bool = false) throws -> String {
    guard let value else { throw fault("defined") }
    guard let text = value.string else { throw fault(orNull ? "a string or `null`" : "a string") }
    if let limit, text.utf16.count > limit {
      throw Input("\(path).length", nil).fault("≤ `\(limit)`", instead: .integer(Int64(text.utf16.count)))
    }
    return text
  }

  func bool() throws -> Bool {
    guard let value else { throw fault("defined") }
    guard let flag = value.bool else { throw fault("a boolean") }
    return flag
  }

  func uuid() throws -> String {
    guard let value else { throw fault("defined") }
    guard let id = value.string.flatMap({ ObjectID.parse($0) }) else { throw fault("a valid uuid") }
    return id
  }

  func integer(_ range: ClosedRange<Int>) throws -> Int {
    guard let value else { throw fault("defined") }
    guard let number = value.integer.map(Int.init) else { throw fault("a number") }
    if number > range.upperBound { throw fault("≤ `\(range.upperBound)`") }
    if number < range.lowerBound { throw fault("≥ `\(range.lowerBound)`") }
    return number
  }

  func choice(_ allowed: [String]) throws -> String {
    guard let text = value?.string, allowed.contains(text) else {
      let names = allowed.map { "`\"\($0)\"`" }
      throw fault(
        names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + ", or \(names[names.count - 1])")
    }
    return text
  }
}

private func quoted(_ value: JSONValue?) -> String {
  guard let value else { return "`undefined`" }
  let text = (try? JSON.text(value)) ?? "…"  // a JSON value always encodes
  return "`" + (text.count > 200 ? text.prefix(200) + "…" : text) + "`"
}
