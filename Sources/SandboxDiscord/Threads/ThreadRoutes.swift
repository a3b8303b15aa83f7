import Basics
import HTTP
import SandboxStage
import Store

extension DiscordSandbox {
  var threadRoutes: [Route] {
    [
      endpoint(.post, "/channels/:channel_id/threads", .bot, .other("thread.create"), major: "channel_id", startThread),
      endpoint(.patch, "/channels/:channel_id", .bot, .other("channel.edit"), major: "channel_id", editThread),
      endpoint(.delete, "/channels/:channel_id", .bot, .other("channel.delete"), major: "channel_id", deleteThread),
      endpoint(.get, "/guilds/:guild_id/threads/active", .bot, .other("threads.active"), major: "guild_id") { call in
        let guild = try call.snowflake("guild_id")
        return try read { transaction in
          guard try transaction.member(Identity.bot, of: guild) != nil else { throw Refusal.unknownGuild }
          return try threads(try transaction.documents(.thread, of: guild), areArchived: false, transaction)
        }
      },
      endpoint(
        .get, "/channels/:channel_id/threads/archived/public", .bot, .other("threads.archived"), major: "channel_id"
      ) { call in
        let channel = try call.snowflake("channel_id")
        return try read { transaction in
          let standing = try transaction.standing(of: Identity.bot, in: channel)
          try standing.require(.readMessageHistory)
          let all = try transaction.threads(of: channel, in: standing.guild["id"]?.string ?? "")
          return try threads(all, areArchived: true, transaction)
        }
      },
    ]
  }

  private func threads(_ all: [JSONValue], areArchived: Bool, _ transaction: ReadTransaction) throws -> Response {
    var isSeen: [String: Bool] = [:]  // by channel: its overwrites count for all its threads
    let shown = try all.filter { thread in
      guard (thread["thread_metadata"]?["archived"]?.bool == true) == areArchived else { return false }
      let parent = thread["parent_id"]?.string ?? ""
      if let known = isSeen[parent] { return known }
      let id = thread["id"]?.string ?? ""
      let isVisible = try transaction.unchecked(Identity.bot, id).permissions.contains(.viewChannel)
      isSeen[parent] = isVisible
      return isVisible
    }
    let bot = try transaction.bot()
    let members = shown.filter { $0["owner_id"]?.string == Identity.bot }.map { member(of: $0.object ?? [:], bot) }
    return try .json(["threads": .array(shown), "members": .array(members), "has_more": false] as JSONValue)
  }

  // MARK: Changing one

  private func editThread(_ call: Call) throws -> Response {
    let channel = try call.snowflake("channel_id")
    let form = Form(try call.payload().json)
    return try write { transaction in
      let standing = try transaction.standing(of: Identity.bot, in: channel)
      guard standing.isThread else {
        throw Refusal(400, 50024, "Cannot execute action on this channel type")
      }
      let edit = ThreadEdit(form, standing)
      try edit.requireRights()
      try form.complaints.throwIfAny()
      var thread = standing.channel.object ?? [:]
      if form.has("applied_tags"), let forum = try transaction.channel(thread["parent_id"]?.string ?? "") {
        thread["applied_tags"] = .array(try tags(form, of: forum, standing))
      }
      if let name = edit.name, name != thread["name"]?.string {
        try limits.countRenaming(of: channel)
        thread["name"] = .string(name)
      }
      thread["thread_metadata"] = edit.metadata(at: stage.clock.now())
      try transaction.put(channel: thread)
      return try .json(thread)
    }
  }

  private func deleteThread(_ call: Call) throws -> Response {
    let channel = try call.snowflake("channel_id")
    return try write { transaction in
      let standing = try transaction.standing(of: Identity.bot, in: channel)
      try standing.require(standing.isThread ? .manageThreads : .manageChannels)
      try transaction.run("DELETE FROM discord_messages WHERE channel_id = \(channel)")
      try transaction.remove(standing.isThread ? .thread : .channel, channel)
      return try .json(standing.channel)
    }
  }
}

/// What a request changes of a thread.
private struct ThreadEdit {
  let standing: Standing
  let name: String?
  let isArchived: Bool?
  let isLocked: Bool?
  let days: Int64?

  init(_ form: Form, _ standing: Standing) {
    self.standing = standing
    name = form.string("name", max: 100, min: 1)
    isArchived = form.bool("archived")
    isLocked = form.bool("locked")
    days =
      form.has("auto_archive_duration")
      ? form.choice("auto_archive_duration", of: [60, 1440, 4320, 10080]) : nil
  }

  /// Everything needs MANAGE_THREADS, but whoever began a thread may rename, tag and close it. An archived one is only
  /// opened again, which a locked one denies to others.
  func requireRights() throws {
    if standing.isArchived, isArchived != false { throw Refusal.archivedThread }
    let isOwn = standing.channel["owner_id"] == standing.member["user"]?["id"]
    let isWaking = standing.isArchived && isLocked == nil && name == nil && !standing.isLocked
    if (isOwn && isLocked == nil && !standing.isLocked) || (isWaking && standing.permissions.contains(.sendInThreads)) {
      return
    }
    try standing.require(.manageThreads)
  }

  func metadata(at now: Timestamp) -> JSONValue {
    guard case .object(var metadata)? = standing.channel["thread_metadata"] else { return .null }
    if let isArchived, isArchived != standing.isArchived {
      metadata["archived"] = .bool(isArchived)
      metadata["archive_timestamp"] = .string(now.discordText)
    }
    if let isLocked { metadata["locked"] = .bool(isLocked) }
    if let days { metadata["auto_archive_duration"] = .integer(days) }
    return .object(metadata)
  }
}

extension Queries {
  /// The threads of a channel, the one that was spoken in last at the top.
  func threads(of channel: String, in guild: String) throws -> [JSONValue] {
    let last = { (thread: JSONValue) in Int64(thread["last_message_id"]?.string ?? thread["id"]?.string ?? "") ?? 0 }
    return try documents(.thread, of: guild).filter { $0["parent_id"]?.string == channel }
      .sorted { last($0) > last($1) }
  }
}
