import Basics
import SandboxStage
import Store

/// What the sandbox holds when it starts for the first time: a game community with its people, and a smaller server.
struct FirstContent {
  let publicKey: String
  let interactionsURL: String

  func write(_ transaction: WriteTransaction) throws {
    try transaction.put(.application, Identity.application, application)
    for user in users { try put(transaction, .user, user) }
    for guild in [lanternKeep, quietHarbour] { try put(transaction, .guild, guild) }
    for role in roles { try put(transaction, .role, role.body, parent: role.guild) }
    for channel in channels { try put(transaction, .channel, channel, parent: channel["guild_id"]?.string ?? "") }
    for member in members {
      let user = try transaction.document(.user, member.user) ?? .null
      try transaction.put(
        .member, "\(member.guild)/\(member.user)", parent: member.guild, member.body(user: user))
    }
    for message in messages { try transaction.insert(message) }
  }

  private func put(_ transaction: WriteTransaction, _ kind: Kind, _ body: JSONValue, parent: String = "") throws {
    try transaction.put(kind, body["id"]?.string ?? "", parent: parent, body)
  }

  // MARK: The application and the people

  /// GATEWAY_MESSAGE_CONTENT_LIMITED and GATEWAY_GUILD_MEMBERS_LIMITED: the switches a new application has turned on.
  private static let applicationFlags: Int64 = 1 << 19 | 1 << 15

  private var application: JSONValue {
    [
      "id": .string(Identity.application), "name": "Guildhall", "icon": nil, "type": nil,
      "description": "The hall a community does its business in.", "summary": "", "bot_public": false,
      "bot_require_code_grant": false, "verify_key": .string(publicKey), "flags": .integer(Self.applicationFlags),
      "flags_new": .string(String(Self.applicationFlags)), "tags": [], "hook": true, "is_monetized": false,
      "integration_types_config": [
        "0": ["oauth2_install_params": ["scopes": ["applications.commands", "bot"], "permissions": "2415994896"]]
      ],
      "redirect_uris": [], "interactions_endpoint_url": .string(interactionsURL),
      "role_connections_verification_url": nil, "event_webhooks_url": nil, "event_webhooks_status": 1,
      "event_webhooks_types": [], "approximate_guild_count": 2, "approximate_user_install_count": 0,
      "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "team": nil,
      "eligible_oauth2_scopes": [], "owner": users[1], "bot": users[0],
    ]
  }

  private let users: [JSONValue] = [
    user(Identity.bot, "Guildhall", nil, isBot: true), user(Identity.maren, "maren.vos", "Maren"),
    user(Identity.nelly, "nelly_k", "Nelly"), user(Identity.tomasz, "tomasz.w", "Tomasz"),
    user(Identity.aiko, "aikosan", "Aiko 藍子"), user(Identity.rook, "rook_404", "Rook"),
    user(Identity.percy, "percy.h", "Percy"),
  ]

  // MARK: Servers and roles

  private let lanternKeep = guild(
    Identity.guild, "Lantern Keep", owner: Identity.maren, "Home of the game “Lantern Keep”: play, report, suggest.")
  private let quietHarbour = guild(Identity.otherGuild, "Quiet Harbour", owner: Identity.percy, nil)

  static let everyday: Permissions = [
    .viewChannel, .sendMessages, .embedLinks, .attachFiles, .readMessageHistory, .addReactions, .externalEmojis,
    .useCommands, .sendInThreads, .createPublicThreads, .connect, .speak, .changeNickname, .createInvite,
  ]
  private static let moderating: Permissions = [
    .manageMessages, .manageThreads, .mentionEveryone, .pinMessages, .manageChannels, .createPrivateThreads,
  ]
  private static let working: Permissions = [
    .viewChannel, .sendMessages, .embedLinks, .attachFiles, .readMessageHistory, .addReactions, .manageChannels,
    .manageThreads, .createPrivateThreads, .sendInThreads, .externalEmojis, .useCommands,
  ]

  private let roles: [(guild: String, body: JSONValue)] = [
    (Identity.guild, role(Identity.guild, "@everyone", everyday, position: 0)),
    (Identity.guild, role(Identity.muted, "Muted", [], position: 1, color: 0x7D7D7D)),
    (Identity.guild, role(Identity.resident, "Resident", [], position: 2, color: 0x5C8A64)),
    (Identity.guild, role(Identity.playtester, "Playtester", [], position: 3, color: 0x3F7CAC, isMentionable: true)),
    (Identity.guild, role(Identity.guildhall, "Guildhall", working, position: 4, bot: Identity.bot)),
    (Identity.guild, role(Identity.moderator, "Moderator", moderating, position: 5, color: 0xB8862B, isHoisted: true)),
    (Identity.otherGuild, role(Identity.otherGuild, "@everyone", everyday, position: 0)),
    (Identity.otherGuild, role(Identity.guildhallElsewhere, "Guildhall", working, position: 1, bot: Identity.bot)),
  ]

  private let members = [
    FirstMember(guild: Identity.guild, user: Identity.maren, joined: "2024-05-11T17:20:05.431000+00:00", roles: []),
    FirstMember(
      guild: Identity.guild, user: Identity.nelly, joined: "2024-05-12T08:03:51.120000+00:00",
      roles: [Identity.moderator, Identity.playtester]),
    FirstMember(
      guild: Identity.guild, user: Identity.tomasz, joined: "2024-09-30T19:22:14.004000+00:00",
      roles: [Identity.resident, Identity.playtester], nick: "Tomasz (W.)"),
    FirstMember(
      guild: Identity.guild, user: Identity.aiko, joined: "2025-02-17T04:51:00.777000+00:00", roles: [Identity.resident]
    ),
    FirstMember(
      guild: Identity.guild, user: Identity.rook, joined: "2026-10-28T16:02:40.310000+00:00", roles: [Identity.muted]),
    FirstMember(
      guild: Identity.guild, user: Identity.bot, joined: "2026-03-02T09:20:11.333000+00:00", roles: [Identity.guildhall]
    ),
    FirstMember(
      guild: Identity.otherGuild, user: Identity.percy, joined: "2025-09-03T08:02:41.077000+00:00", roles: []),
    FirstMember(
      guild: Identity.otherGuild, user: Identity.bot, joined: "2026-04-09T13:02:02.064000+00:00",
      roles: [Identity.guildhallElsewhere]),
  ]

  // MARK: Channels

  private let channels: [JSONValue] = [
    channel(Identity.hall, "The Keep", type: 4, position: 0),
    channel(
      Identity.announcements, "announcements", type: 5, position: 0, parent: Identity.hall,
      topic: "Patches and events. Moderators write here.",
      overwrites: [
        (Identity.guild, 0, [], .sendMessages), (Identity.moderator, 0, .sendMessages, []),
        (Identity.guildhall, 0, [], .sendMessages),
      ]),
    channel(
      Identity.general, "general", type: 0, position: 1, parent: Identity.hall,
      topic: "Talk by the fire.", overwrites: [(Identity.muted, 0, [], .sendMessages)]),
    channel(Identity.ideas, "ideas", type: 15, position: 2, parent: Identity.hall, topic: "One idea, one post."),
    channel(Identity.fireside, "Fireside", type: 2, position: 3, parent: Identity.hall),
    channel(Identity.support, "Support", type: 4, position: 1),
    channel(
      Identity.bugTracker, "bug-tracker", type: 0, position: 0, parent: Identity.support,
      topic: "Issues of the game, straight from the tracker.",
      overwrites: [
        (Identity.guild, 0, [], .sendMessages), (Identity.moderator, 0, .sendMessages, []),
        (Identity.guildhall, 0, .sendMessages, []),
      ]),
    channel(
      Identity.staff, "staff", type: 0, position: 1, parent: Identity.support, topic: nil,
      overwrites: [
        (Identity.guild, 0, [], .viewChannel), (Identity.moderator, 0, .viewChannel, []),
        (Identity.guildhall, 0, [], .viewChannel),
      ]),
    channel(Identity.elsewhere, "harbour", type: 0, position: 0, guild: Identity.otherGuild, topic: "Quiet as ever."),
  ]

  // MARK: What was said before

  private var messages: [MessageRecord] {
    [
      said(
        by: users[2], in: Identity.announcements, "2026-11-17T18:00:12.408Z",
        """
        # Patch 0.14 “Wick & Wax” is live
        Thank you for **412 reports** in the playtest. What changed:
        - Lanterns no longer go out when two people carry one
        - The harbour bridge has a *railing*
          - and no, you cannot jump it anymore
        - Loading is faster on small machines: ~~41 s~~ **17 s**

        -# Full notes: [lanternkeep.example/patch/0.14](https://lanternkeep.example/patch/0.14)
        """),
      said(
        by: users[3], in: Identity.general, "2026-11-19T20:14:33.095Z",
        "the bridge railing is **so** much better, but did anybody else lose the `west_gate` key after a load?"),
      said(
        by: users[4], in: Identity.general, "2026-11-19T20:16:02.511Z",
        "> did anybody else lose the `west_gate` key\nはい、私も！ twice. I wrote it down in <#\(Identity.bugTracker)>"),
      said(
        by: users[1], in: Identity.general, "2026-11-19T20:31:47.930Z",
        "Thanks both, <@\(Identity.nelly)> has it on the list. ||It was the save migration.||", to: [users[2]]),
      said(
        by: users[2], in: Identity.bugTracker, "2026-11-20T09:05:21.644Z",
        "Every open issue of the tracker is one message here. Press a button to act on it; the message follows."
      ),
      said(by: users[6], in: Identity.elsewhere, "2026-11-18T07:45:10.002Z", "Anybody here?"),
    ]
  }
}
