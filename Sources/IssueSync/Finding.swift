import Basics
import Discord
import Store

/// Issues as people look for them: by number or by words of the title.
public struct Finding: Sendable {
  public struct Hit: Sendable, RowDecodable {
    public let id: String
    public let number: String
    public let title: String
    public let status: String
    /// Where its message stands; nil while there is none.
    public let message: MessageLink?

    public init(row: Row) throws {
      id = try row.get("id")
      number = try row.get("number")
      title = try row.get("title")
      status = try row.get("status")
      let channel: ChannelID? = try row.optional("channel_id")
      let messageID: MessageID? = try row.optional("message_id")
      let guild: GuildID = try row.get("guild_id")
      message = channel.flatMap { channel in messageID.map { MessageLink(guild: guild, channel: channel, message: $0) } }
    }

    /// One line for a list of choices.
    public var line: String {
      [number, title.isEmpty ? "Untitled" : title, status].filter { !$0.isEmpty }.joined(separator: " · ")
    }
  }

  /// Up to so many issues of a server that fit all words, the latest edited first.
  public static func issues(
    matching text: String, in guild: GuildID, limit: Int, _ queries: some Queries
  ) throws -> [Hit] {
    let words = text.lowercased().split(separator: " ").map(String.init)
    let candidates: [Hit] = try queries.all(
      """
      SELECT issues.id, issues.number, issues.title, issues.status, issues.guild_id,
        discord_messages.channel_id, discord_messages.message_id
      FROM issues LEFT JOIN discord_messages ON discord_messages.issue_id = issues.id
      WHERE issues.guild_id = \(guild) AND issues.is_removed = 0 ORDER BY issues.edited_at DESC, issues.id LIMIT 5000
      """)
    let fitting = candidates.lazy.filter { hit in
      let line = hit.line.lowercased()
      return words.allSatisfy(line.contains)
    }
    return Array(fitting.prefix(limit))
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
