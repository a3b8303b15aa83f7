import Basics
import Notion
import Store

private let log = Logger(label: "mappings")

/// A table changes under its mapping: columns are renamed and deleted, options come and go.
struct Refreshing {
  let desk: IssueDesk

  /// The mapping with what the table has now, kept. What is amiss but can be lived with is kept in words.
  /// - Throws: a sentence, when a column is gone without which no row can be read.
  func renew(_ mapping: Mapping, _ notion: NotionClient) throws -> Mapping {
    let table = try notion.dataSource(mapping.dataSource)
    let roles = mapping.roles.renewed(from: table.columns)
    var rules = mapping.rules
    for index in rules.filter.conditions.indices {
      rules.filter.conditions[index].column = rules.filter.conditions[index].column.renewed(from: table.columns)
    }
    let status = table.columns.values.first { $0.id == roles.status.id }
    let problem = Self.problem(mapping, roles, rules, table)
    if let problem, problem != mapping.problem {
      log.warning("table changed", metadata: ["mapping": .string(mapping.id), "problem": .string(problem)])
    }
    let renewed = try keep(mapping, table, roles, rules, status, problem)
    if roles.status.isMissing == true || rules.filter.conditions.contains(where: { $0.column.isMissing == true })
      || !["status", "select"].contains(roles.status.type)
    {
      throw Failure.conflict(problem ?? "The table has changed.")
    }
    return renewed ?? mapping
  }

  private func keep(
    _ mapping: Mapping, _ table: DataSource, _ roles: Roles, _ rules: Rules, _ status: Column?, _ problem: String?
  ) throws -> Mapping? {
    let options = status?.options.map(\.name) ?? mapping.statusOptions
    let closed = (rules.closed ?? status?.guessClosedOptions() ?? mapping.closedOptions).filter {
      $0 != mapping.fixedOption
    }
    // Rules that people changed meanwhile are theirs.
    return try desk.store.write { transaction in
      try transaction.first(
        """
        UPDATE sync_mappings SET roles = \(JSON.text(roles)), rules = \(JSON.text(rules)),
          status_options = \(JSON.text(options)), closed_options = \(JSON.text(closed)), problem = \(problem),
          name = \(table.displayName)
        WHERE id = \(mapping.id) AND revision = \(mapping.revision) RETURNING *
        """)
    }
  }

  private static func problem(_ mapping: Mapping, _ roles: Roles, _ rules: Rules, _ table: DataSource) -> String? {
    let mend = "Choose another with “guildhall mapping set \(mapping.id)”."
    let gone = (roles.all + rules.filter.conditions.map(\.column)).filter { $0.isMissing == true }
    if let column = gone.first {
      return "The column “\(column.name ?? column.id)” is gone from “\(mapping.name)”. \(mend)"
    }
    if !["status", "select"].contains(roles.status.type) {
      return "The column “\(roles.status.name ?? "")” is no longer of type Status or Select. \(mend)"
    }
    for condition in rules.filter.conditions {
      let column = table.columns.values.first { $0.id == condition.column.id }
      let options = column?.options.map(\.name) ?? []
      if let lost = condition.values.first(where: { !options.isEmpty && !$0.isEmpty && !options.contains($0) }) {
        return "The filter asks for “\(lost)”, which is no option of “\(column?.name ?? "")” any more. \(mend)"
      }
    }
    if let status = table.columns.values.first(where: { $0.id == roles.status.id }),
      !status.options.contains(where: { $0.name == mapping.fixedOption })
    {
      return
        "“\(mapping.fixedOption)” is no option of “\(status.name)” any more, so nothing can be marked as fixed. \(mend)"
    }
    return nil
  }
}
