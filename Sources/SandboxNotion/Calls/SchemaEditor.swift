import Basics
import Store

/// Columns on their way in: added, renamed, changed, removed.
struct SchemaEditor {
  let transaction: WriteTransaction
  let version: Version
  let sight: Sight

  func apply(_ input: Input, to source: inout DataSourceRecord) throws {
    for key in try input.object().keys.sorted(by: { isRollup(input[$1]) && !isRollup(input[$0]) }) {
      let change = Input("\(input.path).\(key)", input.value?[key])
      if let index = source.schema.index(nameOrID: key) {
        try update(index, change, in: &source)
      } else if !change.isNull {
        try add(named: key, change, to: &source)
      } else {
        throw APIError.validation("\(key) is not a property that exists.")
      }
    }
  }

  /// Rollups come last: they name relations that may be made in the same call.
  private func isRollup(_ input: Input) -> Bool { input["rollup"].isDefined }

  private func update(_ index: Int, _ change: Input, in source: inout DataSourceRecord) throws {
    var property = source.schema.properties[index]
    if change.isNull {
      guard property.type != .title else { throw APIError.validation("Cannot delete title property") }
      source.schema.properties.remove(at: index)
      try transaction.run(
        """
        DELETE FROM notion_values WHERE property_id = \(property.id)
          AND page_id IN (SELECT id FROM notion_pages WHERE data_source_id = \(source.id))
        """)
      return
    }
    let members = try change.object()
    if members["name"] != nil { property.name = try freeName(change["name"], source.schema, besides: property.id) }
    if let text = change["description"].value?.string { property.description = text }
    if let type = try type(of: change) {
      guard type == property.type || (type != .title && property.type != .title) else {
        throw APIError.validation("Cannot change the type of the title property")
      }
      property = try configured(property, type, change, in: source)
    }
    source.schema.properties[index] = property
  }

  private func add(named name: String, _ change: Input, to source: inout DataSourceRecord) throws {
    guard let type = try type(of: change) else {
      throw APIError.fixOne("body", PropertyType.allCases.map { change[$0.rawValue].sentence("defined") })
    }
    guard type != .title || source.schema.title == nil else {
      throw APIError.validation("Cannot create new title property")
    }
    let id = type == .title ? "title" : Self.newID(name, source)
    let fresh = Property(id: id, name: name, type: type)
    var property = try configured(fresh, type, change, in: source)
    if type == .relation { try synchronise(&property, change["relation"], in: source) }
    source.schema.properties.append(property)
  }

  private func freeName(_ input: Input, _ schema: Schema, besides id: String) throws -> String {
    let name = try input.string()
    guard !schema.properties.contains(where: { $0.name == name && $0.id != id }) else {
      throw APIError.validation("Cannot rename property to \(name) because a property with that name already exists.")
    }
    return name
  }

  private func type(of input: Input) throws -> PropertyType? {
    let members = try input.object()
    let declared = members["type"]?.string.flatMap(PropertyType.init(rawValue:))
    return declared ?? PropertyType.allCases.first { members[$0.rawValue] != nil }
  }

  /// Four characters, as Notion's are.
  static func newID(_ name: String, _ source: DataSourceRecord) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz:;<=>?@[]^_`{|}~")
    var attempt = 0
    while true {
      var bits = ObjectID.fingerprint("\(source.id) \(name) \(attempt)")
      var id = ""
      for _ in 0..<4 {
        id.append(alphabet[Int(bits % UInt64(alphabet.count))])
        bits /= UInt64(alphabet.count)
      }
      if !source.schema.properties.contains(where: { $0.id == id }) { return id }
      attempt += 1
    }
  }
}
