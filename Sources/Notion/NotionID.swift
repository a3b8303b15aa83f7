import Store

/// An id of Notion's, told apart by what it names: a UUID, kept with dashes and in lower case.
public struct NotionID<Of>: RawRepresentable, Hashable, Sendable, Codable, LosslessStringConvertible, SQLConvertible {
  public let rawValue: String

  /// Takes an id with or without dashes, or the address of a page or database: there it is the last 32 hexadecimal
  /// digits of the path (Notion SDK: helpers).
  public init?(_ text: String) {
    let path = text.prefix { $0 != "?" && $0 != "#" }
    let digits = path.reversed().lazy.filter { $0 != "-" }.prefix(32).reversed().map(String.init).joined().lowercased()
    guard digits.utf8.count == 32, digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      path.contains("/") || path.utf8.count <= 36
    else { return nil }
    var rest = digits[...]
    rawValue = [8, 4, 4, 4, 12].map { length in
      defer { rest = rest.dropFirst(length) }
      return String(rest.prefix(length))
    }.joined(separator: "-")
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
