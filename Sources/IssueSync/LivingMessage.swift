import Basics
import Discord
import Signatures
import Store

/// The one message of an issue: wanted, or posted.
struct LivingMessage: Sendable, RowDecodable {
  enum Place: Sendable {
    /// It was to be posted; whether it was is not known.
    case intended
    /// - shown: the hash of what it shows; nil when that is not known.
    case posted(MessageID, shown: String?)
  }

  let channel: ChannelID
  let intendedAt: Timestamp
  /// When somebody's click was last answered with this message.
  let answeredAt: Timestamp
  let place: Place
  private let postKey: String

  init(row: Row) throws {
    channel = try row.get("channel_id")
    intendedAt = try row.get("intended_at")
    answeredAt = try row.get("answered_at")
    postKey = try row.get("post_key")
    let message: MessageID? = try row.optional("message_id")
    place = try message.map { .posted($0, shown: try row.optional("shown_hash")) } ?? .intended
  }

  /// Discord: create message, nonce. At most 25 characters.
  var nonce: String { String(hexadecimal(SHA256.digest(Array(postKey.utf8))).prefix(24)) }

  static func of(_ issue: Issue, _ queries: some Queries) throws -> LivingMessage? {
    try queries.first("SELECT * FROM discord_messages WHERE issue_id = \(issue.id)")
  }

  /// Writes down that a message is about to be posted, in place of an earlier one that is gone.
  static func intend(_ issue: Issue, _ channel: ChannelID, at time: Timestamp, _ store: DataStore) throws -> LivingMessage {
    let row = try store.write { transaction in
      try transaction.rows(
        """
        INSERT INTO discord_messages (issue_id, guild_id, channel_id, post_key, intended_at)
        VALUES (\(issue.id), \(issue.guild), \(channel), \(UUIDv7.make(at: time)), \(time))
        ON CONFLICT (issue_id) DO UPDATE SET channel_id = excluded.channel_id, post_key = excluded.post_key,
          intended_at = excluded.intended_at, message_id = NULL, shown_hash = NULL
        RETURNING *
        """
      ).first
    }
    guard let row else { throw Failure(.unexpected, "The message could not be written down.") }
    return try LivingMessage(row: row)
  }

  /// Discord waits three seconds for the answer to a click and shows it when it comes (Discord: interactions, receiving
  /// and responding). Until then it may cover what we draw.
  static let settling = Duration.milliseconds(3500)
  var settlesAt: Timestamp { answeredAt + Self.settling }

  /// A click is about to be answered with the message, so what it shows is no longer known to us.
  static func willBeAnswered(_ issue: String, at time: Timestamp, in transaction: WriteTransaction) throws {
    try transaction.run(
      "UPDATE discord_messages SET shown_hash = NULL, answered_at = \(time) WHERE issue_id = \(issue)")
  }

  /// Keeps where the message is and what it shows: nil, or a click that was answered meanwhile, means not known.
  func show(_ hash: String?, _ message: MessageID, of issue: Issue, _ store: DataStore) throws {
    try store.write {
      try $0.run(
        """
        UPDATE discord_messages SET message_id = \(message),
          shown_hash = CASE WHEN answered_at = \(answeredAt) THEN \(hash) ELSE NULL END
        WHERE issue_id = \(issue.id)
        """)
    }
  }
}
