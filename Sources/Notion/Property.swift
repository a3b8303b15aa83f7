import Basics

/// The value of one column of a row, with the column's stable id.
public struct Property: Decodable, Sendable, Hashable {
  public let id: String
  public let value: PropertyValue

  public init(id: String, value: PropertyValue) {
    self.id = id
    self.value = value
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: DynamicKey.self)
    id = try container.decodeIfPresent(String.self, forKey: "id") ?? ""
    value = try PropertyValue(in: container, type: container.decode(String.self, forKey: "type"))
  }
}

/// Every kind of value Notion has (Notion: page properties). A kind not known yet decodes as `unsupported`.
public indirect enum PropertyValue: Sendable, Hashable {
  case title([RichText])
  case richText([RichText])
  case number(Double?)
  case select(Column.Option?)
  case status(Column.Option?)
  case multiSelect([Column.Option])
  case date(DateRange?)
  case people([Person])
  /// Names only: Notion's addresses of files live for an hour.
  case files([String])
  case checkbox(Bool)
  case url(String?)
  case email(String?)
  case phoneNumber(String?)
  case relation([PageID], hasMore: Bool)
  case time(Timestamp?)
  case person(Person?)
  case uniqueID(prefix: String?, number: Int?)
  /// The result of a formula or an aggregating rollup.
  case computed(PropertyValue)
  /// The elements of a rollup that shows them.
  case list([PropertyValue])
  case unsupported(String)

  public struct DateRange: Decodable, Sendable, Hashable {
    public let start: String
    public let end: String?
  }
}

extension PropertyValue {
  init(in container: KeyedDecodingContainer<DynamicKey>, type: String) throws {
    let key = DynamicKey(type)
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try container.decode(type, forKey: key) }
    func optional<Value: Decodable>(_ type: Value.Type) throws -> Value? {
      try container.decodeIfPresent(type, forKey: key)
    }
    switch type {
    case "title": self = .title(try decode([RichText].self))
    case "rich_text": self = .richText(try decode([RichText].self))
    case "number": self = .number(try optional(Double.self))
    case "select": self = .select(try optional(Column.Option.self))
    case "status": self = .status(try optional(Column.Option.self))
    case "multi_select": self = .multiSelect(try decode([Column.Option].self))
    case "date": self = .date(try optional(DateRange.self))
    case "people": self = .people(try decode([Person].self))
    case "files": self = .files(try decode([NamedFile].self).map(\.name))
    case "checkbox", "boolean": self = .checkbox(try optional(Bool.self) ?? false)
    case "url": self = .url(try optional(String.self))
    case "email": self = .email(try optional(String.self))
    case "phone_number": self = .phoneNumber(try optional(String.self))
    case "string": self = .richText([RichText(try optional(String.self) ?? "")])
    case "relation":
      self = .relation(
        try decode([Reference].self).map(\.id),
        hasMore: try container.decodeIfPresent(Bool.self, forKey: "has_more") ?? false)
    case "created_time", "last_edited_time": self = .time(try optional(String.self).flatMap { Timestamp(iso8601: $0) })
    case "created_by", "last_edited_by": self = .person(try optional(Person.self))
    case "unique_id":
      let unique = try optional(UniqueID.self)
      self = .uniqueID(prefix: unique?.prefix, number: unique?.number)
    case "formula", "rollup": self = .computed(try decode(Computed.self).value)
    default: self = .unsupported(type)
    }
  }

  private struct NamedFile: Decodable { let name: String }
  private struct Reference: Decodable { let id: PageID }
  private struct UniqueID: Decodable {
    let prefix: String?
    let number: Int?
  }

  /// A formula's or rollup's result: a value under the name of its own type, or an array of such.
  private struct Computed: Decodable {
    let value: PropertyValue

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: DynamicKey.self)
      let type = try container.decode(String.self, forKey: "type")
      value =
        type == "array"
        ? .list(try container.decode([Computed].self, forKey: "array").map(\.value))
        : try PropertyValue(in: container, type: type)
    }
  }
}

extension PropertyValue {
  /// The value as people read it; empty when there is none.
  public var text: String {
    switch self {
    case .title(let pieces), .richText(let pieces): pieces.plainText
    case .number(let number): number.map(Self.plain) ?? ""
    case .select(let option), .status(let option): option?.name ?? ""
    case .multiSelect(let options): options.map(\.name).joined(separator: ", ")
    case .date(let range): range.map { $0.end == nil ? $0.start : "\($0.start) → \($0.end!)" } ?? ""
    case .people(let people): people.map { $0.name ?? "Somebody" }.joined(separator: ", ")
    case .files(let names): names.joined(separator: ", ")
    case .checkbox(let isOn): isOn ? "Yes" : "No"
    case .url(let text), .email(let text), .phoneNumber(let text): text ?? ""
    case .relation(let pages, let hasMore): pages.isEmpty ? "" : "\(pages.count)\(hasMore ? "+" : "") linked"
    case .time(let time): time?.description ?? ""
    case .person(let person): person?.name ?? ""
    case .uniqueID(let prefix, let number): number.map { (prefix.map { "\($0)-" } ?? "") + "\($0)" } ?? ""
    case .computed(let value): value.text
    case .list(let values): values.map(\.text).filter { !$0.isEmpty }.joined(separator: ", ")
    case .unsupported: ""
    }
  }

  private static func plain(_ number: Double) -> String {
    Int64(exactly: number).map(String.init) ?? String(number)
  }
}
