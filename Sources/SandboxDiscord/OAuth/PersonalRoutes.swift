import Basics
import HTTP
import Store

/// What a token tells of the one it stands for: the bot, or a person who allowed the application to ask.
extension DiscordSandbox {
  var personalRoutes: [Route] {
    [
      endpoint(.get, "/users/@me", .botOrPerson(scope: "identify"), .other("me"), describeOneself),
      endpoint(.get, "/users/@me/guilds", .botOrPerson(scope: "guilds"), .ownGuilds, listOwnGuilds),
      endpoint(
        .get, "/users/@me/guilds/:guild_id/member", .person(scope: "guilds.members.read"), .other("me.member"),
        major: "guild_id", describeOwnMembership),
      endpoint(.get, "/oauth2/@me", .person(scope: nil), .other("oauth2.me"), describeAuthorization),
    ]
  }

  private func describeOneself(_ call: Call) throws -> Response {
    try read { transaction in
      guard case .object(var user)? = try transaction.document(.user, call.bearer?.user ?? Identity.bot) else {
        throw Refusal.unknownUser
      }
      user.merge(["locale": "en-US", "mfa_enabled": true, "premium_type": 0]) { $1 }
      if let bearer = call.bearer {
        if bearer.scopes.contains("email") {
          user.merge(["email": .string("\(user["username"]?.string ?? "")@lanternkeep.example"), "verified": true]) {
            $1
          }
        }
      } else {
        user.merge(["bio": "", "email": nil, "verified": true]) { $1 }
      }
      return try .json(user)
    }
  }

  /// Rights in a whole server, before the overwrites of its channels.
  private func listOwnGuilds(_ call: Call) throws -> Response {
    let withCounts = call.flag("with_counts")
    let limit = try call.number("limit", in: 1...200, default: 200)
    let after = try call.number("after", in: 0...Int64.max, default: 0)
    let before = try call.number("before", in: 0...Int64.max, default: Int64.max)
    let user = call.bearer?.user ?? Identity.bot
    return try read { transaction in
      let guilds = try transaction.memberships(of: user).filter { membership in
        let id = Int64(membership.id) ?? 0
        return id > after && id < before
      }
      return try .json(guilds.prefix(Int(limit)).map { try partial($0, withCounts: withCounts, transaction) })
    }
  }

  private func partial(_ membership: Membership, withCounts: Bool, _ transaction: ReadTransaction) throws -> JSONValue {
    let guild = membership.guild
    var partial: [String: JSONValue] = [
      "id": .string(membership.id), "name": guild["name"] ?? "", "icon": guild["icon"] ?? .null,
      "banner": guild["banner"] ?? .null, "owner": .bool(membership.isOwner),
      "permissions": .string(membership.permissions.text), "features": guild["features"] ?? [],
    ]
    if withCounts {
      let count = Int64(try transaction.documents(.member, of: membership.id).count)
      partial["approximate_member_count"] = .integer(count)
      partial["approximate_presence_count"] = .integer(count - 1)
    }
    return .object(partial)
  }

  private func describeOwnMembership(_ call: Call) throws -> Response {
    let guild = try call.snowflake("guild_id")
    guard let member = try read({ try $0.member(call.bearer?.user ?? "", of: guild) }) else {
      throw Refusal.unknownGuild
    }
    return try .json(member)
  }

  private func describeAuthorization(_ call: Call) throws -> Response {
    guard let bearer = call.bearer else { throw Refusal.unauthorized }
    let scopes = bearer.scopes.split(separator: " ").map { JSONValue.string(String($0)) }
    let shown: Set = [
      "id", "name", "icon", "type", "description", "summary", "hook", "bot_public", "bot_require_code_grant",
      "verify_key", "flags", "flags_new",
    ]
    var answer: [String: JSONValue] = [
      "application": .object((try application().object ?? [:]).filter { shown.contains($0.key) }),
      "scopes": .array(scopes), "expires": .string(bearer.expiresAt.discordText),
    ]
    if scopes.contains("identify") { answer["user"] = try read { try $0.document(.user, bearer.user) } }
    return try .json(answer)
  }
}
