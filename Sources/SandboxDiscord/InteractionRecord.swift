import Basics
import Store

/// An interaction that was sent, and how it went.
struct InteractionRecord: RowDecodable {
  enum State: String, SQLConvertible {
    /// Sent, not answered yet; for three seconds.
    case waiting
    case acknowledged
    /// Not answered in time, or not with something that can be shown. Its token is void.
    case failed
  }

  static let deadline = Duration.seconds(3)
  static let lifetime = Duration.seconds(900)

  let id: String
  let token: String
  let type: Int64
  let guild: String?
  let channel: String
  let user: String
  /// The message whose component was used.
  let message: String?
  /// The message a command was chosen on.
  let target: String?
  /// A custom id, or the words of a command.
  let customID: String?
  /// The option that suggestions are asked for.
  let option: JSONValue?
  /// The interaction whose form this submits.
  let parent: String?
  /// The form or the suggestions that were answered.
  let shown: JSONValue?
  let sentAt: Timestamp
  let state: State
  let answerType: Int64?
  /// What `@original` means.
  let original: String?
  let reason: String?
  let milliseconds: Int64?

  init(row: Row) throws {
    id = try row.get("id")
    token = try row.get("token")
    type = try row.get("type")
    guild = try row.optional("guild_id")
    channel = try row.get("channel_id")
    user = try row.get("user_id")
    message = try row.optional("message_id")
    target = try row.optional("target_id")
    customID = try row.optional("custom_id")
    option = try row.optional("option", as: String.self).map { try JSON.decode(JSONValue.self, from: $0) }
    parent = try row.optional("parent")
    shown = try row.optional("shown", as: String.self).map { try JSON.decode(JSONValue.self, from: $0) }
    sentAt = try row.get("sent_at")
    state = try row.get("state")
    answerType = try row.optional("answer_type")
    original = try row.optional("original_id")
    reason = try row.optional("reason")
    milliseconds = try row.optional("milliseconds")
  }

  var summary: JSONValue {
    [
      "id": .string(id), "type": .integer(type), "guild_id": orNull(guild), "channel_id": .string(channel),
      "user_id": .string(user), "message_id": orNull(message), "custom_id": orNull(customID),
      "target_id": orNull(target), "shown": shown ?? .null,
      "sent_at": .string(sentAt.discordText), "state": .string(state.rawValue), "original_id": orNull(original),
      "answer_type": answerType.map { .integer($0) } ?? .null, "reason": orNull(reason),
      "ms": milliseconds.map { .integer($0) } ?? .null,
    ]
  }
}

extension Queries {
  func interaction(_ id: String) throws -> InteractionRecord? {
    try first(InteractionRecord.self, "SELECT * FROM discord_interactions WHERE id = \(id)")
  }

  func interaction(token: String) throws -> InteractionRecord? {
    try first(InteractionRecord.self, "SELECT * FROM discord_interactions WHERE token = \(token)")
  }
}
