import Basics
import HTTP

/// A column: what the data source says of it under `properties`.
struct Property: Sendable, Codable, Equatable {
  /// Not percent-encoded; answers encode it.
  var id: String
  var name: String
  var type: PropertyType
  /// What stands under the key named like the type: options, format, the other side of a relation, …
  var configuration: JSONValue = [:]
  var description: String?

  var encodedID: String { percentEncoded(id) }
}

/// The columns of a data source, in their order.
struct Schema: Sendable, Codable, Equatable {
  var properties: [Property]

  /// By name or id. Ids are taken raw, encoded, and encoded twice, as clients send them.
  subscript(nameOrID key: String) -> Property? { index(nameOrID: key).map { properties[$0] } }

  func index(nameOrID key: String) -> Int? {
    let once = percentDecoded(key)
    let twice = percentDecoded(once)
    return properties.firstIndex { $0.name == key } ?? properties.firstIndex { $0.id == key }
      ?? properties.firstIndex { $0.id == once || $0.id == twice }
      ?? (key == "title" ? properties.firstIndex { $0.type == .title } : nil)
  }

  var title: Property? { properties.first { $0.type == .title } }

  /// The columns a call asked for (`filter_properties`), or all of them.
  func selection(_ keys: [String]) throws -> [Property] {
    if keys.isEmpty { return properties }
    let chosen = try keys.map { key in
      guard let property = self[nameOrID: key] else {
        throw APIError.validation("Could not find property with name or id: \(key)")
      }
      return property.id
    }
    return properties.filter { chosen.contains($0.id) }
  }

  static let pageOnly = Schema(properties: [Property(id: "title", name: "title", type: .title)])
}

/// A choice of a select, status or multi-select column.
struct Option: Equatable {
  let id: String
  let name: String
  let color: String

  init?(_ value: JSONValue) {
    guard let id = value["id"]?.string, let name = value["name"]?.string else { return nil }
    self.id = id
    self.name = name
    color = value["color"]?.string ?? "default"
  }

  /// As a page shows it: without the description.
  var answer: JSONValue { ["id": .string(id), "name": .string(name), "color": .string(color)] }
}

extension Property {
  var options: [Option] { configuration["options"]?.array?.compactMap(Option.init) ?? [] }

  func option(id: String) -> Option? { options.first { $0.id == id } }
  func option(named name: String) -> Option? { options.first { $0.name == name } }

  /// The data source a relation points into.
  var relatedDataSource: String? { configuration["data_source_id"]?.string }

  mutating func addOption(_ value: JSONValue) {
    guard case .object(var members) = configuration else { return }
    members["options"] = .array((members["options"]?.array ?? []) + [value])
    configuration = .object(members)
  }

  mutating func set(_ key: String, _ value: JSONValue) {
    var members = configuration.object ?? [:]
    members[key] = value
    configuration = .object(members)
  }
}
