import Basics

/// Named values in order, as in a query or a posted form.
public struct Fields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  public private(set) var pairs: [(name: String, value: String)] = []

  public init() {}
  public init(dictionaryLiteral elements: (String, String)...) { for (name, value) in elements { add(name, value) } }

  /// Decodes `a=1&b=two+words` (WHATWG URL, application/x-www-form-urlencoded). Broken escapes stay as they are.
  public init(encoded text: some StringProtocol) {
    // By bytes: a combining mark after "&" would hide it from a split by characters.
    for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      add(Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
    }
  }

  public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// The value of what may come once only.
  public func single(_ name: String) throws -> String? {
    let values = all(name)
    if values.count > 1 { throw Failure.invalid("“\(name)” comes \(values.count) times; send it once.") }
    return values.first
  }

  public func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
  public mutating func add(_ name: String, _ value: String) { pairs.append((name, value)) }

  /// The text to put behind `?` or into a form body.
  public var encoded: String {
    pairs.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }.joined(separator: "&")
  }

  public static func == (left: Fields, right: Fields) -> Bool { left.pairs.elementsEqual(right.pairs, by: ==) }

  private static func decoded(_ bytes: some Sequence<UInt8>) -> String {
    percentDecoded(String(decoding: bytes.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }, as: UTF8.self))
  }
}

/// Every byte but RFC 3986's unreserved ones as `%XX`.
public func percentEncoded(_ text: some StringProtocol) -> String {
  let digits = Array("0123456789ABCDEF".utf8)
  var encoded: [UInt8] = []
  for byte in text.utf8 {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 46, 95, 126: encoded.append(byte)
    default: encoded += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
  return String(decoding: encoded, as: UTF8.self)
}

/// The reverse; a `%` that no two hexadecimal digits follow stays. Bytes that are no UTF-8 become U+FFFD.
public func percentDecoded(_ text: some StringProtocol) -> String {
  guard text.utf8.contains(37) else { return String(text) }
  var decoded: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    if byte == 37, rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
      rest.first != 43, rest.first != 45
    {
      decoded.append(value)
      rest = rest.dropFirst(2)
    } else {
      decoded.append(byte)
    }
  }
  return String(decoding: decoded, as: UTF8.self)
}
