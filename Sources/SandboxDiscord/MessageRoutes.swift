import Basics
import HTTP
import Store

extension DiscordSandbox {
  var messageRoutes: [Route] {
    let messages = "/channels/:channel_id/messages"
    return [
      endpoint(.get, messages, .bot, .readMessages, major: "channel_id", listMessages),
      endpoint(.post, messages, .bot, .sendMessage, major: "channel_id", createMessage),
      endpoint(.get, messages + "/:message_id", .bot, .readMessages, major: "channel_id", readMessage),
      endpoint(.patch, messages + "/:message_id", .bot, .editMessage, major: "channel_id", editMessage),
      endpoint(.delete, messages + "/:message_id", .bot, .deleteMessage, major: "channel_id", deleteMessage),
      endpoint(.post, messages + "/bulk-delete", .bot, .deleteMessage, major: "channel_id", deleteMessages),
      endpoint(.post, "/channels/:channel_id/typing", .bot, .typing, major: "channel_id") { call in
        let channel = try call.snowflake("channel_id")
        try read { try $0.standing(of: Identity.bot, in: channel).requireWriting() }
        return .empty()
      },
    ]
  }

  // MARK: Reading

  /// Newest first, and nothing at all without READ_MESSAGE_HISTORY.
  private func listMessages(_ call: Call) throws -> Response {
    let channel = try call.snowflake("channel_id")
    let limit = try call.number("limit", in: 1...100, default: 50)
    let cursors = ["before", "after", "around"].filter { call.request.query[$0] != nil }
    let cursor = try cursors.first.map { name in (name, try call.number(name, in: 0...Int64.max, default: 0)) }
    return try read { transaction in
      let standing = try transaction.standing(of: Identity.bot, in: channel)
      guard standing.isText else { throw Refusal.notATextChannel }
      guard standing.permissions.contains(.readMessageHistory) else { return try .json([JSONValue]()) }
      return try shown(page(of: channel, cursor, limit, transaction), transaction)
    }
  }

  private func page(of channel: String, _ cursor: (String, Int64)?, _ limit: Int64, _ transaction: ReadTransaction)
    throws
    -> [MessageRecord]
  {
    let all: SQL = "SELECT * FROM discord_messages WHERE channel_id = \(channel) AND only_for IS NULL"
    let older = { (id: Int64, limit: Int64) in
      try transaction.all(
        MessageRecord.self, "\(all) AND ordinal < \(id) ORDER BY ordinal DESC LIMIT \(limit)")
    }
    let newer = { (id: Int64, limit: Int64) in
      try transaction.all(MessageRecord.self, "\(all) AND ordinal > \(id) ORDER BY ordinal LIMIT \(limit)")
    }
    switch cursor {
    case ("after", let id)?: return try newer(id, limit).reversed()
    case ("around", let id)?: return try newer(id - 1, (limit + 1) / 2).reversed() + older(id, limit / 2)
    case (_, let id)?: return try older(id, limit)
    case nil: return try older(Int64.max, limit)
    }
  }

  private func readMessage(_ call: Call) throws -> Response {
    let (channel, id) = (try call.snowflake("channel_id"), try call.snowflake("message_id"))
    return try read { transaction in
      try transaction.standing(of: Identity.bot, in: channel).require(.readMessageHistory)
      let record = try publicMessage(id, in: channel, transaction)
      return try .json(contentFiltered(record, transaction))
    }
  }

  private func shown(_ records: [MessageRecord], _ transaction: ReadTransaction) throws -> Response {
    try .json(records.map { try contentFiltered($0, transaction) })
  }

  /// Without the message content intent, what others wrote comes back empty unless it mentions the application.
  private func contentFiltered(_ record: MessageRecord, _ transaction: some Queries) throws -> JSONValue {
    let flags = try transaction.document(.application, Identity.application)?["flags"]?.integer ?? 0
    let isMentioned = record.body["mentions"]?.array?.contains { $0["id"]?.string == Identity.bot } ?? false
    guard flags & (1 << 18 | 1 << 19) == 0, record.author != Identity.bot, !isMentioned,
      case .object(var body) = record.body
    else { return record.body }
    body["content"] = ""
    for list in ["embeds", "attachments", "components"] { body[list] = [] }
    return .object(body)
  }

  private func publicMessage(_ id: String, in channel: String, _ transaction: some Queries) throws -> MessageRecord {
    guard let record = try transaction.message(id), record.channel == channel, record.onlyFor == nil else {
      throw Refusal.unknownMessage
    }
    return record
  }

  // MARK: Writing

  static let settableFlags =
    MessageFlags.suppressEmbeds | MessageFlags.suppressNotifications | MessageFlags.voiceMessage
    | MessageFlags.componentsV2

  private func createMessage(_ call: Call) throws -> Response {
    let channel = try call.snowflake("channel_id")
    let (json, files) = try call.payload()
    let form = Form(json)
    let message = MessageForm(form, ids: ids, settable: Self.settableFlags)
    return try write { transaction in
      let standing = try transaction.standing(of: Identity.bot, in: channel)
      try standing.requireWriting()
      try form.complaints.throwIfAny()
      try requireRights(for: message, files, standing)
      return try .json(post(message, files: files, by: transaction.bot(), as: standing, transaction))
    }
  }

  private func requireRights(for message: MessageForm, _ files: [FormPart], _ standing: Standing) throws {
    if message.embeds?.isEmpty == false { try standing.require(.embedLinks) }
    if !files.isEmpty { try standing.require(.attachFiles) }
    if message.reference != nil { try standing.require(.readMessageHistory) }
  }

  private func editMessage(_ call: Call) throws -> Response {
    let (channel, id) = (try call.snowflake("channel_id"), try call.snowflake("message_id"))
    let (json, files) = try call.payload()
    return try write { transaction in
      let standing = try transaction.standing(of: Identity.bot, in: channel)
      let record = try publicMessage(id, in: channel, transaction)
      guard record.author == Identity.bot else { throw Refusal.otherAuthor }
      if standing.isArchived { throw Refusal.archivedThread }
      let form = Form(json)
      let settable = MessageFlags.suppressEmbeds | MessageFlags.componentsV2
      let message = MessageForm(form, ids: ids, settable: settable, ownFlags: record.body["flags"]?.integer ?? 0)
      try form.complaints.throwIfAny()
      return try .json(
        edit(record, with: message, files: files, standing: standing, defaults: .ofMessages, transaction))
    }
  }

  private func deleteMessage(_ call: Call) throws -> Response {
    let (channel, id) = (try call.snowflake("channel_id"), try call.snowflake("message_id"))
    return try write { transaction in
      let standing = try transaction.standing(of: Identity.bot, in: channel)
      let record = try publicMessage(id, in: channel, transaction)
      if record.author != Identity.bot { try standing.require(.manageMessages) }
      try transaction.delete(message: id)
      return .empty()
    }
  }

  /// 2 to 100 messages, none older than two weeks.
  private func deleteMessages(_ call: Call) throws -> Response {
    let channel = try call.snowflake("channel_id")
    let form = Form(try call.payload().json)
    let chosen = form.snowflakes("messages", max: 100) ?? []
    if chosen.count < 2 || Set(chosen).count < chosen.count {
      form.complain("BASE_TYPE_BAD_LENGTH", "Must be between 2 and 100 in length.", at: "messages")
    }
    try form.complaints.throwIfAny()
    let oldest = (stage.clock.now().milliseconds - 14 * 86_400_000 - Snowflakes.epoch) << 22
    if chosen.contains(where: { Int64($0) ?? 0 < oldest }) {
      throw Refusal(400, 50034, "You can only bulk delete messages that are under 14 days old.")
    }
    return try write { transaction in
      try transaction.standing(of: Identity.bot, in: channel).require(.manageMessages)
      for id in chosen where try transaction.message(id)?.channel == channel { try transaction.delete(message: id) }
      return .empty()
    }
  }
}
