import Basics
import Foundation
import HTTP
import Pages
import SandboxStage
import Testing

@testable import SandboxNotion

@Test func aCodeIsGoodOnceAndNotForLong() throws {
  let bench = try Bench()
  let code = bench.code([Constants.databaseID])
  #expect(try bench.exchange(code).status == 200)
  let again = try bench.exchange(code)
  #expect(again.status == 400)
  #expect(again.body["error"] == "invalid_grant")
  let late = bench.code([Constants.databaseID])
  bench.move(by: .seconds(600))
  #expect(try bench.exchange(late).body["error"] == "invalid_grant")
}

@Test(
  arguments: [
    (["code": "x"], "invalid_grant"), (["code": .null], "invalid_request"), (["code": 7], "invalid_request"),
    (["redirect_uri": .null], "invalid_request"), (["redirect_uri": "http://evil.test/"], "invalid_grant"),
    (["grant_type": .null], "invalid_request"), (["grant_type": "password"], "unsupported_grant_type"),
  ] as [(JSONValue, String)])
func anExchangeIsRefusedForEachThingWrong(changes: JSONValue, error: String) throws {
  let bench = try Bench()
  let own: [String: JSONValue] = [
    "grant_type": "authorization_code", "code": .string(bench.code([Constants.databaseID])),
    "redirect_uri": .string(Bench.back),
  ]
  let answer = try bench.grant("token", .object(own.merging(changes.object ?? [:]) { $1 }))
  #expect(answer.status == 400)
  #expect(answer.body["error"]?.string == error)
  #expect(answer.body["request_id"] != nil)
  #expect(try bench.grant("token", .object(own)).status == 200)
}

@Test func anAddressThatWasNotNamedIsNotSent() throws {
  let bench = try Bench()
  let code = bench.code([Constants.databaseID], ["redirect_uri": nil])
  #expect(try bench.exchange(code).body["error"] == "invalid_request")
  #expect(try bench.exchange(code, redirect: .null).status == 200)
}

@Test(arguments: ["token", "introspect", "revoke"])
func aClientShowsWhoItIsAndWhichVersionItMeans(path: String) throws {
  let bench = try Bench()
  let stranger = try bench.grant(path, ["token": "x"], secret: "wrong")
  #expect(stranger.status == 401)
  #expect(stranger.body["error"] == "invalid_client")
  let old = try bench.grant(path, ["token": "x"], version: nil)
  #expect(old.status == 400)
  #expect(old.code == "missing_version")
  let form = bench.router.answer(
    Request(
      method: .post, path: "/sandbox/notion/v1/oauth/\(path)",
      headers: [
        "Content-Type": "application/x-www-form-urlencoded", "Notion-Version": "2025-09-03",
        "Authorization": "Basic "
          + Data("\(bench.known.clientID):\(bench.known.clientSecret)".utf8).base64EncodedString(),
      ], body: Array("token=x&grant_type=refresh_token".utf8)))
  #expect(form.status == 400)
  #expect(try bench.call(.get, "/oauth/\(path)").status == 400)
}

@Test func refreshingReplacesBothTokens() throws {
  let bench = try Bench()
  let first = try bench.connect([Constants.databaseID])
  let second = try bench.refresh(first)
  #expect(second.status == 200)
  #expect(second.body["access_token"] != first["access_token"])
  #expect(second.body["refresh_token"] != first["refresh_token"])
  #expect(second.body["bot_id"] == first["bot_id"])
  #expect(try bench.call(.get, "/users/me", token: first.access).status == 401)
  #expect(try bench.call(.get, "/users/me", token: second.body.access).status == 200)
  #expect(try bench.refresh(first).body["error"] == "invalid_grant")
}

@Test func anExpiredTokenCanBeRefreshedUntilThatEndsToo() throws {
  let bench = try Bench()
  let token = try bench.connect([Constants.databaseID])
  #expect(bench.lever(.post, "/sandbox/notion/oauth/expire", "{}") == 204)
  let refused = try bench.call(.get, "/users/me", token: token.access)
  #expect(refused.status == 401)
  #expect(refused.code == "unauthorized")
  #expect(try bench.grant("introspect", ["token": token["access_token"] ?? .null]).body["active"] == false)
  let fresh = try bench.refresh(token).body
  #expect(try bench.call(.get, "/users/me", token: fresh.access).status == 200)
  let order = try JSON.text(["bot_id": token["bot_id"] ?? .null, "refresh": true])
  #expect(bench.lever(.post, "/sandbox/notion/oauth/expire", order) == 204)
  #expect(try bench.refresh(fresh).body["error"] == "invalid_grant")
}

@Test func tokensAreLookedIntoAndGivenBack() throws {
  let bench = try Bench()
  let token = try bench.connect([Constants.databaseID])
  let known = try bench.grant("introspect", ["token": token["access_token"] ?? .null]).body
  #expect(known["active"] == true)
  #expect(known["iat"] == 1_795_256_442)
  #expect(
    try bench.grant("revoke", ["token": token["access_token"] ?? .null]).body.object?.keys.sorted() == ["request_id"])
  #expect(try bench.call(.get, "/users/me", token: token.access).status == 401)
  #expect(try bench.refresh(token).status == 400)
  let gone = try bench.grant("introspect", ["token": token["access_token"] ?? .null]).body
  #expect(gone["active"] == false)
  #expect(try bench.grant("revoke", ["token": "never was"]).status == 200)
}

@Test func aPersonDisconnects() throws {
  let bench = try Bench()
  let token = try bench.connect([Constants.databaseID])
  let connections = "/sandbox/notion/connections"
  let list = try Answer(bench.router.answer(Request(path: connections))).body
  #expect(list[0]?["user_id"]?.string == Bench.mara)
  #expect(list[0]?["access_tokens"] == 1)
  let page = bench.router.answer(Request(path: connections, headers: ["Accept": "text/html"]))
  #expect(String(decoding: page.body, as: UTF8.self).contains("Bug tracker"))
  #expect(bench.lever(.delete, connections + "/\(token["bot_id"]?.string ?? "")") == 204)
  #expect(try bench.call(.get, "/users/me", token: token.access).status == 401)
  #expect(try bench.refresh(token).body["error"] == "invalid_grant")
}

@Test(
  arguments: [
    ("invalid_request", 400), ("invalid_grant", 400), ("unauthorized_client", 400), ("unsupported_grant_type", 400),
    ("invalid_scope", 400), ("invalid_client", 401), ("test_env_error", 403),
  ])
func everyRefusalComesInBothForms(code: String, status: Int) throws {
  let bench = try Bench()
  #expect(bench.set(#"{"next_error":"\#(code)"}"#) == 200)
  let plain = try bench.exchange("x")
  #expect(plain.status == status)
  #expect(plain.body["error"]?.string == code)
  #expect(plain.body["error_description"]?.string?.isEmpty == false)
  #expect(bench.set(#"{"next_error":"\#(code)","errors":"object"}"#) == 200)
  let object = try bench.exchange("x")
  #expect(object.status == status)
  #expect(object.code == code)
  #expect(object.body["object"] == "error")
  #expect(object.body["status"]?.integer == Int64(status))
  #expect(try bench.exchange("x").code == "invalid_grant")
}

@Test func ownersComeInThreeForms() throws {
  let bench = try Bench()
  #expect(bench.set(#"{"owner":"partial"}"#) == 200)
  let partial = try bench.connect([Constants.databaseID])
  #expect(partial["owner"] == ["type": "user", "user": ["object": "user", "id": .string(Bench.mara)]])
  #expect(bench.set(#"{"owner":"workspace"}"#) == 200)
  let whole = try bench.connect([Constants.databaseID])
  #expect(whole["owner"] == ["type": "workspace", "workspace": true])
  #expect(whole["refresh_token"] == .null)
  #expect(bench.set(#"{"tokens":"same"}"#) == 200)
  #expect(try bench.connect([Constants.databaseID])["bot_id"] == whole["bot_id"])
  #expect(bench.set(#"{"owner":"nobody"}"#) == 400)
}

@Test func anOldConnectionGetsTheSameTokenAgain() throws {
  let bench = try Bench()
  #expect(bench.set(#"{"tokens":"same"}"#) == 200)
  let (first, second) = (try bench.connect([Constants.databaseID]), try bench.connect([Constants.homePageID]))
  #expect(first["access_token"] == second["access_token"])
}

@Test(.enabled(if: Recordings.folder != nil, Recordings.comment))
func answersHaveTheDocumentedMembers() throws {
  let bench = try Bench()
  let shapes = try Recordings.exchanges("documented-shapes")
  func keys(_ name: String) throws -> Set<String> {
    let body = shapes.first { $0["name"]?.string == name }?["response"]?["body"]
    return Set(try #require(body?.object).keys)
  }
  let token = try bench.connect([Constants.databaseID])
  #expect(Set(token.object?.keys.map(\.self) ?? []) == (try keys("oauth_token_user_owner")))
  let access = token["access_token"] ?? .null
  let introspection = try bench.grant("introspect", ["token": access]).body.object ?? [:]
  #expect(Set(introspection.keys) == (try keys("oauth_introspect")))
  let refusal = try bench.exchange("x").body.object ?? [:]
  #expect(Set(refusal.keys) == (try keys("oauth_invalid_grant_rfc_form")))
  #expect(bench.set(#"{"errors":"object"}"#) == 200)
  let object = try bench.exchange("x").body.object ?? [:]
  #expect(Set(object.keys) == (try keys("oauth_invalid_grant_error_object")))
  let revoked = try bench.grant("revoke", ["token": access]).body.object ?? [:]
  #expect(Set(revoked.keys) == (try keys("oauth_revoke")))
}
