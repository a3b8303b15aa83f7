import Basics
import Store

extension Queries {
  /// What reading these columns of these rows needs: people, and the rows that rollups look at.
  func context(_ schema: Schema, _ rows: [TableRow], columns: [Property]? = nil, now: Timestamp) throws -> RowContext {
    var context = RowContext(schema: schema, users: try usersByID(), now: now)
    for property in columns ?? schema.properties where property.type == .rollup {
      context.rollups[property.id] = try rollupSource(of: property, schema, rows)
    }
    return context
  }

  /// The column a rollup shows, with the table it is in.
  func rollupTarget(of property: Property, _ schema: Schema) throws -> (Property, DataSourceRecord, Property)? {
    guard let relationID = property.configuration["relation_property_id"]?.string,
      let relation = schema.properties.first(where: { $0.id == relationID }),
      let source = try relation.relatedDataSource.flatMap(anyDataSource),
      let targetID = property.configuration["rollup_property_id"]?.string,
      let target = source.schema.properties.first(where: { $0.id == targetID })
    else { return nil }
    return (relation, source, target)
  }

  private func rollupSource(of property: Property, _ schema: Schema, _ rows: [TableRow]) throws -> RollupSource? {
    guard let (relation, source, target) = try rollupTarget(of: property, schema) else { return nil }
    let ids = Array(Set(rows.flatMap { $0.relatedIDs(relation) })).sorted()
    let related = try ids.chunks(of: 5000).flatMap(tableRows).map { ($0.page.id, $0) }
    return RollupSource(
      relation: relation, target: target, rows: Dictionary(related, uniquingKeysWith: { first, _ in first }),
      schema: source.schema)
  }

  /// The columns whose values must be loaded to know these columns: those formulas and rollups are made of too.
  func neededColumns(_ columns: [Property], _ schema: Schema) throws -> [String] {
    try columns.flatMap { column -> [String] in
      switch column.type {
      case .rollup: return try rollupTarget(of: column, schema).map { [$0.0.id] } ?? []
      case .formula:
        let expression = column.configuration["expression"]?.string ?? ""
        return schema.properties.filter { expression.contains("prop(\"\($0.name)\")") }.map(\.id)
      default: return [column.id]
      }
    }
  }
}

extension Array {
  func chunks(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
