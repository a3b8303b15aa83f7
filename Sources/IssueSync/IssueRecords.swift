import Basics
import Discord
import Notion
import Store

/// The SQL of issues.
enum IssueRecords {
  /// What a reading would change, with what is then kept.
  enum Difference: Sendable {
    case new(Issue.Content)
    /// - isWorthAnEdit: whether the message should follow.
    case changed(String, Issue.Content, isWorthAnEdit: Bool)
    case same
  }

  /// An issue that is new, or of which something is.
  struct Kept {
    let issue: String
    /// Whether its message should follow.
    let isWorthAnEdit: Bool
  }

  /// - Parameter readAt: when the reading was asked for. What was asked for later and is kept already wins, because an
  ///   answer may be older than it arrives.
  static func difference(
    _ content: Issue.Content, of page: PageID, under mapping: Mapping, readAt: Timestamp, _ queries: some Queries
  ) throws -> Difference {
    let content = try FiledNote.forgetting(content, queries)
    let known = try queries.rows("SELECT * FROM issues WHERE mapping_id = \(mapping.id) AND page_id = \(page)").first
    guard let known else {
      // What was ended or thrown away before we first saw it is history.
      return content.isClosed || content.isRemoved ? .same : .new(content)
    }
    let old = try Issue.Content(row: known)
    if try known.get("read_at", as: Timestamp.self) > readAt || old == content { return .same }
    return .changed(
      try known.get("id"), content, isWorthAnEdit: content.isWorthAnEdit(since: old, watching: mapping.rules.watched))
  }

  /// Keeps what a reading says; nil when it is known already.
  @discardableResult
  static func keep(
    _ content: Issue.Content, of page: PageID, under mapping: Mapping, readAt: Timestamp,
    in transaction: WriteTransaction
  ) throws -> Kept? {
    let difference = try difference(content, of: page, under: mapping, readAt: readAt, transaction)
    return try keep(difference, of: page, under: mapping, readAt: readAt, in: transaction)
  }

  static func keep(
    _ difference: Difference, of page: PageID, under mapping: Mapping, readAt: Timestamp,
    in transaction: WriteTransaction
  ) throws -> Kept? {
    switch difference {
    case .same: return nil
    case .changed(let id, let content, let isWorthAnEdit):
      try IssueEdits.note(id, content, readAt: readAt, in: transaction)
      try update(id, content, readAt, transaction)
      return Kept(issue: id, isWorthAnEdit: isWorthAnEdit)
    case .new(let content):
      let id = UUIDv7.make(at: readAt)
      try insert(id, content, page, mapping, readAt, transaction)
      return Kept(issue: id, isWorthAnEdit: true)
    }
  }

  static func find(_ id: String, in guild: GuildID, _ queries: some Queries) throws -> Issue? {
    try issue("SELECT * FROM issues WHERE id = \(id) AND guild_id = \(guild)", queries)
  }

  static func find(_ id: String, _ queries: some Queries) throws -> Issue? {
    try issue("SELECT * FROM issues WHERE id = \(id)", queries)
  }

  private static func issue(_ sql: SQL, _ queries: some Queries) throws -> Issue? {
    guard let row = try queries.rows(sql).first else { return nil }
    return try Issue(row: row, lastChange: ChangeRecords.last(of: row.get("id"), queries))
  }

  static func mapping(_ id: String, _ queries: some Queries) throws -> Mapping? {
    try queries.first("SELECT * FROM sync_mappings WHERE id = \(id)")
  }

  /// An issue with its mapping; nil when either is gone.
  static func whole(_ id: String, _ queries: some Queries) throws -> (issue: Issue, mapping: Mapping)? {
    guard let issue = try find(id, queries), let mapping = try mapping(issue.mapping, queries) else { return nil }
    return (issue, mapping)
  }

  /// The row is in the table no more.
  static func markRemoved(_ id: String, readAt: Timestamp, in transaction: WriteTransaction) throws -> Bool {
    let removed = try transaction.run(
      "UPDATE issues SET is_removed = 1, read_at = \(readAt) WHERE id = \(id) AND is_removed = 0 AND read_at <= \(readAt)"
    )
    if removed == 1 { try IssueEdits.noteRemoval(id, readAt: readAt, in: transaction) }
    return removed == 1
  }

  static func notice(_ sentence: String?, on id: String, in transaction: WriteTransaction) throws {
    try transaction.run("UPDATE issues SET notice = \(sentence) WHERE id = \(id)")
  }

  private static func insert(
    _ id: String, _ content: Issue.Content, _ page: PageID, _ mapping: Mapping, _ readAt: Timestamp,
    _ transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
        summary, url, is_fixed, is_closed, is_removed, reported_at, edited_at, read_at)
      VALUES (\(id), \(mapping.id), \(mapping.guild), \(page), \(content.title), \(content.number), \(content.status),
        \(content.priority), \(content.assignee), \(content.labels), \(content.due), \(content.summary), \(content.url),
        \(content.isFixed), \(content.isClosed), \(content.isRemoved), \(content.reportedAt), \(content.editedAt), \(readAt))
      """)
  }

  private static func update(
    _ id: String, _ content: Issue.Content, _ readAt: Timestamp, _ transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      UPDATE issues SET title = \(content.title), number = \(content.number), status = \(content.status),
        priority = \(content.priority), assignee = \(content.assignee), labels = \(content.labels), due = \(content.due),
        summary = \(content.summary), url = \(content.url), is_fixed = \(content.isFixed),
        is_closed = \(content.isClosed), is_removed = \(content.isRemoved), reported_at = \(content.reportedAt), edited_at = \(content.editedAt),
        read_at = \(readAt), notice = NULL,
        fixed_at = CASE WHEN \(content.isFixed) = 0 THEN NULL ELSE coalesce(fixed_at, \(content.editedAt)) END
      WHERE id = \(id)
      """)
  }
}
