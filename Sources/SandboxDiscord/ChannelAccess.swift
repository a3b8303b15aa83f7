import Basics
import Store

/// A channel as somebody stands in it.
struct Standing {
  let channel: JSONValue
  let guild: JSONValue
  let member: JSONValue
  let permissions: Permissions

  var isText: Bool { [0, 5, 10, 11, 12].contains(channel["type"]?.integer) }

  var isThread: Bool { [10, 11, 12].contains(channel["type"]?.integer) }
  var writing: Permissions { isThread ? .sendInThreads : .sendMessages }
  var mayWrite: Bool { isText && permissions.contains(writing) }

  func require(_ needed: Permissions, or refusal: Refusal = .missingPermissions) throws {
    if !permissions.isSuperset(of: needed) { throw refusal }
  }
}

extension Queries {
  /// Where a person or the bot stands in a channel. A channel that does not exist, or lies in a server without them, is
  /// unknown; one they cannot see is refused.
  func standing(of user: String, in channel: String) throws -> Standing {
    let standing = try unchecked(user, channel)
    try standing.require(.viewChannel, or: .missingAccess)
    return standing
  }

  /// The same without looking whether they may see it.
  func unchecked(_ user: String, _ channel: String) throws -> Standing {
    guard let body = try self.channel(channel), let guildID = body["guild_id"]?.string,
      let guild = try document(.guild, guildID)
    else { throw Refusal.unknownChannel }
    guard let member = try member(user, of: guildID) else { throw Refusal.missingAccess }
    // In a thread the overwrites of its channel count.
    let isThread = body["thread_metadata"] != nil
    let place = isThread ? try body["parent_id"]?.string.flatMap { try self.channel($0) } ?? body : body
    let permissions = Permissions.inChannel(
      place, isThread: isThread, member: member, guild: guild, roles: try documents(.role, of: guildID))
    return Standing(channel: body, guild: guild, member: member, permissions: permissions)
  }
}
