import Basics
import Discord
import Jobs
import Signatures
import Store

/// The one message of an issue: wanted, posted, or given up.
struct LivingMessage: Sendable, RowDecodable {
  enum Place: Sendable {
    /// It was to be posted; whether it was is not known.
    case intended
    /// - shown: the hash of what it shows; nil when that is not known.
    case posted(MessageID, shown: String?)
    /// Somebody deleted it, and the rule is to leave it at that.
    case forgotten
  }

  /// The channel; of a forum, the post.
  let channel: ChannelID
  let intendedAt: Timestamp
  /// When somebody's press was last answered with this message.
  let answeredAt: Timestamp
  let place: Place
  /// The name and tags that the forum post was last given; nil where that is not known, or no forum.
  let shownName: String?
  let shownTags: String?
  private let postKey: String

  init(row: Row) throws {
    channel = try row.get("channel_id")
    intendedAt = try row.get("intended_at")
    answeredAt = try row.get("answered_at")
    postKey = try row.get("post_key")
    shownName = try row.optional("shown_name")
    shownTags = try row.optional("shown_tags")
    let message: MessageID? = try row.optional("message_id")
    place =
      try row.get("is_forgotten")
      ? .forgotten : try message.map { .posted($0, shown: try row.optional("shown_hash")) } ?? .intended
  }

  /// Discord: create message, nonce. At most 25 characters.
  var nonce: String { String(SHA256.hexadecimalDigest(postKey).prefix(24)) }

  static func of(_ issue: String, _ queries: some Queries) throws -> LivingMessage? {
    try queries.first("SELECT * FROM discord_messages WHERE issue_id = \(issue)")
  }

  /// The channels, of a forum the posts, in which other issues' messages stand.
  static func places(under mapping: Mapping, _ queries: some Queries) throws -> Set<ChannelID> {
    Set(
      try queries.values(
        ChannelID.self,
        """
        SELECT discord_messages.channel_id FROM discord_messages JOIN issues ON issues.id = discord_messages.issue_id
        WHERE issues.guild_id = \(mapping.guild) AND discord_messages.message_id IS NOT NULL
        ORDER BY discord_messages.issue_id
        """))
  }

  /// Whether it was wanted first by this attempt. If not, an earlier one may have posted it.
  func isWanted(by job: Job) -> Bool { postKey == job.hold }

  /// Writes down that the message is about to be posted, unless there is one, or nothing to show. One statement that reads
  /// no more than it must, because it is part of taking the job.
  static func want(_ issue: String, by job: Job, at time: Timestamp, in transaction: WriteTransaction) throws {
    try transaction.run(
      """
      INSERT INTO discord_messages (issue_id, guild_id, channel_id, post_key, intended_at)
      SELECT issues.id, issues.guild_id, sync_mappings.channel_id, \(job.hold), \(time)
      FROM issues JOIN sync_mappings ON sync_mappings.id = issues.mapping_id
      WHERE issues.id = \(issue) AND is_removed = 0
      ON CONFLICT (issue_id) DO NOTHING
      """)
  }

  /// Writes down that a message is about to be posted in place of an earlier one that is gone.
  static func wantAnew(
    _ issue: Issue, _ channel: ChannelID, by job: Job, at time: Timestamp, _ store: DataStore
  ) throws -> LivingMessage {
    let intended: LivingMessage? = try store.write { transaction in
      try transaction.first(
        """
        INSERT INTO discord_messages (issue_id, guild_id, channel_id, post_key, intended_at)
        VALUES (\(issue.id), \(issue.guild), \(channel), \(job.hold), \(time))
        ON CONFLICT (issue_id) DO UPDATE SET channel_id = excluded.channel_id, post_key = excluded.post_key,
          intended_at = excluded.intended_at, message_id = NULL, shown_hash = NULL, shown_name = NULL, shown_tags = NULL,
          is_forgotten = 0
        RETURNING *
        """)
    }
    guard let intended else { throw Failure(.unexpected, "The message could not be written down.") }
    return intended
  }

  /// Discord waits three seconds for the answer to a press and shows it when it comes (Discord: interactions, receiving
  /// and responding). Until then it may cover what we draw.
  static let settling = Duration.milliseconds(3500)
  var settlesAt: Timestamp { answeredAt + Self.settling }

  /// A press is about to be answered with the message, so what it shows is no longer known to us.
  static func willBeAnswered(_ issue: String, at time: Timestamp, in transaction: WriteTransaction) throws {
    try transaction.run(
      "UPDATE discord_messages SET shown_hash = NULL, answered_at = \(time) WHERE issue_id = \(issue)")
  }

  /// Keeps where the message is and what it shows: nil, or a press that was answered meanwhile, means not known.
  func show(_ hash: String?, _ posted: Posted, of issue: Issue, in transaction: WriteTransaction) throws {
    try transaction.run(
      """
      UPDATE discord_messages SET channel_id = \(posted.channel), message_id = \(posted.message),
        shown_hash = CASE WHEN answered_at = \(answeredAt) THEN \(hash) ELSE NULL END
      WHERE issue_id = \(issue.id)
      """)
  }

  /// What this attempt wanted was surely not posted, so there is nothing to look for next time.
  static func withdraw(_ issue: Issue, by job: Job, in transaction: WriteTransaction) throws {
    try transaction.run(
      "DELETE FROM discord_messages WHERE issue_id = \(issue.id) AND post_key = \(job.hold) AND message_id IS NULL")
  }

  /// Keeps what the forum post is called and tagged with.
  static func named(_ name: String, tags: String, of issue: Issue, in transaction: WriteTransaction) throws {
    try transaction.run(
      "UPDATE discord_messages SET shown_name = \(name), shown_tags = \(tags) WHERE issue_id = \(issue.id)")
  }

  static func forget(_ issue: Issue, in transaction: WriteTransaction) throws {
    try transaction.run("UPDATE discord_messages SET is_forgotten = 1 WHERE issue_id = \(issue.id)")
  }
}
