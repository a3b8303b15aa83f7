import Basics
import HTTP
import Store

extension DiscordSandbox {
  var guildRoutes: [Route] {
    [
      endpoint(.get, "/guilds/:guild_id", .bot, .other("guild"), major: "guild_id") { call in
        try read { transaction in
          let guild = try guild(call, transaction)
          return try .json(whole(guild, transaction, withCounts: call.flag("with_counts")))
        }
      },
      // Since November 2026 without the channels the bot may not see.
      endpoint(.get, "/guilds/:guild_id/channels", .bot, .other("guild.channels"), major: "guild_id") { call in
        try read { transaction in
          let guild = try guild(call, transaction)["id"]?.string ?? ""
          return try .json(
            transaction.documents(.channel, of: guild).filter { channel in
              try transaction.unchecked(Identity.bot, channel["id"]?.string ?? "").permissions.contains(.viewChannel)
            })
        }
      },
      endpoint(.get, "/guilds/:guild_id/roles", .bot, .other("guild.roles"), major: "guild_id") { call in
        try read { try .json($0.documents(.role, of: guild(call, $0)["id"]?.string ?? "")) }
      },
      // Without the role that everybody has.
      endpoint(.get, "/guilds/:guild_id/roles/member-counts", .bot, .other("guild.roles.counts"), major: "guild_id") {
        call in
        try read { transaction in
          let guild = try guild(call, transaction)["id"]?.string ?? ""
          let held = try transaction.documents(.member, of: guild).flatMap { $0["roles"]?.array ?? [] }
          let counts = try transaction.documents(.role, of: guild).filter { $0["id"]?.string != guild }.map { role in
            (role["id"]?.string ?? "", Int64(held.count { $0 == role["id"] }))
          }
          return try .json(Dictionary(counts) { $1 })
        }
      },
      endpoint(.get, "/guilds/:guild_id/emojis", .bot, .other("guild.emojis"), major: "guild_id") { call in
        try read { try .json(guild(call, $0)["emojis"] ?? []) }
      },
      endpoint(
        .get, "/guilds/:guild_id/members/search", .bot, .other("guild.search"), major: "guild_id", searchMembers),
      endpoint(.get, "/guilds/:guild_id/members/:user_id", .bot, .other("guild.member"), major: "guild_id") { call in
        let user = call.path["user_id"] == "@me" ? Identity.bot : try call.snowflake("user_id")
        return try read { transaction in
          let guild = try guild(call, transaction)["id"]?.string ?? ""
          if let member = try transaction.member(user, of: guild) { return try .json(member) }
          throw try transaction.document(.user, user) == nil ? Refusal.unknownUser : .unknownMember
        }
      },
      endpoint(.get, "/channels/:channel_id", .bot, .other("channel"), major: "channel_id") { call in
        let channel = try call.snowflake("channel_id")
        return try read { try .json($0.standing(of: Identity.bot, in: channel).channel) }
      },
    ]
  }

  private func guild(_ call: Call, _ transaction: some Queries) throws -> JSONValue {
    let id = try call.snowflake("guild_id")
    guard let guild = try transaction.document(.guild, id), try transaction.member(Identity.bot, of: id) != nil else {
      throw Refusal.unknownGuild
    }
    return guild
  }

  func whole(_ guild: JSONValue?, _ transaction: some Queries, withCounts: Bool = false) throws -> JSONValue {
    guard case .object(var object)? = guild, let id = object["id"]?.string else { return guild ?? .null }
    object["roles"] = .array(try transaction.documents(.role, of: id))
    if withCounts {
      let members = Int64(try transaction.documents(.member, of: id).count)
      object["approximate_member_count"] = .integer(members)
      object["approximate_presence_count"] = .integer(members - 1)
    }
    return .object(object)
  }

  /// Members whose name or nickname begins with the query.
  private func searchMembers(_ call: Call) throws -> Response {
    let limit = try call.number("limit", in: 1...1000, default: 1)
    let form = Form(["query": call.request.query["query"].map { .string($0) } ?? .null])
    let query = form.string("query", max: 100, min: 1, isRequired: true)?.lowercased() ?? ""
    try form.complaints.throwIfAny()
    return try read { transaction in
      let guild = try guild(call, transaction)["id"]?.string ?? ""
      let found = try transaction.documents(.member, of: guild).filter { member in
        [member["nick"], member["user"]?["username"], member["user"]?["global_name"]]
          .contains { $0?.string?.lowercased().hasPrefix(query) ?? false }
      }
      return try .json(Array(found.prefix(Int(limit))))
    }
  }
}
