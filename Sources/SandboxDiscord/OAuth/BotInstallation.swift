import Basics
import Store

/// Putting the bot into a server, as an invitation does.
extension DiscordSandbox {
  /// The bot gets a role of its own with the rights that were asked for; if it is there already, its role gets them.
  /// - Returns: the server's id.
  func install(_ permissions: Permissions, in guild: String?, by user: String, _ transaction: WriteTransaction) throws
    -> String
  {
    guard let id = guild, !id.isEmpty else { throw Refusal(400, 50035, "Choose a server for the bot.") }
    guard let membership = try transaction.memberships(of: user).first(where: { $0.id == id }) else {
      throw Refusal.unknownGuild
    }
    guard membership.mayManage else { throw Refusal.missingPermissions }
    let own = membership.roles.first { $0["tags"]?["bot_id"]?.string == Identity.bot }
    let roleID = own?["id"]?.string ?? ids.next()
    let granted = permissions.isEmpty && own != nil ? Permissions(text: own?["permissions"]?.string) : permissions
    try transaction.put(
      .role, roleID, parent: id,
      role(
        roleID, "Guildhall", granted, position: own?["position"]?.integer ?? 1, bot: Identity.bot))
    if try transaction.member(Identity.bot, of: id) == nil {
      let member = FirstMember(
        guild: id, user: Identity.bot, joined: stage.clock.now().discordText, roles: [roleID])
      try transaction.put(.member, "\(id)/\(Identity.bot)", parent: id, member.body(user: transaction.bot()))
    }
    try countServers(transaction)
    return id
  }

  func countServers(_ transaction: WriteTransaction) throws {
    let count = try transaction.memberships(of: Identity.bot).count
    try change(.application, Identity.application, transaction) {
      $0["approximate_guild_count"] = .integer(Int64(count))
    }
  }
}
