import Basics
import Foundation
import HTTP
import Testing

@testable import SandboxDiscord

@Test(
  arguments: [
    (nil, "Bot wrong", 401, 0), (nil, "", 401, 0), ("", "", 403, 40333), (nil, "Bearer x", 401, 0),
  ] as [(String?, String, Int, Int)])
func strangersAreTurnedAway(agent: String?, authorization: String, status: Int, code: Int) throws {
  let headers: Headers = ["User-Agent": agent ?? "DiscordBot (x, 1)", "Authorization": authorization]
  let response = try Bench().send(.get, "/users/@me", headers: headers)
  #expect(response.status == status)
  #expect(try response.value["code"]?.integer == Int64(code))
}

@Test func atTheRealPaceTheUserAgentIsLookedAt() throws {
  let bench = try Bench(pace: .real)
  let headers: Headers = ["User-Agent": "curl/8", "Authorization": "Bot \(bench.sandbox.token)"]
  #expect(bench.send(.get, "/users/@me", headers: headers).status == 403)
}

@Test(arguments: [
  ("GET", "/channels/1", 404, 10003), ("GET", "/channels/x", 400, 50035), ("GET", "/guilds/1", 404, 10004),
  ("GET", "/channels/\(Identity.staff)", 403, 50001), ("GET", "/channels/\(Identity.staff)/messages", 403, 50001),
  ("GET", "/guilds/\(Identity.guild)/members/1", 404, 10013),
  ("GET", "/guilds/\(Identity.guild)/members/\(Identity.percy)", 404, 10007),
  ("GET", "/channels/\(Identity.bugTracker)/messages/1", 404, 10008),
  ("POST", "/channels/\(Identity.announcements)/messages", 403, 50013),
  ("POST", "/channels/\(Identity.ideas)/messages", 400, 50008),
  ("POST", "/channels/\(Identity.support)/messages", 400, 50008),
  ("GET", "/nothing/here", 404, 0), ("PUT", "/users/@me", 405, 0), ("DELETE", "/guilds/\(Identity.guild)", 405, 0),
  ("POST", "/interactions/1/x/callback", 404, 10062), ("POST", "/webhooks/1/x", 404, 10015),
  ("POST", "/webhooks/\(Identity.application)/x", 401, 50027),
])
func errorsAreDiscords(method: String, path: String, status: Int, code: Int) throws {
  let response = try Bench().send(
    HTTP.Method(rawValue: method), path, method == "POST" ? #"{"content":"x","type":4}"# : nil)
  #expect(response.status == status)
  #expect(try response.value["code"]?.integer == Int64(code))
  #expect(response.headers["Content-Type"] == "application/json")
}

@Test(.enabled(if: ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] != nil, "GUILDHALL_SHARED is unset"))
func simpleErrorsAreWordedAsDocumented() throws {
  let folder = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] ?? ""
  let file = try #require(
    FileManager.default.contents(atPath: folder + "/fixtures/discord/rest/errors_simple_composed.json"))
  let own: [Refusal] = [
    .unknownInteraction, .alreadyAcknowledged, .missingPermissions, .missingAccess, .unknownChannel, .unauthorized,
  ]
  let expected = try JSON.decode([JSONValue].self, from: file)
  #expect(expected.count == own.count)
  for (refusal, fixture) in zip(own, expected) {
    #expect(refusal.status == fixture["status"]?.integer.map(Int.init))
    #expect(try refusal.response.value == fixture["body"])
  }
}

@Test func onlyTwoVersionsAreServed() throws {
  let bench = try Bench()
  let status = { (version: String) in
    bench.router.answer(
      Request(
        path: "/sandbox/discord/api/\(version)/users/@me",
        headers: ["User-Agent": "DiscordBot (x, 1)", "Authorization": "Bot \(bench.sandbox.token)"])
    ).status
  }
  #expect(status("v9") == 200)
  #expect(status("v10") == 200)
  #expect(status("v6") == 400)
  #expect(bench.router.answer(Request(path: "/sandbox/discord/api/users/@me")).status == 404)
}

@Test func aWrongContentTypeIsNamed() throws {
  let bench = try Bench()
  let response = bench.send(
    .post, bugTracker,
    headers: [
      "User-Agent": "DiscordBot (x, 1)", "Authorization": "Bot \(bench.sandbox.token)", "Content-Type": "text/plain",
    ])
  #expect(response.status == 400)
  #expect(try response.value["errors"]?["_errors"]?[0]?["code"] == "CONTENT_TYPE_INVALID")
}

@Test(arguments: [
  (Identity.maren, Identity.staff, true, true), (Identity.nelly, Identity.staff, true, true),
  (Identity.tomasz, Identity.staff, false, false), (Identity.bot, Identity.staff, false, false),
  (Identity.rook, Identity.general, true, false), (Identity.tomasz, Identity.general, true, true),
  (Identity.bot, Identity.announcements, true, false), (Identity.nelly, Identity.announcements, true, true),
  (Identity.tomasz, Identity.bugTracker, true, false), (Identity.bot, Identity.bugTracker, true, true),
])
func permissionsFollowRolesAndOverwrites(user: String, channel: String, sees: Bool, writes: Bool) throws {
  let bench = try Bench()
  let permissions = try bench.sandbox.read { try $0.unchecked(user, channel).permissions }
  #expect(permissions.contains(.viewChannel) == sees)
  #expect(permissions.contains(.sendMessages) == writes)
}

/// Everyone, then roles (all denials before all allowances), then the member.
@Test(
  arguments: [
    ([("g", 0, 0, 2048), ("r1", 0, 2048, 0)], true), ([("r1", 0, 0, 2048), ("r2", 0, 2048, 0)], true),
    ([("r1", 0, 2048, 0), ("m", 1, 0, 2048)], false), ([("g", 0, 0, 1024), ("m", 1, 1024, 0)], true),
    ([("g", 0, 0, 1024)], false), ([("r3", 0, 0, 2048)], true), ([("m", 0, 0, 2048)], true),
  ] as [([(String, Int64, Int64, Int64)], Bool)])
func overwritesApplyInOrder(overwrites: [(String, Int64, Int64, Int64)], writes: Bool) {
  let guild: JSONValue = ["id": "g", "owner_id": "o"]
  let roles: [JSONValue] = ["g", "r1", "r2", "r3"].map { ["id": .string($0), "permissions": $0 == "g" ? "3072" : "0"] }
  let member: JSONValue = ["user": ["id": "m"], "roles": ["r1", "r2"]]
  let channel: JSONValue = [
    "permission_overwrites": .array(
      overwrites.map {
        ["id": .string($0.0), "type": .integer($0.1), "allow": .string(String($0.2)), "deny": .string(String($0.3))]
      })
  ]
  let permissions = Permissions.inChannel(channel, member: member, guild: guild, roles: roles)
  #expect(permissions.contains(.sendMessages) == writes)
}

@Test func withoutHistoryTheListIsEmpty() throws {
  let bench = try Bench()
  try bench.sandbox.write { transaction in
    try bench.sandbox.change(.channel, Identity.bugTracker, transaction) { channel in
      channel["permission_overwrites"] = [
        [
          "id": .string(Identity.guildhall), "type": 0, "allow": "0",
          "deny": .string(Permissions.readMessageHistory.text),
        ]
      ]
    }
  }
  #expect(bench.send(.get, bugTracker).status == 200)
  #expect(try bench.messages().isEmpty)
}

@Test func withoutTheContentIntentOthersAreSilent() throws {
  let bench = try Bench()
  _ = try bench.messageWithButton()
  #expect(try bench.messages()[1]["content"] != "")
  _ = bench.send(.patch, "/applications/@me", #"{"flags":0}"#)
  #expect(try bench.messages().map { $0["content"] } == ["An issue", ""])
}

@Test func serversAndPeopleCanBeRead() throws {
  let bench = try Bench()
  let guild = try bench.send(.get, "/guilds/\(Identity.guild)", query: ["with_counts": "true"]).value
  #expect(guild["approximate_member_count"] == 8)
  #expect(guild["roles"]?.array?.count == 8)
  let channels = try bench.send(.get, "/guilds/\(Identity.guild)/channels").value.array ?? []
  #expect(channels.count == 7)
  #expect(!channels.contains { $0["id"]?.string == Identity.staff })
  let found = try bench.send(.get, "/guilds/\(Identity.guild)/members/search", query: ["query": "NEL", "limit": "5"])
    .value
  #expect(found.array?.count == 1)
  #expect(bench.send(.get, "/guilds/\(Identity.guild)/members/search").status == 400)
  #expect(try bench.send(.get, "/users/@me/guilds").value.array?.count == 2)
  #expect(try bench.send(.get, "/users/@me").value["id"] == .string(Identity.bot))
  let application = try bench.send(.get, "/applications/@me").value
  #expect(application["verify_key"]?.string == bench.sandbox.key.publicKey)
  #expect((application["flags"]?.integer ?? 0) & (1 << 19) != 0)
  #expect(try bench.send(.get, "/oauth2/applications/@me").value == application)
  #expect(bench.send(.get, "/gateway/bot").status == 200)
}

@Test func limitsAreToldAndKept() throws {
  let bench = try Bench(pace: .real)
  let answers = (0..<6).map { _ in bench.send(.post, bugTracker, #"{"content":"x"}"#) }
  #expect(answers.map(\.status) == [200, 200, 200, 200, 200, 429])
  #expect(answers[0].headers["X-RateLimit-Limit"] == "5")
  #expect(answers.map { $0.headers["X-RateLimit-Remaining"] } == ["4", "3", "2", "1", "0", "0"])
  #expect(answers[0].headers["X-RateLimit-Reset-After"] == "5.000")
  #expect(answers[0].headers["X-RateLimit-Reset"] == "1795245005.000")
  let refused = answers[5]
  #expect(refused.headers["Retry-After"] == "5")
  #expect(refused.headers["X-RateLimit-Scope"] == "user")
  #expect(try refused.value == ["message": "You are being rate limited.", "retry_after": 5, "global": false])
  let elsewhere = "/channels/\(Identity.elsewhere)/messages"
  #expect(bench.send(.post, elsewhere, #"{"content":"x"}"#).status == 200)
  bench.pass(.seconds(5))
  #expect(bench.send(.post, bugTracker, #"{"content":"x"}"#).status == 200)
}

@Test func theGlobalLimitHoldsOverAll() throws {
  let bench = try Bench(pace: .real)
  let answers = (0..<60).map { bench.send(.get, "/channels/\(1000 + $0)") }
  #expect(answers.prefix(50).allSatisfy { $0.status == 404 })
  #expect(answers[50].status == 429)
  #expect(answers[50].headers["X-RateLimit-Global"] == "true")
  #expect(try answers[50].value["global"] == true)
}
