import Basics
import Foundation
import HTTP
import Testing

@testable import SandboxDiscord

private let shared = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"]

/// Owner, rights and where the bot is, as the panel decides by them.
@Test(
  arguments: [
    (Identity.maren, Identity.guild, true, true, true), (Identity.oda, Identity.guild, false, true, true),
    (Identity.ines, Identity.guild, false, false, true), (Identity.nelly, Identity.guild, false, false, false),
    (Identity.tomasz, Identity.guild, false, false, false), (Identity.rook, Identity.guild, false, false, false),
    (Identity.percy, Identity.otherGuild, true, true, true),
    (Identity.tomasz, Identity.otherGuild, false, false, true),
    (Identity.maren, Identity.thirdGuild, false, false, true),
    (Identity.aiko, Identity.thirdGuild, true, true, true),
  ])
func guildsTellOwnerAndRights(user: String, guild: String, owns: Bool, administers: Bool, manages: Bool) throws {
  let bench = try Bench()
  let token = try bench.logIn(as: user)
  let guilds = try bench.ask("/users/@me/guilds", token, query: ["with_counts": "true"]).value.array ?? []
  let found = try #require(guilds.first { $0["id"]?.string == guild })
  #expect(found["owner"]?.bool == owns)
  let permissions = Permissions(text: found["permissions"]?.string)
  #expect(permissions.contains(.administrator) == administers)
  #expect(permissions.contains(.manageGuild) == manages)
  #expect((found["approximate_member_count"]?.integer ?? 0) > 1)
}

@Test func somebodyElsewhereIsNotHere() throws {
  let bench = try Bench()
  let token = try bench.logIn(as: Identity.percy, scope: "identify guilds guilds.members.read")
  let guilds = try bench.ask("/users/@me/guilds", token).value.array ?? []
  #expect(guilds.map { $0["id"]?.string } == [Identity.otherGuild])
  #expect(bench.ask("/users/@me/guilds/\(Identity.otherGuild)/member", token).status == 200)
  let refused = bench.ask("/users/@me/guilds/\(Identity.guild)/member", token)
  #expect(refused.status == 404)
  #expect(try refused.value["code"] == 10004)
}

@Test(arguments: [
  ("/users/@me", "guilds", 401), ("/users/@me", "identify", 200), ("/users/@me/guilds", "identify", 401),
  ("/users/@me/guilds", "guilds", 200), ("/users/@me/guilds/\(Identity.guild)/member", "guilds identify", 401),
  ("/users/@me/guilds/\(Identity.guild)/member", "guilds.members.read", 200), ("/oauth2/@me", "guilds", 200),
  ("/guilds/\(Identity.guild)", "identify guilds", 401), ("/channels/\(Identity.general)", "identify", 401),
])
func aScopeOpensItsOwnDoorsOnly(path: String, scope: String, status: Int) throws {
  let bench = try Bench()
  #expect(bench.ask(path, try bench.logIn(scope: scope)).status == status)
}

@Test func theBotHasServersButNoAuthorization() throws {
  let bench = try Bench()
  let guilds = try bench.send(.get, "/users/@me/guilds").value.array ?? []
  #expect(guilds.map { $0["id"]?.string } == [Identity.guild, Identity.otherGuild])
  #expect(bench.send(.get, "/oauth2/@me").status == 401)
  #expect(bench.send(.get, "/users/@me/guilds/\(Identity.guild)/member").status == 401)
  let some = try bench.send(.get, "/users/@me/guilds", query: ["after": Identity.guild, "limit": "1"]).value
  #expect(some.array?.map { $0["id"]?.string } == [Identity.otherGuild])
}

@Test func ownGuildsAreAskedForSlowly() throws {
  let bench = try Bench(pace: .real)
  let (token, other) = (try bench.logIn(), try bench.logIn(as: Identity.maren))
  #expect(bench.ask("/users/@me/guilds", token).status == 200)
  let refused = bench.ask("/users/@me/guilds", token)
  #expect(refused.status == 429)
  #expect(refused.headers["X-RateLimit-Scope"] == "user")
  #expect(bench.ask("/users/@me/guilds", other).status == 200)
}

@Test func emailIsToldToThoseAllowed() throws {
  let bench = try Bench()
  let user = try bench.ask("/users/@me", bench.logIn(scope: "identify email")).value
  #expect(user["email"] == "tomasz.w@lanternkeep.example")
  #expect(user["verified"] == true)
}

@Test(.enabled(if: shared != nil, "GUILDHALL_SHARED is unset"))
func answersHaveTheDocumentedMembers() throws {
  let bench = try Bench()
  let token = try bench.logIn(scope: "guilds identify")
  let fixture = { (name: String) in
    let data = try #require(FileManager.default.contents(atPath: (shared ?? "") + "/fixtures/discord/oauth2/" + name))
    return try JSON.decode(JSONValue.self, from: Array(data))
  }
  #expect(kinds(token) == kinds(try fixture("token_response_docs.json")))
  let guilds = try bench.ask("/users/@me/guilds", token, query: ["with_counts": "true"]).value
  let documented = kinds(try fixture("me_guilds_docs.json")[0] ?? .null)
  let keys = Set(kinds(guilds[0] ?? .null).keys)
  #expect(keys == Set(documented.keys))
  let own = try bench.ask("/oauth2/@me", token).value
  let authorization = try fixture("oauth2_me_docs.json")
  #expect(kinds(own) == kinds(authorization))
  #expect(own["scopes"] == ["guilds", "identify"])
  for part in ["application", "user"] {
    let documented = kinds(authorization[part] ?? .null).keys
    #expect(Set(kinds(own[part] ?? .null).keys).isSuperset(of: documented))
  }
  let pattern = try Regex(#"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"#)
  #expect(try pattern.wholeMatch(in: own["expires"]?.string ?? "") != nil)
}

/// The members of an object with the kind of each.
private func kinds(_ object: JSONValue) -> [String: String] {
  (object.object ?? [:]).mapValues { value in
    switch value {
    case .null: "null"
    case .bool: "bool"
    case .integer, .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
