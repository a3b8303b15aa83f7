import Basics
import HTTP
import Store

extension Queries {
  /// `properties` of a data source: its columns by name.
  func columns(of source: DataSourceRecord, _ version: Version) throws -> JSONValue {
    var members: [String: JSONValue] = [:]
    for property in source.schema.properties {
      var column: [String: JSONValue] = [
        "id": .string(property.encodedID), "name": .string(property.name), "type": .string(property.type.rawValue),
        property.type.rawValue: try configuration(of: property, source, version),
      ]
      if version.hasDataSources { column["description"] = property.description.map(JSONValue.string) ?? .null }
      members[property.name] = .object(column)
    }
    return .object(members)
  }

  private func configuration(
    of property: Property, _ source: DataSourceRecord, _ version: Version
  ) throws -> JSONValue {
    switch property.type {
    case .formula: return ["expression": .string(marked(property.configuration["expression"]?.string ?? "", source))]
    case .rollup: return try rollupConfiguration(of: property, source.schema)
    case .relation: return try relationConfiguration(of: property, version)
    default: return property.configuration
    }
  }

  /// Columns in a formula read back as marks with their id, not as the text that was written (recorded).
  private func marked(_ expression: String, _ source: DataSourceRecord) -> String {
    source.schema.properties.reduce(expression) { text, column in
      text.replacing(
        "prop(\"\(column.name)\")",
        with: "{{notion:block_property:\(column.encodedID):\(source.id):\(Constants.workspaceID)}}")
    }
  }

  /// Here the ids are not percent-encoded (recorded).
  private func rollupConfiguration(of property: Property, _ schema: Schema) throws -> JSONValue {
    guard let (relation, _, target) = try rollupTarget(of: property, schema) else { return property.configuration }
    return [
      "rollup_property_name": .string(target.name), "relation_property_name": .string(relation.name),
      "rollup_property_id": .string(target.id), "relation_property_id": .string(relation.id),
      "function": .string(Rollup.function(of: property)),
    ]
  }

  private func relationConfiguration(of property: Property, _ version: Version) throws -> JSONValue {
    guard let sourceID = property.relatedDataSource, let target = try anyDataSource(sourceID) else {
      return property.configuration
    }
    var members: [String: JSONValue] = ["database_id": .string(target.databaseID)]
    if version.hasDataSources { members["data_source_id"] = .string(sourceID) }
    if let syncedID = property.syncedPropertyID,
      let synced = target.schema.properties.first(where: { $0.id == syncedID })
    {
      members["type"] = "dual_property"
      members["dual_property"] = [
        "synced_property_name": .string(synced.name), "synced_property_id": .string(synced.encodedID),
      ]
    } else {
      members["type"] = "single_property"
      members["single_property"] = [:]
    }
    return .object(members)
  }
}

extension Property {
  /// The column at the other end of a relation that shows in both tables.
  var syncedPropertyID: String? { configuration["synced_property_id"]?.string }
}
