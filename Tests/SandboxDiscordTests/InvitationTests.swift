import Basics
import HTTP
import Testing

@testable import SandboxDiscord

private let invitation: [String: String?] = [
  "scope": "bot applications.commands", "permissions": "19456", "response_type": nil, "redirect_uri": nil,
  "code_challenge": nil, "code_challenge_method": nil,
]

@Test func anInvitationPutsTheBotIntoAServer() throws {
  let bench = try Bench()
  let server = "/guilds/\(Identity.thirdGuild)"
  #expect(bench.send(.get, server).status == 404)
  let question = bench.question(invitation)
  let page = String(decoding: bench.look(question.merging(["as": Identity.maren])).body, as: UTF8.self)
  #expect(page.contains("Ember Market"))
  #expect(page.contains("Lantern Keep</option>"))
  #expect(!page.contains("Quiet Harbour</option>"))
  #expect(page.contains("Read Message History") == false)
  #expect(page.contains("Embed Links"))
  let more: Fields = ["decision": "authorize", "guild_id": Identity.thirdGuild]
  let answer = bench.decide(question, as: Identity.maren, more)
  #expect(answer.status == 200)
  #expect(bench.send(.get, server).status == 200)
  let member = try bench.send(.get, server + "/members/@me").value
  let role = try #require(member["roles"]?[0])
  let roles = try bench.send(.get, server + "/roles").value.array ?? []
  #expect(roles.first { $0["id"] == role }?["permissions"] == "19456")
  #expect(try bench.send(.get, "/applications/@me").value["approximate_guild_count"] == 3)
  // Said again it changes the rights, and adds no second role.
  _ = bench.decide(bench.question(invitation.merging(["permissions": "1024"]) { $1 }), as: Identity.maren, more)
  let again = try bench.send(.get, server + "/roles").value.array ?? []
  #expect(again.count == roles.count)
  #expect(again.first { $0["id"] == role }?["permissions"] == "1024")
}

@Test func anInvitationWithACodeComesBackWithTheServer() throws {
  let bench = try Bench()
  let question = bench.question(["scope": "identify bot", "permissions": "1024", "guild_id": Identity.thirdGuild])
  let back = bench.fields(bench.decide(question, as: Identity.aiko))
  #expect(back["guild_id"] == Identity.thirdGuild)
  #expect(back["permissions"] == "1024")
  let token = try bench.exchange(back["code"]).value
  #expect(token["guild"]?["name"] == "Ember Market")
}

@Test(arguments: [
  (Identity.tomasz, Identity.thirdGuild), (Identity.nelly, Identity.guild), (Identity.percy, Identity.thirdGuild),
  (Identity.maren, "1"), (Identity.maren, ""),
])
func onlyThoseWhoManageAServerInvite(user: String, guild: String) throws {
  let bench = try Bench()
  let answer = bench.decide(
    bench.question(invitation), as: user, ["decision": "authorize", "guild_id": guild])
  #expect(answer.status == 403)
  #expect(try bench.send(.get, "/users/@me/guilds").value.array?.count == 2)
}
