import Basics
import HTTP
import Store

/// Posts of forums and threads of text channels (Discord: channel resource, threads).
extension DiscordSandbox {
  private static let manyDays: [Int64] = [60, 1440, 4320, 10080]

  /// A post with its first message, or a thread that begins empty.
  func startThread(_ call: Call) throws -> Response {
    let channel = try call.snowflake("channel_id")
    let (json, files) = try call.payload()
    let bot = try read { try $0.bot() }
    return try write { transaction in
      try .json(
        startThread(Form(json), files, by: bot, in: transaction.standing(of: Identity.bot, in: channel), transaction),
        status: 201)
    }
  }

  func startThread(
    _ form: Form, _ files: [FormPart], by author: JSONValue, in standing: Standing, _ transaction: WriteTransaction
  ) throws -> JSONValue {
    let isForum = standing.isForum
    guard isForum || [0, 5].contains(standing.channel["type"]?.integer) else { throw Refusal.notInThisChannel }
    let name = form.string("name", max: 100, min: 1, isRequired: true) ?? ""
    let days = form.has("auto_archive_duration") ? form.choice("auto_archive_duration", of: Self.manyDays) : 4320
    if !isForum, form.choice("type", of: [11]) != 11, form.complaints.isEmpty {
      form.complain("BASE_TYPE_CHOICES", "The sandbox has public threads only: type 11.", at: "type")
    }
    let message = isForum ? first(form) : nil
    try standing.require(isForum ? .sendMessages : .createPublicThreads)
    try form.complaints.throwIfAny()
    let tags = isForum ? try self.tags(form, of: standing.channel, standing) : []
    var thread = blankThread(name, days ?? 4320, by: author, in: standing)
    if isForum { thread["applied_tags"] = .array(tags) }
    let id = thread["id"]?.string ?? ""
    try transaction.put(.thread, id, parent: standing.guild["id"]?.string ?? "", .object(thread))
    if let message {
      let inside = try transaction.standing(of: author["id"]?.string ?? "", in: id)
      let said = try post(message, files: files, by: author, as: inside, id: id, transaction)
      guard case .object(var answered)? = try transaction.channel(id) else { return .object(thread) }
      answered["message"] = said
      try transaction.setLastMessage(id, of: standing.channel)
      return .object(answered.merging(["member": member(of: thread, author)]) { $1 })
    }
    return .object(thread.merging(["member": member(of: thread, author)]) { $1 })
  }

  private func first(_ form: Form) -> MessageForm? {
    guard let inner = form.form("message") else {
      form.complain("BASE_TYPE_REQUIRED", "This field is required", at: "message")
      return nil
    }
    return MessageForm(inner, ids: ids, settable: Self.settableFlags)
  }

  private func blankThread(_ name: String, _ days: Int64, by author: JSONValue, in standing: Standing)
    -> [String: JSONValue]
  {
    let now = JSONValue.string(stage.clock.now().discordText)
    return [
      "id": .string(ids.next()), "type": 11, "guild_id": standing.guild["id"] ?? .null, "name": .string(name),
      "parent_id": standing.channel["id"] ?? .null, "owner_id": author["id"] ?? .null, "flags": 0,
      "last_message_id": nil, "rate_limit_per_user": 0, "message_count": 0, "member_count": 1,
      "member_ids_preview": [author["id"] ?? .null], "total_message_sent": 0,
      "thread_metadata": [
        "archived": false, "archive_timestamp": now, "auto_archive_duration": .integer(days), "locked": false,
        "create_timestamp": now,
      ],
    ]
  }

  func member(of thread: [String: JSONValue], _ user: JSONValue) -> JSONValue {
    [
      "id": thread["id"] ?? .null, "user_id": user["id"] ?? .null, "flags": 0, "muted": false, "mute_config": nil,
      "join_timestamp": thread["thread_metadata"]?["create_timestamp"] ?? .null,
    ]
  }

  // MARK: Tags

  /// The tags a post is given: at most five of the forum's own; moderated ones only by those who manage threads.
  func tags(_ form: Form, of forum: JSONValue, _ standing: Standing) throws -> [JSONValue] {
    let chosen = form.snowflakes("applied_tags", max: 5) ?? []
    try form.complaints.throwIfAny()
    let available = forum["available_tags"]?.array ?? []
    for id in chosen {
      guard let tag = available.first(where: { $0["id"]?.string == id }) else { throw Refusal.unknownTag }
      if tag["moderated"]?.bool == true { try standing.require(.manageThreads) }
    }
    let isRequired = (forum["flags"]?.integer ?? 0) & 1 << 4 != 0
    if isRequired, chosen.isEmpty {
      throw Refusal(400, 40067, "A tag is required to create a forum post in this channel")
    }
    return chosen.map { .string($0) }
  }
}

extension Standing {
  var isForum: Bool { [15, 16].contains(channel["type"]?.integer) }
  /// The channel of the list it belongs to: of a thread, its parent.
  var place: String { (isThread ? channel["parent_id"] : channel["id"])?.string ?? "" }
  var isArchived: Bool { channel["thread_metadata"]?["archived"]?.bool == true }
  var isLocked: Bool { channel["thread_metadata"]?["locked"]?.bool == true }

  /// Writing in a thread that is locked is for those who manage threads.
  func requireWriting() throws {
    guard isText else { throw Refusal.notATextChannel }
    try require(writing)
    if isThread, isLocked, !permissions.contains(.manageThreads) {
      throw isArchived ? Refusal.archivedThread : .lockedThread
    }
  }
}

extension Refusal {
  static let unknownTag = Refusal(404, 10087, "Unknown tag")
  static let notInThisChannel = Refusal(400, 50024, "Cannot execute action on this channel type")
  static let archivedThread = Refusal(400, 50083, "Thread is archived")
  static let lockedThread = Refusal(403, 160005, "Thread is locked")
}

extension WriteTransaction {
  /// Keeps a channel or thread as it now is.
  func put(channel: [String: JSONValue]) throws {
    let isThread = [10, 11, 12].contains(channel["type"]?.integer)
    try put(
      isThread ? .thread : .channel, channel["id"]?.string ?? "", parent: channel["guild_id"]?.string ?? "",
      .object(channel))
  }

  func setLastMessage(_ id: String, of channel: JSONValue) throws {
    guard case .object(var object) = channel else { return }
    object["last_message_id"] = .string(id)
    try put(channel: object)
  }

  /// What a new message changes of where it stands; an archived thread wakes up.
  func noteMessage(_ id: String, in channelID: String) throws {
    guard case .object(var channel)? = try channel(channelID) else { return }
    channel["last_message_id"] = .string(id)
    if case .object(var metadata)? = channel["thread_metadata"] {
      // The first message of a post is not counted.
      if id != channelID { channel["message_count"] = .integer((channel["message_count"]?.integer ?? 0) + 1) }
      if id != channelID { channel["total_message_sent"] = .integer((channel["total_message_sent"]?.integer ?? 0) + 1) }
      metadata["archived"] = false
      channel["thread_metadata"] = .object(metadata)
    }
    try put(channel: channel)
  }
}
