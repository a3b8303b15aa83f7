import Basics
import Store

/// What was edited in Notion, as readings came to know it.
public struct IssueEdit: Sendable, RowDecodable {
  public let id: String
  public let what: What
  public let before: String
  public let after: String
  /// In Notion, to the minute.
  public let editedAt: Timestamp

  public enum What: Sendable, Hashable {
    case part(Part)
    /// The row went: into the trash, another table, or out of our sight.
    case removed
    case returned
  }

  public init(row: Row) throws {
    id = try row.get("id")
    let part: String = try row.get("part")
    what = Part(rawValue: part).map(What.part) ?? (part == IssueEdits.removed ? .removed : .returned)
    before = try row.get("before")
    after = try row.get("after")
    editedAt = try row.get("edited_at")
  }
}

/// The SQL of edits.
enum IssueEdits {
  /// Writes down what differs from what is kept, but for what somebody asked for here: that is a `Change`.
  static func note(
    _ id: String, _ content: Issue.Content, readAt: Timestamp, in transaction: WriteTransaction
  ) throws {
    guard let known = try transaction.rows("SELECT * FROM issues WHERE id = \(id)").first else { return }
    let old = try Issue.Content(row: known)
    let change = try ChangeRecords.last(of: id, transaction)
    for part in Part.allCases where old[part] != content[part] && change?.brings(content[part], of: part) != true {
      // Long texts would be kept twice over; that they changed is enough.
      let (before, after) = part == .summary ? ("", "") : (old[part].cut(to: 200), content[part].cut(to: 200))
      try add(part.rawValue, before, after, to: id, content.editedAt, readAt, transaction)
    }
    if old.isRemoved != content.isRemoved {
      try add(content.isRemoved ? removed : returned, "", "", to: id, content.editedAt, readAt, transaction)
    }
  }

  static let removed = "removed"
  private static let returned = "returned"

  static func noteRemoval(_ id: String, readAt: Timestamp, in transaction: WriteTransaction) throws {
    try add(removed, "", "", to: id, readAt, readAt, transaction)
  }

  private static func add(
    _ part: String, _ before: String, _ after: String, to issue: String, _ editedAt: Timestamp, _ readAt: Timestamp,
    _ transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      INSERT INTO issue_edits (id, issue_id, part, before, after, edited_at)
      VALUES (\(UUIDv7.make(at: readAt)), \(issue), \(part), \(before), \(after), \(editedAt))
      """)
  }

  /// The last edits of an issue, the latest first.
  static func last(_ limit: Int, of issue: String, _ queries: some Queries) throws -> [IssueEdit] {
    try queries.all("SELECT * FROM issue_edits WHERE issue_id = \(issue) ORDER BY id DESC LIMIT \(limit)")
  }
}

extension Change {
  /// Whether Notion says this because of the change, which is not known to be done yet.
  fileprivate func brings(_ value: String, of part: IssueSync.Part) -> Bool {
    guard isPending, value == after else { return false }
    return self.part == .status ? part == .status : part == .assignee
  }
}
