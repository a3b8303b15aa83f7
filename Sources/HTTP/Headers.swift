/// Header fields in the order they came; names compare without case (RFC 9110, 5.1).
public struct Headers: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  public struct Field: Sendable, Equatable {
    public let name: String
    public let value: String
  }

  public private(set) var fields: [Field] = []

  public init() {}
  public init(_ pairs: some Sequence<(String, String)>) { for (name, value) in pairs { add(name, value) } }
  public init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

  /// The first value; setting replaces all of them, nil removes.
  public subscript(name: String) -> String? {
    get { fields.first { $0.name.equalsIgnoringCase(name) }?.value }
    set {
      fields.removeAll { $0.name.equalsIgnoringCase(name) }
      if let newValue { add(name, newValue) }
    }
  }

  public func all(_ name: String) -> [String] {
    fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
  }

  /// Adds a field. Line breaks and NULs cannot start a new header: they become spaces.
  public mutating func add(_ name: String, _ value: String) {
    var text = value
    let isClean = text.withUTF8 { $0.allSatisfy { $0 != 10 && $0 != 13 && $0 != 0 } }
    fields.append(
      Field(name: name, value: isClean ? value : String(value.map { $0.isNewline || $0 == "\0" ? " " : $0 })))
  }

  public static func == (left: Headers, right: Headers) -> Bool {
    left.fields.elementsEqual(right.fields) { $0.name.equalsIgnoringCase($1.name) && $0.value == $1.value }
  }
}

extension StringProtocol {
  /// ASCII comparison without case, allocating nothing.
  func equalsIgnoringCase(_ other: some StringProtocol) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8) { $0 == $1 || (lowercase($0) == lowercase($1)) }
  }
}

private func lowercase(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 32 : byte }
