import Basics
import SandboxStage
import Store

/// What came to the sandbox after its first content: more people with a say, more of the second server, and a third one
/// that the bot is not in.
struct FurtherContent {
  func write(_ transaction: WriteTransaction) throws {
    for user in users { try transaction.put(.user, user["id"]?.string ?? "", user) }
    try transaction.put(.guild, Identity.thirdGuild, emberMarket)
    for role in roles { try transaction.put(.role, role.body["id"]?.string ?? "", parent: role.guild, role.body) }
    for channel in channels {
      try transaction.put(
        .channel, channel["id"]?.string ?? "", parent: channel["guild_id"]?.string ?? "", channel)
    }
    for member in members {
      let user = try transaction.document(.user, member.user) ?? .null
      try transaction.put(
        .member, "\(member.guild)/\(member.user)", parent: member.guild, member.body(user: user))
    }
    try addEmojis(transaction)
  }

  private let users = [
    user(Identity.oda, "oda.steward", "Oda"), user(Identity.ines, "ines_d", "Inês"),
  ]

  private let emberMarket = guild(
    Identity.thirdGuild, "Ember Market", owner: Identity.aiko, "Buy, sell, and mind the sparks.")

  private let roles: [(guild: String, body: JSONValue)] = [
    (Identity.guild, role(Identity.warden, "Warden", .manageGuild, position: 6, color: 0x8A5CA8, isHoisted: true)),
    (Identity.guild, role(Identity.steward, "Steward", .administrator, position: 7, color: 0xB0413E, isHoisted: true)),
    (Identity.otherGuild, role(Identity.deckhand, "Deckhand", .manageMessages, position: 2, color: 0x3F7CAC)),
    (Identity.otherGuild, role(Identity.harbourMaster, "Harbour master", .manageGuild, position: 3, color: 0x5C8A64)),
    (Identity.thirdGuild, role(Identity.thirdGuild, "@everyone", FirstContent.everyday, position: 0)),
    (Identity.thirdGuild, role(Identity.stallholder, "Stallholder", .manageGuild, position: 1, color: 0xC86B2B)),
  ]

  private let members = [
    member(Identity.guild, Identity.oda, [Identity.steward]),
    member(Identity.guild, Identity.ines, [Identity.warden, Identity.playtester]),
    member(Identity.otherGuild, Identity.tomasz, [Identity.harbourMaster]),
    member(Identity.otherGuild, Identity.aiko, [Identity.deckhand]),
    member(Identity.thirdGuild, Identity.aiko, []), member(Identity.thirdGuild, Identity.maren, [Identity.stallholder]),
    member(Identity.thirdGuild, Identity.tomasz, []),
  ]

  private static func member(_ guild: String, _ user: String, _ roles: [String]) -> FirstMember {
    FirstMember(guild: guild, user: user, joined: "2026-01-20T11:47:09.512000+00:00", roles: roles)
  }

  private let channels: [JSONValue] = [
    channel(Identity.pier, "The Pier", type: 4, position: 1, guild: Identity.otherGuild),
    channel(
      Identity.repairs, "repairs", type: 0, position: 0, guild: Identity.otherGuild, parent: Identity.pier,
      topic: "What leaks, and who mends it."),
    channel(Identity.logbook, "logbook", type: 15, position: 1, guild: Identity.otherGuild, parent: Identity.pier),
    channel(
      Identity.harbourOffice, "harbour-office", type: 0, position: 2, guild: Identity.otherGuild,
      parent: Identity.pier,
      overwrites: [
        (Identity.otherGuild, 0, [], .viewChannel), (Identity.harbourMaster, 0, .viewChannel, []),
        (Identity.deckhand, 0, .viewChannel, []),
      ]),
    channel(
      Identity.stalls, "stalls", type: 0, position: 0, guild: Identity.thirdGuild, topic: "One stall, one message."),
  ]

  private func addEmojis(_ transaction: WriteTransaction) throws {
    guard case .object(var guild)? = try transaction.document(.guild, Identity.guild) else { return }
    guild["emojis"] = [
      emoji("1302100010226229248", "lantern"), emoji("1302100010226229249", "moth", isAnimated: true),
      emoji("1302100010226229250", "bug_found"),
    ]
    try transaction.put(.guild, Identity.guild, .object(guild))
  }
}

private func emoji(_ id: String, _ name: String, isAnimated: Bool = false) -> JSONValue {
  [
    "id": .string(id), "name": .string(name), "roles": [], "require_colons": true, "managed": false,
    "animated": .bool(isAnimated), "available": true,
  ]
}
