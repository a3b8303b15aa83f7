/// Reads JSON (RFC 8259) straight into a `JSONValue`.
///
/// A decoder has to try every kind for every value, and each that does not fit costs a thrown error; this looks at the
/// first byte instead. Strict: one value, UTF-8, no trailing commas, at most 512 levels, of equal keys the last.
struct JSONReader {
  struct Malformed: Error, CustomStringConvertible {
    let offset: Int
    var description: String { "not JSON at byte \(offset)" }
  }

  private let bytes: [UInt8]
  private var index = 0
  private static let maximumDepth = 512

  static func value(of bytes: [UInt8]) throws -> JSONValue {
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.index == bytes.count else { throw reader.malformed }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var malformed: Malformed { Malformed(offset: index) }
  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 {
      index += 1
    }
  }

  private mutating func value(depth: Int) throws -> JSONValue {
    guard depth < Self.maximumDepth else { throw malformed }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
    let count = text.utf8CodeUnitCount
    guard bytes[index...].prefix(count).elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count)) else {
      throw malformed
    }
    index += count
    return value
  }

  private mutating func object(depth: Int) throws -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    index += 1
    skipSpace()
    if take("}") { return members }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw malformed }
      let name = try string()
      skipSpace()
      guard take(":") else { throw malformed }
      members[name] = try value(depth: depth + 1)
      skipSpace()
      if take("}") { return members }
      guard take(",") else { throw malformed }
    }
  }

  private mutating func array(depth: Int) throws -> [JSONValue] {
    var elements: [JSONValue] = []
    index += 1
    skipSpace()
    if take("]") { return elements }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return elements }
      guard take(",") else { throw malformed }
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(truncatingIfNeeded: character.value) else { return false }
    index += 1
    return true
  }
}

extension JSONReader {
  /// Whole numbers become `.integer` however they are written (`1`, `1.0`, `1e3`), if they fit.
  private mutating func number() throws -> JSONValue {
    let start = index
    _ = take("-")
    guard let first = next, (48...57).contains(first) else { throw malformed }
    skipDigits()
    guard first != 48 || bytes[start..<index].count(where: { $0 != 45 }) == 1 else { throw malformed }
    var isWhole = true
    if take(".") {
      isWhole = false
      guard skipDigits() > 0 else { throw malformed }
    }
    if take("e") || take("E") {
      isWhole = false
      _ = take("+") || take("-")
      guard skipDigits() > 0 else { throw malformed }
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw malformed }
    return Int64(exactly: value).map(JSONValue.integer) ?? .number(value)
  }

  @discardableResult
  private mutating func skipDigits() -> Int {
    let start = index
    while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
    return index - start
  }

  private mutating func string() throws -> String {
    index += 1
    let start = index
    while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"),
      bytes[index] >= 32
    {
      index += 1
    }
    guard next == UInt8(ascii: "\"") else { return try escapedString(from: start) }
    defer { index += 1 }
    return try text(bytes[start..<index])
  }

  private mutating func escapedString(from start: Int) throws -> String {
    var content = Array(bytes[start..<index])
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 32 else { throw malformed }
      index += 1
      if byte == UInt8(ascii: "\\") { try appendEscape(to: &content) } else { content.append(byte) }
    }
    guard take("\"") else { throw malformed }
    return try text(content[...])
  }

  private func text(_ content: ArraySlice<UInt8>) throws -> String {
    guard let text = String(validating: content, as: UTF8.self) else { throw malformed }
    return text
  }

  private mutating func appendEscape(to content: inout [UInt8]) throws {
    guard let byte = next else { throw malformed }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(8)
    case UInt8(ascii: "f"): content.append(12)
    case UInt8(ascii: "n"): content.append(10)
    case UInt8(ascii: "r"): content.append(13)
    case UInt8(ascii: "t"): content.append(9)
    case UInt8(ascii: "u"): content += Array(String(Character(try scalar())).utf8)
    default: throw malformed
    }
  }

  /// After `\u`: one code unit, or two that make a pair.
  private mutating func scalar() throws -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, take("\\"), take("u") else { throw malformed }
    let second = try codeUnit()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw malformed }
    return scalar
  }

  private mutating func codeUnit() throws -> UInt32 {
    let digits = String(decoding: bytes[index...].prefix(4), as: UTF8.self)
    guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt32(digits, radix: 16) else {
      throw malformed
    }
    index += 4
    return unit
  }
}
