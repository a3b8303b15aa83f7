import Basics
import Discord
import Notion
import Store

/// A row of a mapped table, as it was last read, and what is being done about it.
public struct Issue: Sendable {
  public let id: String
  public let mapping: String
  public let guild: GuildID
  public let page: PageID
  public let content: Content
  /// The change that people in Discord asked for last.
  public internal(set) var lastChange: Change?
  /// Why the last change was refused, to be shown until the next one.
  public internal(set) var notice: String?

  /// What Notion says of the issue.
  public struct Content: Sendable, Hashable {
    public var title: String
    public var number: String
    public var status: String
    public var priority: String
    public var assignee: String
    public var labels: String
    public var due: String
    public var summary: String
    public var url: String
    public var isFixed: Bool
    /// Fixed, or ended otherwise ("Won't fix").
    public var isClosed: Bool
    /// In the trash, moved to another table, outside the mapping's filter, or no longer shown to us.
    public var isRemoved: Bool
    public var reportedAt: Timestamp
    public var editedAt: Timestamp

    public subscript(part: Part) -> String {
      switch part {
      case .title: title
      case .number: number
      case .status: status
      case .priority: priority
      case .assignee: assignee
      case .labels: labels
      case .due: due
      case .summary: summary
      }
    }

    /// Whether a reader of the message would care for what differs.
    func isWorthAnEdit(since old: Content, watching parts: [Part]) -> Bool {
      if parts.isEmpty || isFixed != old.isFixed || isClosed != old.isClosed || isRemoved != old.isRemoved {
        return true
      }
      return parts.contains { self[$0] != old[$0] }
    }
  }

  init(row: Row, lastChange: Change?) throws {
    id = try row.get("id")
    mapping = try row.get("mapping_id")
    guild = try row.get("guild_id")
    page = try row.get("page_id")
    content = try Content(row: row)
    notice = try row.optional("notice")
    self.lastChange = lastChange
  }
}

extension Issue {
  /// An issue that is not kept: for a preview.
  init(imagined page: PageID, _ content: Content, _ mapping: Mapping) {
    (id, self.mapping, guild) = ("preview", mapping.id, mapping.guild)
    self.page = page
    self.content = content
  }
}

extension Issue.Content {
  /// The content of a page under a mapping. A column that is missing reads as empty.
  init(_ page: Page, under mapping: Mapping) {
    // A NUL is kept as another character, so what is kept would differ from what was read for ever.
    func text(_ role: Roles.Role?) -> String {
      let text = role.flatMap { page[$0.id] }?.text ?? ""
      return text.utf8.contains(0) ? text.replacing("\0", with: "") : text
    }
    let roles = mapping.roles
    title = text(roles.title)
    number = text(roles.number)
    status = text(roles.status)
    priority = text(roles.priority)
    assignee = text(roles.assignee)
    labels = text(roles.labels)
    due = text(roles.due)
    summary = text(roles.summary).cut(to: 600)
    url = page.url
    isFixed = status == mapping.fixedOption
    isClosed = mapping.isClosed(status)
    let isElsewhere = page.parent.map { !$0.isIn(mapping.dataSource, of: mapping.database) } ?? false
    isRemoved = page.isTrashed || isElsewhere || !mapping.rules.filter.admits(page)
    reportedAt = page.createdTime
    editedAt = page.lastEditedTime
  }

  init(row: Row) throws {
    title = try row.get("title")
    number = try row.get("number")
    status = try row.get("status")
    priority = try row.get("priority")
    assignee = try row.get("assignee")
    labels = try row.get("labels")
    due = try row.get("due")
    summary = try row.get("summary")
    url = try row.get("url")
    isFixed = try row.get("is_fixed")
    isClosed = try row.get("is_closed")
    isRemoved = try row.get("is_removed")
    reportedAt = try row.get("reported_at")
    editedAt = try row.get("edited_at")
  }
}
