import Basics
import Notion

/// Which column plays which part. Columns are kept by id, so that renaming one changes nothing.
public struct Roles: Codable, Sendable, Hashable {
  public struct Role: Codable, Sendable, Hashable {
    public let id: String
    public let type: String
  }

  public var title: Role
  public var status: Role
  public var priority: Role?
  public var assignee: Role?
  public var labels: Role?
  public var due: Role?
  public var summary: Role?
  public var number: Role?

  var all: [Role] { [title, status, priority, assignee, labels, due, summary, number].compactMap(\.self) }

  /// Only a column of people can take a person.
  var canAssign: Bool { assignee?.type == "people" }
}

extension Roles {
  /// A sensible guess from the names and types of a table's columns.
  public init(guessing table: DataSource) throws {
    let columns = table.columns.values.sorted { $0.name < $1.name }
    func column(_ types: [String], _ names: [String], orAny: Bool = false) -> Role? {
      let fitting = columns.filter { types.contains($0.type) }
      let named = names.lazy.compactMap { name in fitting.first { $0.name.lowercased().contains(name) } }.first
      return (named ?? (orAny ? fitting.first : nil)).map { Role(id: $0.id, type: $0.type) }
    }
    guard let title = columns.first(where: { $0.type == "title" }) else {
      throw Failure.invalid("This table has no title column, so its rows cannot be issues.")
    }
    guard let status = column(["status"], ["status", "state"], orAny: true) ?? column(["select"], ["status", "state"])
    else {
      throw Failure.invalid("This table has no status column. Add one in Notion (type Status), then try again.")
    }
    self.init(
      title: Role(id: title.id, type: "title"), status: status,
      priority: column(["select", "status", "number"], ["priority", "severity", "urgency"]),
      assignee: column(["people", "person", "rich_text", "select"], ["assignee", "assigned", "owner", "responsible"]),
      labels: column(["multi_select", "select"], ["label", "tag", "area", "component", "category"]),
      due: column(["date"], ["due", "deadline", "until"]),
      summary: column(["rich_text"], ["description", "summary", "details", "notes"]),
      number: column(["unique_id"], [], orAny: true))
  }

  /// The guess, with columns that somebody named instead: part → column name.
  public init(guessing table: DataSource, overridden names: [Part: String]) throws {
    try self.init(guessing: table)
    for (part, name) in names {
      guard let column = table.columns[name] else {
        throw Failure.invalid(
          "The table has no column “\(name)”. It has: \(table.columns.keys.sorted().joined(separator: ", ")).")
      }
      let role = Role(id: column.id, type: column.type)
      switch part {
      case .title: title = role
      case .status: status = role
      case .priority: priority = role
      case .assignee: assignee = role
      case .labels: labels = role
      case .due: due = role
      case .summary: summary = role
      case .number: number = role
      }
    }
    guard ["status", "select"].contains(status.type) else {
      throw Failure.invalid("The status must be a column of type Status or Select.")
    }
  }
}

extension Column {
  /// The option that most likely means "fixed"; nil when none looks like it.
  func guessFixedOption() -> String? {
    let words = ["fixed", "done", "resolved", "complete", "completed", "closed", "shipped"]
    return words.lazy.compactMap { word in options.first { $0.name.lowercased() == word }?.name }.first
  }
}
