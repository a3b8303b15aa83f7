import Basics
import Foundation
import HTTP
import Testing

@testable import SandboxDiscord

@Test func aPersonLogsInAndIsKnown() throws {
  let bench = try Bench()
  let page = String(decoding: bench.look(bench.question()).body, as: UTF8.self)
  for name in ["Maren", "Oda", "Inês", "Nelly", "Tomasz", "Percy"] { #expect(page.contains(name)) }
  #expect(page.contains("See which servers you are in"))
  let back = bench.decide(bench.question())
  #expect(back.status == 303)
  #expect(back.headers["Location"]?.hasPrefix(Bench.back + "?code=") == true)
  #expect(bench.fields(back)["state"] == "s&1")
  let token = try bench.exchange(bench.fields(back)["code"]).value
  #expect(token["token_type"] == "Bearer")
  #expect(token["expires_in"] == 604_800)
  #expect(token["scope"] == "identify guilds")
  #expect(try bench.ask("/users/@me", token).value["id"]?.string == Identity.tomasz)
  #expect(try bench.ask("/users/@me", token).value["email"] == nil)
}

@Test func cancelComesBackWithTheState() throws {
  let bench = try Bench()
  let back = bench.fields(bench.decide(bench.question(), ["decision": "cancel"]))
  #expect(back["error"] == "access_denied")
  #expect(back["state"] == "s&1")
  #expect(back["code"] == nil)
}

@Test(
  arguments: [
    ["client_id": "1"], ["client_id": nil], ["redirect_uri": "http://evil.test/"], ["redirect_uri": nil],
    ["redirect_uri": Bench.back + "/"],
  ] as [[String: String?]])
func whoeverIsUnknownIsSentNowhere(changes: [String: String?]) throws {
  let response = try Bench().look(Bench().question(changes))
  #expect(response.status == 400)
  #expect(response.headers["Location"] == nil)
}

@Test(
  arguments: [
    (["scope": "identify everything"], "invalid_scope"), (["scope": nil], "invalid_scope"),
    (["scope": "messages.read"], "invalid_scope"), (["response_type": nil], "invalid_request"),
    (["response_type": "token"], "unsupported_response_type"), (["code_challenge_method": nil], "invalid_request"),
    (["code_challenge_method": "plain"], "invalid_request"), (["code_challenge": "short"], "invalid_request"),
  ] as [([String: String?], String)])
func whatIsWrongIsToldTheApplication(changes: [String: String?], error: String) throws {
  let bench = try Bench()
  for response in [bench.look(bench.question(changes)), bench.decide(bench.question(changes))] {
    #expect(response.status == 303)
    #expect(response.headers["Location"]?.hasPrefix(Bench.back + "?") == true)
    #expect(bench.fields(response)["error"] == error)
    #expect(bench.fields(response)["state"] == "s&1")
  }
}

@Test func aPageCanLeadToAnotherOrigin() throws {
  let bench = try Bench()
  let order = Array(#"{"redirect_uris":["http://localhost:3000/back?x=1"]}"#.utf8)
  #expect(
    bench.router.answer(Request(method: .put, path: "/sandbox/discord/oauth2/redirects", body: order)).status == 204)
  let question = bench.question(["redirect_uri": "http://localhost:3000/back?x=1"])
  let policy = bench.look(question).headers["Content-Security-Policy"]
  #expect(policy?.contains("form-action 'self' http://localhost:3000;") == true)
  #expect(bench.decide(question).headers["Location"]?.hasPrefix("http://localhost:3000/back?x=1&code=") == true)
}

@Test func consentIsRememberedForThoseWhoAskForIt() throws {
  let bench = try Bench()
  let silent = bench.question(["prompt": "none"])
  #expect(bench.look(silent).status == 200)
  let cookie = try #require(bench.decide(bench.question()).headers["Set-Cookie"]?.split(separator: ";").first)
  #expect(bench.look(silent, cookie: String(cookie)).status == 303)
  #expect(bench.look(bench.question(), cookie: String(cookie)).status == 200)
  #expect(
    bench.look(bench.question(["prompt": "none", "scope": "identify email"]), cookie: String(cookie)).status == 200)
  #expect(bench.look(bench.question(["prompt": "none", "scope": "bot"]), cookie: String(cookie)).status == 200)
  _ = bench.router.answer(
    Request(method: .delete, path: "/sandbox/discord/oauth2/authorizations/\(Identity.tomasz)"))
  #expect(bench.look(silent, cookie: String(cookie)).status == 200)
}

@Test func aCodeIsGoodOnceAndNotForLong() throws {
  let bench = try Bench()
  let code = bench.fields(bench.decide(bench.question()))["code"]
  #expect(bench.exchange(code).status == 200)
  #expect(
    try bench.exchange(code).value == ["error": "invalid_grant", "error_description": #"Invalid "code" in request."#])
  let late = bench.fields(bench.decide(bench.question()))["code"]
  bench.pass(.seconds(100))
  #expect(try bench.exchange(late).value["error"] == "invalid_grant")
}

@Test(
  arguments: [
    (["code_verifier": nil], "invalid_request"), (["code_verifier": "short"], "invalid_request"),
    (["code_verifier": String(repeating: "v", count: 42)], "invalid_request"),
    (["code_verifier": String(repeating: "v", count: 129)], "invalid_request"),
    (["code_verifier": String(repeating: "ä", count: 43)], "invalid_request"),
    (["code_verifier": String(repeating: "w", count: 43)], "invalid_grant"),
    (["redirect_uri": nil], "invalid_grant"), (["redirect_uri": "http://sandbox.test/"], "invalid_grant"),
    (["code": nil], "invalid_request"), (["code": "x"], "invalid_grant"),
    (["grant_type": nil], "unsupported_grant_type"), (["grant_type": "password"], "unsupported_grant_type"),
  ] as [([String: String?], String)])
func anExchangeIsRefusedForEachThingWrong(changes: [String: String?], error: String) throws {
  let bench = try Bench()
  let code = bench.fields(bench.decide(bench.question()))["code"]
  let response = bench.exchange(code, changes)
  #expect(response.status == 400)
  #expect(try response.value["error"]?.string == error)
  #expect(bench.exchange(code).status == 200)
}

@Test func theVerifierIsThatOfTheSpecification() {
  // RFC 7636, appendix B
  #expect(
    s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
}

@Test func aClientShowsWhoItIs() throws {
  let bench = try Bench()
  let question = bench.question(["code_challenge": nil, "code_challenge_method": nil])
  let exchange = { (more: Fields, headers: Headers) in
    let form: Fields = [
      "grant_type": "authorization_code", "code": bench.fields(bench.decide(question))["code"] ?? "",
      "redirect_uri": Bench.back,
    ]
    return bench.token(form.merging(more), headers)
  }
  #expect(exchange(Fields(), bench.basic).status == 200)
  let own: Fields = ["client_id": Identity.application, "client_secret": bench.sandbox.clientSecret]
  #expect(exchange(own, Headers()).status == 200)
  for wrong: Fields in [[:], ["client_id": Identity.application], ["client_id": "1", "client_secret": "x"]] {
    let response = exchange(wrong, Headers())
    #expect(response.status == 401)
    #expect(try response.value == ["error": "invalid_client"])
  }
  #expect(exchange(Fields(), ["Authorization": "Basic eDp5"]).status == 401)
}

@Test func jsonIsNotRead() throws {
  let bench = try Bench()
  var headers = bench.basic
  headers["Content-Type"] = "application/json"
  let response = bench.token(["grant_type": "authorization_code"], headers)
  #expect(response.status == 400)
  #expect(
    try response.value == [
      "error": "unsupported_grant_type", "error_description": "Grant type None is not supported",
    ])
  #expect(bench.send(.get, "/oauth2/token").status == 405)
}

@Test func refreshingReplacesBothTokens() throws {
  let bench = try Bench()
  let first = try bench.logIn()
  bench.pass(.seconds(604_800))
  #expect(bench.ask("/users/@me", first).status == 401)
  let form: Fields = ["grant_type": "refresh_token", "refresh_token": first["refresh_token"]?.string ?? ""]
  let second = try bench.token(form).value
  #expect(second["access_token"] != first["access_token"])
  #expect(second["refresh_token"] != first["refresh_token"])
  #expect(bench.ask("/users/@me", second).status == 200)
  #expect(try bench.token(form).value == ["error": "invalid_grant"])
}

@Test(arguments: ["access_token", "refresh_token"])
func revokingOneTokenEndsAllOfTheAuthorization(kind: String) throws {
  let bench = try Bench()
  let (first, second, other) = (try bench.logIn(), try bench.logIn(), try bench.logIn(as: Identity.maren))
  let path = "/sandbox/discord/api/oauth2/token/revoke"
  let form: Fields = ["token": first[kind]?.string ?? "", "token_type_hint": "access_token"]
  #expect(bench.posted(path, form).status == 401)
  let answer = bench.posted(path, form, bench.basic)
  #expect(answer.status == 200)
  #expect(try answer.value == [:])
  for token in [first, second] { #expect(bench.ask("/users/@me", token).status == 401) }
  #expect(bench.ask("/users/@me", other).status == 200)
  #expect(bench.posted(path, form, bench.basic).status == 200)
}
