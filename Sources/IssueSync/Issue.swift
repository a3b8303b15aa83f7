import Basics
import Discord
import Notion
import Store

/// A row of a mapped table, as it was last read, and what is being done about it.
public struct Issue: Sendable, RowDecodable {
  public let id: String
  public let mapping: String
  public let guild: GuildID
  public let page: PageID
  public let content: Content
  public let progress: Progress
  /// Why the last change was refused, to be shown until the next one.
  public let notice: String?

  /// What Notion says of the issue.
  public struct Content: Sendable, Hashable {
    public var title: String
    public var number: String
    public var status: String
    public var priority: String
    public var assignee: String
    public var labels: String
    public var summary: String
    public var url: String
    public var isFixed: Bool
    public var isTrashed: Bool
    public var reportedAt: Timestamp
    public var editedAt: Timestamp
  }

  public enum Progress: Sendable, Hashable {
    case none
    /// Somebody pressed "Mark as fixed", and Notion has not confirmed it yet.
    case fixing(by: String, since: Timestamp)
    case fixed(by: String, at: Timestamp)
  }

  public init(row: Row) throws {
    id = try row.get("id")
    mapping = try row.get("mapping_id")
    guild = try row.get("guild_id")
    page = try row.get("page_id")
    content = try Content(row: row)
    notice = try row.optional("notice")
    progress =
      if let by: String = try row.optional("fixing_by") {
        .fixing(by: by, since: try row.get("fixing_since"))
      } else if let by: String = try row.optional("fixed_by") {
        .fixed(by: by, at: try row.get("fixed_at"))
      } else {
        .none
      }
  }
}

extension Issue.Content {
  /// The content of a page under a mapping. A column that is missing reads as empty.
  init(_ page: Page, under mapping: Mapping) {
    func text(_ role: Roles.Role?) -> String {
      role.flatMap { role in page.properties.values.first { $0.id == role.id } }?.value.text ?? ""
    }
    let roles = mapping.roles
    title = text(roles.title)
    number = text(roles.number)
    status = text(roles.status)
    priority = text(roles.priority)
    assignee = text(roles.assignee)
    labels = text(roles.labels)
    summary = text(roles.summary).cut(to: 600)
    url = page.url
    isFixed = status == mapping.fixedOption
    isTrashed = page.isTrashed
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
    summary = try row.get("summary")
    url = try row.get("url")
    isFixed = try row.get("is_fixed")
    isTrashed = try row.get("is_trashed")
    reportedAt = try row.get("reported_at")
    editedAt = try row.get("edited_at")
  }
}
