import Basics
import Discord
import Notion
import Store

/// The SQL of issues.
enum IssueRecords {
  /// What a reading would change.
  enum Change: Sendable {
    case new
    case changed(String)
    case same
  }

  /// - Parameter readAt: when the reading was asked for. What was asked for later and is kept already wins, because an
  ///   answer may be older than it arrives.
  static func change(
    _ content: Issue.Content, of page: PageID, under mapping: Mapping, readAt: Timestamp, _ queries: some Queries
  ) throws -> Change {
    let known = try queries.rows("SELECT * FROM issues WHERE mapping_id = \(mapping.id) AND page_id = \(page)").first
    guard let known else {
      // What was fixed or thrown away before we first saw it is history.
      return content.isFixed || content.isTrashed ? .same : .new
    }
    let isStale = try known.get("read_at", as: Timestamp.self) > readAt
    return try isStale || Issue.Content(row: known) == content ? .same : .changed(known.get("id"))
  }

  static func keep(
    _ change: Change, _ content: Issue.Content, of page: PageID, under mapping: Mapping, readAt: Timestamp,
    in transaction: WriteTransaction
  ) throws -> String {
    if case .changed(let id) = change {
      try update(id, content, readAt, transaction)
      return id
    }
    let id = UUIDv7.make(at: readAt)
    try insert(id, content, page, mapping, readAt, transaction)
    return id
  }

  static func find(_ id: String, in guild: GuildID, _ queries: some Queries) throws -> Issue? {
    try queries.first("SELECT * FROM issues WHERE id = \(id) AND guild_id = \(guild)")
  }

  static func find(_ id: String, _ queries: some Queries) throws -> Issue? {
    try queries.first("SELECT * FROM issues WHERE id = \(id)")
  }

  static func mapping(_ id: String, _ queries: some Queries) throws -> Mapping? {
    try queries.first("SELECT * FROM sync_mappings WHERE id = \(id)")
  }

  /// Somebody wants it fixed.
  static func startFixing(_ id: String, by person: String, at time: Timestamp, in transaction: WriteTransaction) throws
    -> Issue?
  {
    try transaction.first(
      """
      UPDATE issues SET fixing_by = \(person), fixing_since = \(time), notice = NULL WHERE id = \(id) RETURNING *
      """)
  }

  static func finishFixing(_ issue: Issue, by person: String, at time: Timestamp, in transaction: WriteTransaction) throws {
    try transaction.run(
      """
      UPDATE issues SET fixing_by = NULL, fixing_since = NULL, fixed_by = \(person), fixed_at = \(time), notice = NULL
      WHERE id = \(issue.id)
      """)
  }

  static func abandonFixing(_ id: String, because sentence: String, in transaction: WriteTransaction) throws {
    try transaction.run(
      "UPDATE issues SET fixing_by = NULL, fixing_since = NULL, notice = \(sentence) WHERE id = \(id)")
  }

  private static func insert(
    _ id: String, _ content: Issue.Content, _ page: PageID, _ mapping: Mapping, _ readAt: Timestamp,
    _ transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, summary,
        url, is_fixed, is_trashed, reported_at, edited_at, read_at)
      VALUES (\(id), \(mapping.id), \(mapping.guild), \(page), \(content.title), \(content.number),
        \(content.status), \(content.priority), \(content.assignee), \(content.labels), \(content.summary),
        \(content.url), \(content.isFixed), \(content.isTrashed), \(content.reportedAt), \(content.editedAt), \(readAt))
      """)
  }

  private static func update(
    _ id: String, _ content: Issue.Content, _ readAt: Timestamp, _ transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      UPDATE issues SET title = \(content.title), number = \(content.number), status = \(content.status),
        priority = \(content.priority), assignee = \(content.assignee), labels = \(content.labels),
        summary = \(content.summary), url = \(content.url), is_fixed = \(content.isFixed),
        is_trashed = \(content.isTrashed), reported_at = \(content.reportedAt), edited_at = \(content.editedAt),
        read_at = \(readAt), notice = NULL,
        fixed_by = CASE WHEN \(content.isFixed) = 1 THEN fixed_by ELSE NULL END,
        fixed_at = CASE WHEN \(content.isFixed) = 1 THEN fixed_at ELSE NULL END
      WHERE id = \(id)
      """)
  }
}
