/// What an application can ask a person for (Discord: OAuth2, "OAuth2 Scopes"), without those that Discord must approve.
enum Scopes {
  /// By name, in the words of the consent page.
  static let words: [String: String] = [
    "identify": "See your name, picture and id",
    "email": "See your e-mail address",
    "guilds": "See which servers you are in",
    "guilds.members.read": "See your nickname and roles in a server",
    "guilds.join": "Join servers for you",
    "connections": "See accounts you have linked",
    "applications.commands": "Make commands in a server",
    "applications.commands.permissions.update": "Say who may use its commands in a server",
    "bot": "Put a bot into a server",
    "openid": "Sign you in with OpenID Connect",
    "role_connections.write": "Tell Discord facts about you for linked roles",
    "webhook.incoming": "Make a webhook in a channel",
  ]

  /// Those that concern a server, so that consent is asked for every time.
  static let ofServers: Set<String> = ["bot", "webhook.incoming"]
}

extension Permissions {
  /// What an invitation asks for, in words, the most powerful first.
  var words: [String] { Self.names.filter { contains($0.bit) }.map(\.words) }

  private static let names: [(bit: Permissions, words: String)] = [
    (.administrator, "Administrator"), (.manageGuild, "Manage Server"), (.manageRoles, "Manage Roles"),
    (.manageChannels, "Manage Channels"), (.manageMessages, "Manage Messages"), (.manageThreads, "Manage Threads"),
    (.viewChannel, "View Channels"), (.sendMessages, "Send Messages"), (.embedLinks, "Embed Links"),
    (.attachFiles, "Attach Files"), (.readMessageHistory, "Read Message History"),
    (.addReactions, "Add Reactions"), (.externalEmojis, "Use External Emojis"),
    (.mentionEveryone, "Mention Everyone"), (.useCommands, "Use Application Commands"),
    (.sendInThreads, "Send Messages in Threads"), (.createPublicThreads, "Create Public Threads"),
    (.createPrivateThreads, "Create Private Threads"), (.pinMessages, "Pin Messages"),
  ]
}
