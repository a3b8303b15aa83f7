import Basics
import Discord
import Store

/// One issue with all that is known of it: where it stands, and what happened to it.
public struct IssueStory: Sendable {
  public let issue: Issue
  public let mapping: Mapping
  public let fixedAt: Timestamp?
  /// Where its message stands; nil while there is none.
  public let message: MessageLink?
  /// The latest first.
  public let events: [Event]
  /// Whether there were more events than are told.
  public let isCut: Bool
  /// A change that Notion has not confirmed yet.
  public let pending: Change?
  /// The change that can be taken back now.
  public let undoable: Change?
  /// Who an issue can be given to; empty where the table takes nobody.
  public let people: [Assignee]

  public enum Event: Sendable {
    case reported(Timestamp)
    case change(Change)
    case edit(IssueEdit)

    public var at: Timestamp {
      switch self {
      case .reported(let time): time
      case .edit(let edit): edit.editedAt
      case .change(let change):
        switch change.state {
        case .pending: change.wishedAt
        case .done(let at), .refused(let at, _): at
        }
      }
    }
  }

  /// A person of the Notion workspace.
  public struct Assignee: Sendable, Hashable {
    public let id: String
    public let name: String
  }

  static let longest = 50

  /// - Throws: "not found" for an issue of another server.
  public init(_ id: String, in guild: GuildID, at now: Timestamp, _ queries: some Queries) throws {
    guard let (issue, mapping) = try IssueRecords.whole(id, queries), issue.guild == guild else {
      throw Failure.notFound("There is no such issue here. It may have been removed with its mapping.")
    }
    self.issue = issue
    self.mapping = mapping
    fixedAt = try queries.value("SELECT fixed_at FROM issues WHERE id = \(id)")
    message = try LivingMessage.of(id, queries)?.link(in: guild)
    let changes = try ChangeRecords.latest(Self.longest, of: id, queries).map(Event.change)
    let edits = try IssueEdits.last(Self.longest, of: id, queries).map(Event.edit)
    let all = (changes + edits).sorted { $1.at < $0.at }
    isCut = changes.count == Self.longest || edits.count == Self.longest
    events = all.prefix(Self.longest) + [.reported(issue.content.reportedAt)]
    pending = issue.pending
    undoable = issue.lastChange.flatMap { $0.canBeTakenBack(from: issue.content, at: now) ? $0 : nil }
    people = mapping.roles.canAssign ? try People.all(under: mapping, queries) : []
  }
}

extension LivingMessage {
  fileprivate func link(in guild: GuildID) -> MessageLink? {
    guard case .posted(let message, _) = place else { return nil }
    return MessageLink(guild: guild, channel: channel, message: message)
  }
}
