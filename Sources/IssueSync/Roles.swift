import Basics
import Notion

/// Which column plays which part. Columns are kept by id, so that renaming one changes nothing.
public struct Roles: Codable, Sendable, Hashable {
  public struct Role: Codable, Sendable, Hashable {
    public let id: String
    public let type: String
    /// What the column was called when it was last looked at.
    public let name: String?
    /// True when the column was gone then.
    public let isMissing: Bool?

    init(_ column: Column) {
      id = column.id
      type = column.type
      name = column.name
      isMissing = nil
    }

    private init(missing role: Role) {
      (id, type, name, isMissing) = (role.id, role.type, role.name, true)
    }

    /// The same column as the table has it now.
    func renewed(from columns: [String: Column]) -> Role {
      columns.values.first { $0.id == id }.map { Role($0) } ?? Role(missing: self)
    }
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

  func renewed(from columns: [String: Column]) -> Roles {
    var roles = self
    roles.title = title.renewed(from: columns)
    roles.status = status.renewed(from: columns)
    roles.priority = priority?.renewed(from: columns)
    roles.assignee = assignee?.renewed(from: columns)
    roles.labels = labels?.renewed(from: columns)
    roles.due = due?.renewed(from: columns)
    roles.summary = summary?.renewed(from: columns)
    roles.number = number?.renewed(from: columns)
    return roles
  }

  /// Only a column of people can take a person.
  var canAssign: Bool { assignee?.type == "people" }
}

extension Roles {
  /// What a table's columns seem to be for, by their names and types; a part that none seems to play is absent.
  static func guess(_ table: DataSource) -> [Part: Column] {
    let columns = table.columns.values.sorted { $0.name < $1.name }
    func column(_ types: [String], _ names: [String], orAny: Bool = false) -> Column? {
      let fitting = columns.filter { types.contains($0.type) }
      let named = names.lazy.compactMap { name in fitting.first { $0.name.lowercased().contains(name) } }.first
      return named ?? (orAny ? fitting.first : nil)
    }
    let guesses: [Part: Column?] = [
      .title: columns.first { $0.type == "title" },
      .status: column(["status"], ["status", "state"], orAny: true) ?? column(["select"], ["status", "state"]),
      .priority: column(["select", "status", "number"], ["priority", "severity", "urgency"]),
      .assignee: column(
        ["people", "person", "rich_text", "select"], ["assignee", "assigned", "owner", "responsible"]),
      .labels: column(["multi_select", "select"], ["label", "tag", "area", "component", "category"]),
      .due: column(["date"], ["due", "deadline", "until"]),
      .summary: column(["rich_text"], ["description", "summary", "details", "notes"]),
      .number: column(["unique_id"], [], orAny: true),
    ]
    return guesses.compactMapValues(\.self)
  }

  /// Nil without a column for the title and one for the status.
  init?(_ columns: [Part: Column]) {
    func role(_ part: Part) -> Role? { columns[part].map { Role($0) } }
    guard let title = role(.title), let status = role(.status) else { return nil }
    self.init(
      title: title, status: status, priority: role(.priority), assignee: role(.assignee), labels: role(.labels),
      due: role(.due), summary: role(.summary), number: role(.number))
  }

  public subscript(part: Part) -> Role? {
    switch part {
    case .title: title
    case .status: status
    case .priority: priority
    case .assignee: assignee
    case .labels: labels
    case .due: due
    case .summary: summary
    case .number: number
    }
  }

  /// What keeps a column from playing a part, in a sentence; nil when nothing does.
  static func objection(to column: Column, as part: Part) -> String? {
    switch part {
    case .title where column.type != "title": "The title is the table's first column, of type Title."
    case .status where !["status", "select"].contains(column.type):
      "The status must be a column of type Status or Select."
    case _ where ["button", "verification", "place"].contains(column.type): "“\(column.name)” has no text to show."
    default: nil
    }
  }
}

extension Column {
  /// The option that most likely means "fixed"; nil when none looks like it.
  func guessFixedOption() -> String? {
    let words = ["fixed", "done", "resolved", "complete", "completed", "closed", "shipped"]
    return words.lazy.compactMap { word in options.first { $0.name.lowercased() == word }?.name }.first
  }

  /// The options that end an issue: of a status, those Notion groups as complete (the last group, whatever people call
  /// it); of a select, those that sound like it.
  func guessClosedOptions() -> [String] {
    if let complete = groups.first(where: { $0.name.lowercased() == "complete" }) ?? groups.last {
      return options.filter { $0.id.map(complete.options.contains) ?? false }.map(\.name)
    }
    let words = [
      "fixed", "done", "resolved", "complete", "completed", "closed", "shipped", "won't fix", "won’t fix", "wontfix",
      "duplicate", "cancelled", "canceled", "rejected", "invalid", "not a bug", "by design", "archived",
    ]
    return options.map(\.name).filter { words.contains($0.lowercased()) }
  }
}
