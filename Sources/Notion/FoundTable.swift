import Basics

/// A table as a search finds it.
public struct FoundTable: Decodable, Sendable {
  public let id: DataSourceID
  public let name: String
  public let database: DatabaseID

  private struct Parent: Decodable {
    let database: DatabaseID
    enum CodingKeys: String, CodingKey { case database = "database_id" }
  }

  enum CodingKeys: String, CodingKey { case id, title, parent }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(DataSourceID.self, forKey: .id)
    name = (try container.decodeIfPresent([RichText].self, forKey: .title)?.plainText ?? "").orUntitled
    database = try container.decode(Parent.self, forKey: .parent).database
  }
}

/// What a search answers. Things in the trash may be among it though nobody asked for them.
struct FoundTables: Decodable {
  let tables: [FoundTable]

  private struct Result: Decodable {
    let table: FoundTable?

    enum CodingKeys: String, CodingKey {
      case isTrashed = "in_trash"
      case isArchived = "archived"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      let isTrashed = try container.decodeIfPresent(Bool.self, forKey: .isTrashed) ?? false
      let isArchived = try container.decodeIfPresent(Bool.self, forKey: .isArchived) ?? false
      table = isTrashed || isArchived ? nil : try FoundTable(from: decoder)
    }
  }

  enum CodingKeys: String, CodingKey { case results }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    tables = try container.decode([Result].self, forKey: .results).compactMap(\.table)
  }
}
