import Basics
import Discord
import Store

/// Issues as people look for them: by number or by words of the title.
public struct Finding: Sendable {
  public struct Hit: Sendable {
    public let id: String
    public let number: String
    public let title: String
    public let status: String
    /// Where its message stands; nil while there is none.
    public let message: MessageLink?

    /// One line for a list of choices.
    public var line: String {
      [number, title.orUntitled, status].filter { !$0.isEmpty }.joined(separator: " · ")
    }
  }

  /// So many issues of what is open, fixed or closed are looked through, the latest edited first.
  static let reach = 2000

  /// Up to so many issues of a server that fit all words, the latest edited first.
  public static func issues(
    matching text: String, in guild: GuildID, limit: Int, _ queries: some Queries
  ) throws -> [Hit] {
    var filter = IssueFilter()
    (filter.state, filter.text, filter.looksAtStatus) = (.all, text, true)
    let found = try IssueList(of: guild, filter, in: .edited).first(limit, among: reach, queries)
    let messages = try messages(of: found.map(\.id), queries)
    return found.map { issue in
      Hit(id: issue.id, number: issue.number, title: issue.title, status: issue.status, message: messages[issue.id])
    }
  }

  private static func messages(of issues: [String], _ queries: some Queries) throws -> [String: MessageLink] {
    let rows = try queries.rows(
      """
      SELECT issue_id, guild_id, channel_id, message_id FROM discord_messages
      WHERE issue_id IN \(list: issues) AND message_id IS NOT NULL ORDER BY issue_id
      """)
    let links = try rows.map { row in
      let link = MessageLink(
        guild: try row.get("guild_id"), channel: try row.get("channel_id"), message: try row.get("message_id"))
      return (try row.get("issue_id", as: String.self), link)
    }
    return Dictionary(uniqueKeysWithValues: links)
  }

  /// The issue's message, drawn as it stands.
  public static func drawn(_ id: String, in guild: GuildID, at time: Timestamp, _ queries: some Queries) throws
    -> MessageDraft
  {
    guard let (issue, mapping) = try IssueRecords.whole(id, queries), issue.guild == guild else {
      throw Failure.notFound("There is no such issue. Choose one of the suggestions.")
    }
    return issue.drawn(under: mapping, at: time)
  }
}
