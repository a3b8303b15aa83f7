import Basics

/// What Notion tells of things, as far as we use it. Unknown members and values are tolerated.

/// The container that people call a database: one or more data sources.
public struct Database: Decodable, Sendable {
  public let id: DatabaseID
  public let title: [RichText]
  /// Empty under the version of 2022, where the database is the table itself.
  public let dataSources: [Source]

  public struct Source: Decodable, Sendable {
    public let id: DataSourceID
    public let name: String
  }

  enum CodingKeys: String, CodingKey {
    case id, title
    case dataSources = "data_sources"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(DatabaseID.self, forKey: .id)
    title = try container.decodeIfPresent([RichText].self, forKey: .title) ?? []
    dataSources = try container.decodeIfPresent([Source].self, forKey: .dataSources) ?? []
  }

  public init(id: DatabaseID, title: [RichText] = [], dataSources: [Source]) {
    self.id = id
    self.title = title
    self.dataSources = dataSources
  }
}

/// A table: its columns, and rows to query.
public struct DataSource: Decodable, Sendable {
  public let id: DataSourceID
  public let title: [RichText]
  /// By name.
  public let columns: [String: Column]

  enum CodingKeys: String, CodingKey {
    case id, title
    case columns = "properties"
  }

  public init(id: DataSourceID, title: [RichText] = [], columns: [String: Column]) {
    self.id = id
    self.title = title
    self.columns = columns
  }
}

/// A column of a table.
public struct Column: Decodable, Sendable {
  /// Stable, percent-encoded.
  public let id: String
  public let name: String
  public let type: String
  /// The options of a select, status or multi-select column, in order.
  public let options: [Option]
  /// How Notion groups the options of a status column: to do, in progress, complete, under names people may change.
  public let groups: [Group]

  public struct Group: Decodable, Sendable, Hashable {
    public let name: String
    public let options: [String]

    enum CodingKeys: String, CodingKey {
      case name
      case options = "option_ids"
    }

    public init(name: String, options: [String]) {
      self.name = name
      self.options = options
    }
  }

  public struct Option: Decodable, Sendable, Hashable {
    public let id: String?
    public let name: String

    public init(id: String? = nil, name: String) {
      self.id = id
      self.name = name
    }
  }

  public init(id: String, name: String, type: String, options: [Option] = [], groups: [Group] = []) {
    self.id = id
    self.name = name
    self.type = type
    self.options = options
    self.groups = groups
  }

  private struct Choices: Decodable {
    let options: [Option]?
    let groups: [Group]?
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: DynamicKey.self)
    id = try container.decode(String.self, forKey: "id")
    name = try container.decode(String.self, forKey: "name")
    type = try container.decode(String.self, forKey: "type")
    let hasOptions = ["select", "status", "multi_select"].contains(type)
    let choices = hasOptions ? try container.decode(Choices.self, forKey: DynamicKey(type)) : nil
    options = choices?.options ?? []
    groups = choices?.groups ?? []
  }
}

/// A row of a table, or a page of its own.
public struct Page: Decodable, Sendable {
  public let id: PageID
  /// Floored to the minute by Notion.
  public let createdTime: Timestamp
  /// Floored to the minute by Notion: two edits within one look the same.
  public let lastEditedTime: Timestamp
  public let isTrashed: Bool
  public let parent: Parent?
  public let url: String
  /// By name.
  public let properties: [String: Property]

  enum CodingKeys: String, CodingKey {
    case id, url, properties, archived, parent
    case createdTime = "created_time"
    case lastEditedTime = "last_edited_time"
    case inTrash = "in_trash"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(PageID.self, forKey: .id)
    createdTime = try container.decodeTime(forKey: .createdTime)
    lastEditedTime = try container.decodeTime(forKey: .lastEditedTime)
    isTrashed =
      try container.decodeIfPresent(Bool.self, forKey: .inTrash)
      ?? container.decodeIfPresent(Bool.self, forKey: .archived) ?? false
    parent = try container.decodeIfPresent(Parent.self, forKey: .parent)
    url = try container.decodeIfPresent(String.self, forKey: .url) ?? ""
    properties = try container.decodeIfPresent([String: Property].self, forKey: .properties) ?? [:]
  }

  public init(
    id: PageID, createdTime: Timestamp, lastEditedTime: Timestamp, isTrashed: Bool = false, parent: Parent? = nil,
    url: String = "", properties: [String: Property]
  ) {
    self.id = id
    self.createdTime = createdTime
    self.lastEditedTime = lastEditedTime
    self.isTrashed = isTrashed
    self.parent = parent
    self.url = url
    self.properties = properties
  }
}

extension Page {
  /// The value of a column, by its id; nil when the row does not show it.
  public subscript(column: String) -> PropertyValue? {
    properties.values.first { $0.id == column }?.value
  }
}

/// Where a page lies. Which ids are told depends on the version of the API.
public struct Parent: Decodable, Sendable, Hashable {
  public let dataSource: DataSourceID?
  public let database: DatabaseID?

  enum CodingKeys: String, CodingKey {
    case dataSource = "data_source_id"
    case database = "database_id"
  }

  public init(dataSource: DataSourceID?, database: DatabaseID?) {
    self.dataSource = dataSource
    self.database = database
  }

  /// Whether the page is a row of this table.
  public func isIn(_ source: DataSourceID, of database: DatabaseID) -> Bool {
    dataSource.map { $0 == source } ?? (self.database == database)
  }
}

/// A person, a bot or a group, in full or only by id.
public struct Person: Decodable, Sendable, Hashable {
  public let id: PersonID
  public let name: String?

  public init(id: PersonID, name: String?) {
    self.id = id
    self.name = name
  }
}

public struct PeoplePage: Decodable, Sendable {
  public let people: [Person]
  public let nextCursor: String?

  enum CodingKeys: String, CodingKey {
    case people = "results"
    case nextCursor = "next_cursor"
  }

  public init(people: [Person], nextCursor: String? = nil) {
    self.people = people
    self.nextCursor = nextCursor
  }
}

/// Who a token speaks for (`users/me`).
public struct Bot: Decodable, Sendable {
  public let id: PersonID
  public let name: String?
  public let workspace: String?

  private struct Details: Decodable {
    let workspaceName: String?
    enum CodingKeys: String, CodingKey { case workspaceName = "workspace_name" }
  }

  enum CodingKeys: String, CodingKey { case id, name, bot }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(PersonID.self, forKey: .id)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    workspace = try container.decodeIfPresent(Details.self, forKey: .bot)?.workspaceName
  }
}

/// A piece of formatted text; its words are all we need.
public struct RichText: Decodable, Sendable, Hashable {
  public let plainText: String

  enum CodingKeys: String, CodingKey { case plainText = "plain_text" }

  public init(_ plainText: String) { self.plainText = plainText }
}

extension [RichText] {
  /// All pieces together, as they read.
  public var plainText: String { map(\.plainText).joined() }
}

/// A member whose name is only known at run time.
struct DynamicKey: CodingKey, ExpressibleByStringLiteral {
  let stringValue: String
  var intValue: Int? { nil }
  init(_ name: String) { stringValue = name }
  init(stringLiteral value: String) { self.init(value) }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer {
  func decodeTime(forKey key: Key) throws -> Timestamp {
    let text = try decode(String.self, forKey: key)
    guard let time = Timestamp(iso8601: text) else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "\(text.prefix(40)) is no time")
    }
    return time
  }
}
