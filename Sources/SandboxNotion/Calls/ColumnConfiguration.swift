import Basics
import Store

extension SchemaEditor {
  /// The column with what was sent under its type's key.
  func configured(
    _ property: Property, _ type: PropertyType, _ change: Input, in source: DataSourceRecord
  ) throws -> Property {
    var property = property
    let isNew = property.type != type || property.configuration == [:]
    if property.type != type { property.configuration = [:] }
    property.type = type
    let sent = change[type.rawValue]
    let input = sent.isDefined ? sent : Input(sent.path, [:])
    _ = try input.object()
    switch type {
    case .number:
      if input["format"].isDefined || isNew {
        property.set("format", .string(input["format"].isDefined ? try input["format"].string() : "number"))
      }
    case .select, .multiSelect, .status:
      if input["options"].isDefined || isNew { try setOptions(&property, input) }
    case .formula: property.set("expression", .string(try input["expression"].string()))
    case .uniqueID:
      property.set("prefix", input["prefix"].value?.string.map(JSONValue.string) ?? .null)
    case .relation: property.set("data_source_id", .string(try target(input)))
    case .rollup: try setRollup(&property, input, source.schema)
    default: break
    }
    return property
  }

  private func setOptions(_ property: inout Property, _ input: Input) throws {
    let sent = input["options"].isDefined ? try input["options"].array(upTo: 100) : []
    var options: [JSONValue] = []
    for element in sent {
      let name = try element["name"].string(upTo: 100)
      if name.contains(",") { throw APIError.validation("Invalid select option, commas not allowed: \(name)") }
      let color = element["color"].isDefined ? try element["color"].choice(Colors.option) : nil
      let id = element["id"].value?.string
      let kept = property.options.first { $0.id == id || $0.name == name }
      var members = Writing.newOption(named: name, color: color ?? kept?.color, among: options.count).object ?? [:]
      if let known = id ?? kept?.id { members["id"] = .string(known) }
      options.append(.object(members))
    }
    if property.type == .status, options.isEmpty { options = StatusDefaults.options }
    property.set("options", .array(options))
    if property.type == .status { property.set("groups", StatusDefaults.groups(of: property.options)) }
  }

  private func target(_ input: Input) throws -> String {
    if version.hasDataSources, input["data_source_id"].isDefined {
      return try transaction.dataSource(input["data_source_id"].uuid(), as: sight).id
    }
    let name = version.hasDataSources ? "data_source_id" : "database_id"
    guard input["database_id"].isDefined else { throw input[name].fault("defined") }
    return try transaction.onlyDataSource(of: input["database_id"].uuid(), as: sight).id
  }

  private func setRollup(_ property: inout Property, _ input: Input, _ schema: Schema) throws {
    let relation = try column(input, "relation_property", in: schema)
    guard relation.type == .relation, let sourceID = relation.relatedDataSource,
      let source = try transaction.anyDataSource(sourceID)
    else { throw APIError.validation("\(relation.name) is expected to be relation.") }
    let shown = try column(input, "rollup_property", in: source.schema)
    property.configuration = [
      "relation_property_id": .string(relation.id), "rollup_property_id": .string(shown.id),
      "function": .string(try input["function"].choice(Rollup.functions)),
    ]
  }

  private func column(_ input: Input, _ role: String, in schema: Schema) throws -> Property {
    let sent = input["\(role)_id"].isDefined ? input["\(role)_id"] : input["\(role)_name"]
    let key = try sent.string()
    guard let property = schema[nameOrID: key] else {
      throw APIError.validation("Could not find property with name or id: \(key)")
    }
    return property
  }

  /// A `dual_property` relation makes a column in the other table too.
  func synchronise(_ property: inout Property, _ input: Input, in source: DataSourceRecord) throws {
    guard input["type"].value == "dual_property" || input["dual_property"].isDefined,
      let targetID = property.relatedDataSource, targetID != source.id,
      var target = try transaction.anyDataSource(targetID)
    else { return }
    let name =
      input["dual_property"]["synced_property_name"].value?.string
      ?? "Related to \(source.name) (\(property.name))"
    let id = Self.newID(name, target)
    target.schema.properties.append(
      Property(
        id: id, name: name, type: .relation,
        configuration: ["data_source_id": .string(source.id), "synced_property_id": .string(property.id)]))
    try transaction.save(target)
    property.set("synced_property_id", .string(id))
  }
}

/// The three groups every status column has.
enum StatusDefaults {
  static let options: [JSONValue] = [("Not started", "default"), ("In progress", "blue"), ("Done", "green")]
    .map {
      [
        "id": .string(ObjectID.stable("status \($0.0)")), "name": .string($0.0), "color": .string($0.1),
        "description": .null,
      ]
    }

  /// New options land in the first group (seen on the real service), the defaults in theirs.
  static func groups(of options: [Option]) -> JSONValue {
    let byName = ["In progress": 1, "Done": 2]
    return .array(
      [("To-do", "gray"), ("In progress", "blue"), ("Complete", "green")].enumerated().map { index, group in
        let members = options.filter { byName[$0.name, default: 0] == index }
        return [
          "id": .string(ObjectID.stable("group \(group.0)")), "name": .string(group.0), "color": .string(group.1),
          "option_ids": .array(members.map { .string($0.id) }),
        ]
      })
  }
}
