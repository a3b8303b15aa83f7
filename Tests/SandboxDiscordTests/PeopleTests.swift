import Basics
import HTTP
import Testing

@testable import SandboxDiscord

private func rights(_ bench: Bench, _ token: JSONValue, in guild: String = Identity.guild) throws -> Permissions? {
  try bench.ask("/users/@me/guilds", token).value.array?.first { $0["id"]?.string == guild }
    .map { Permissions(text: $0["permissions"]?.string) }
}

@Test func aFormTakesARightAway() throws {
  let bench = try Bench()
  let token = try bench.logIn(as: Identity.oda)
  #expect(try rights(bench, token)?.contains(.administrator) == true)
  let person = "/sandbox/discord/people/\(Identity.oda)"
  #expect(bench.page(person).contains("Administrator"))
  let answer = bench.posted("\(person)/servers/\(Identity.guild)", ["do": "save", "roles": Identity.resident])
  #expect(answer.headers["Location"] == person)
  #expect(try rights(bench, token)?.contains(.administrator) == false)
  let member = try bench.send(.get, "/guilds/\(Identity.guild)/members/\(Identity.oda)").value
  #expect(member["roles"] == [.string(Identity.resident)])
}

@Test func scriptsGiveAndTake() throws {
  let bench = try Bench()
  let token = try bench.logIn(as: Identity.tomasz)
  let pull = { (method: HTTP.Method, path: String, body: String) in
    bench.router.answer(
      Request(
        method: method, path: "/sandbox/discord/guilds/\(Identity.guild)" + path, body: Array(body.utf8))
    ).status
  }
  let member = "/members/\(Identity.tomasz)"
  #expect(pull(.put, member, #"{"roles":["\#(Identity.warden)"]}"#) == 200)
  #expect(try rights(bench, token)?.contains(.manageGuild) == true)
  #expect(pull(.put, "/roles/\(Identity.warden)", #"{"permissions":"8"}"#) == 204)
  #expect(try rights(bench, token)?.contains(.administrator) == true)
  #expect(pull(.delete, member, "") == 204)
  #expect(try rights(bench, token) == nil)
  #expect(bench.send(.get, "/guilds/\(Identity.guild)" + member).status == 404)
  #expect(pull(.put, member, #"{"roles":[]}"#) == 200)
  #expect(pull(.put, "/owner", #"{"user_id":"\#(Identity.tomasz)"}"#) == 204)
  #expect(try bench.ask("/users/@me/guilds", token).value[0]?["owner"] == true)
  #expect(pull(.delete, member, "") == 409)
  #expect(pull(.put, member, #"{"roles":["1"]}"#) == 404)
  #expect(pull(.put, "/members/1", #"{"roles":[]}"#) == 404)
  #expect(pull(.delete, "/members/\(Identity.bot)", "") == 204)
  #expect(bench.send(.get, "/guilds/\(Identity.guild)").status == 404)
}

@Test func tokensEndWhenTheyAreTold() throws {
  let bench = try Bench()
  let (token, other) = (try bench.logIn(), try bench.logIn(as: Identity.maren))
  let expire = { (body: String) in
    bench.router.answer(
      Request(method: .post, path: "/sandbox/discord/oauth2/expire", body: Array(body.utf8))
    ).status
  }
  let refresh: Fields = ["grant_type": "refresh_token", "refresh_token": token["refresh_token"]?.string ?? ""]
  #expect(expire(#"{"user_id":"\#(Identity.tomasz)"}"#) == 204)
  #expect(bench.ask("/users/@me", token).status == 401)
  #expect(bench.ask("/users/@me", other).status == 200)
  #expect(bench.token(refresh).status == 200)
  #expect(expire(#"{"refresh":true}"#) == 204)
  #expect(bench.ask("/users/@me", other).status == 401)
  let list = bench.router.answer(Request(path: "/sandbox/discord/oauth2/authorizations"))
  #expect(try list.value.array?.count == 2)
  #expect(bench.posted("/sandbox/discord/people/\(Identity.maren)/deauthorize", [:]).status == 303)
  #expect(try bench.router.answer(Request(path: "/sandbox/discord/oauth2/authorizations")).value.array?.count == 1)
}

@Test func rolesAreCountedAndEmojisListed() throws {
  let bench = try Bench()
  let counts = try bench.send(.get, "/guilds/\(Identity.guild)/roles/member-counts").value
  #expect(counts[Identity.playtester] == 3)
  #expect(counts[Identity.steward] == 1)
  #expect(counts[Identity.guild] == nil)
  let emojis = try bench.send(.get, "/guilds/\(Identity.guild)/emojis").value
  #expect(emojis.array?.map { $0["name"] } == ["lantern", "moth", "bug_found"])
}

@Test(arguments: ["/sandbox/discord/people", "/sandbox/discord/people/\(Identity.maren)", DiscordSandbox.consentPath])
func pagesOfPeopleAreWhole(path: String) throws {
  let bench = try Bench()
  let html = bench.page(path, query: bench.question())
  #expect(html.contains("</html>"))
  #expect(!html.contains("style=\""))
  #expect(!html.contains("{{"))
}

@Test func aRestartKeepsWhatWasChangedAndAddsWhatIsNew() throws {
  let bench = try Bench()
  let stage = bench.sandbox.stage
  try bench.sandbox.write { transaction in
    try bench.sandbox.remove(Identity.bot, from: Identity.guild, transaction)
    try transaction.remove(.guild, Identity.thirdGuild)
  }
  _ = try DiscordSandbox(stage: stage, redirectURIs: ["http://a.test/"]) { _ in IncomingResponse(status: 200) }
  #expect(bench.send(.get, "/guilds/\(Identity.guild)").status == 404)
  #expect(try stage.store.read { try $0.document(.guild, Identity.thirdGuild) } != nil)
  #expect(bench.look(bench.question(["redirect_uri": "http://a.test/"])).status == 200)
  #expect(bench.look(bench.question()).status == 400)
}
