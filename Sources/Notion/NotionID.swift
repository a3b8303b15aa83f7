import Store

/// An id of Notion's, told apart by what it names: a UUID, kept with dashes and in lower case.
public struct NotionID<Of>: RawRepresentable, Hashable, Sendable, Codable, LosslessStringConvertible, SQLConvertible {
  public let rawValue: String

  /// Takes an id with or without dashes, or the address of a page or database: there it is the last 32 hexadecimal
  /// digits of the path (Notion SDK: helpers).
  public init?(_ text: String) {
    let dash = UInt8(ascii: "-")
    let path = text.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    let digits = path.filter { $0 != dash }.suffix(32)
    guard digits.count == 32, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0 | 0x20) }),
      path.contains(UInt8(ascii: "/")) || path.count <= 36
    else { return nil }
    var id: [UInt8] = []
    id.reserveCapacity(36)
    for digit in digits {
      if [8, 13, 18, 23].contains(id.count) { id.append(dash) }
      id.append(digit | 0x20)  // lower case; a decimal digit stays what it is
    }
    rawValue = String(decoding: id, as: UTF8.self)
  }

  public init?(rawValue: String) { self.init(rawValue) }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let id = NotionID(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(text.prefix(60)) is no id of Notion's"))
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  public var description: String { rawValue }
}

public typealias PageID = NotionID<Page>
public typealias DatabaseID = NotionID<Database>
public typealias DataSourceID = NotionID<DataSource>
public typealias PersonID = NotionID<Person>

/// The versions of Notion's API that matter; sent with every request.
public enum NotionVersion: String, Sendable, CaseIterable {
  case v2022 = "2022-06-28"
  case v2025 = "2025-09-03"
  case v2026 = "2026-03-11"
}
