import Basics
import HTTP
import Testing

@testable import SandboxNotion

@Test func aCallNeedsAVersionAndAToken() throws {
  let bench = try Bench.shared.get()
  let unversioned = try bench.call(.get, "/users/me", version: nil)
  #expect(unversioned.status == 400)
  #expect(unversioned.code == "missing_version")
  #expect(
    unversioned.message
      == "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.")
  let unknown = try bench.call(.get, "/users/me", version: "2019-01-01")
  #expect(unknown.status == 400)
  #expect(unknown.code == "validation_error")
  for token in ["ntn_wrong", bench.known.revokedToken, ""] {
    let refused = try bench.call(.get, "/users", token: token)
    #expect(refused.status == 401)
    #expect(refused.code == "unauthorized")
    #expect(refused.message == "API token is invalid.")
  }
}

@Test func theTokenCanBeRevokedAndGivenBack() throws {
  let bench = try Bench()
  for (revoked, status) in [(true, 401), (false, 200)] {
    let body = try JSON.encode(["revoked": revoked])
    #expect(bench.router.answer(Request(method: .put, path: "/sandbox/notion/token", body: body)).status == 204)
    #expect(try bench.call(.get, "/users/me").status == status)
  }
}

@Test(arguments: [
  ("GET", "/invalid"), ("GET", "/"), ("DELETE", "/users"), ("POST", "/users/me"), ("GET", "/search"),
  ("PUT", "/pages/\(Constants.homePageID)"), ("GET", "/pages/a/b/c/d"),
])
func anAddressThatIsNoneIsRefused(_ method: String, _ path: String) throws {
  let answer = try Bench.shared.get().call(Method(rawValue: method), path)
  #expect(answer.status == 400)
  #expect(answer.code == "invalid_request_url")
  #expect(answer.message == "Invalid request URL.")
  #expect(answer.headers["x-notion-request-id"] == answer.body["request_id"]?.string)
}

@Test(arguments: [
  ("/pages/AAA", #"path failed validation: path.page_id should be a valid uuid, instead was `"AAA"`."#),
  ("/databases/AAA", #"path failed validation: path.database_id should be a valid uuid, instead was `"AAA"`."#),
  ("/blocks/AAA", #"path failed validation: path.block_id should be a valid uuid, instead was `"AAA"`."#),
  (
    "/pages/12345678-1234-1234-1234-123456789abc",
    #"path failed validation: path.page_id should be a valid uuid, instead was `"12345678-1234-1234-1234-123456789abc"`."#
  ),
])
func anIDThatIsNoneIsRefused(_ path: String, _ message: String) throws {
  let answer = try Bench.shared.get().call(.get, path)
  #expect(answer.status == 400)
  #expect(answer.code == "validation_error")
  #expect(answer.message == message)
}

@Test(arguments: [#"{"#, #""text""#, "[]"])
func aBodyThatIsNoObjectIsRefused(_ body: String) throws {
  let bench = try Bench.shared.get()
  let answer = try Answer(
    bench.router.answer(
      Request(
        method: .post, path: "/sandbox/notion/v1/search",
        headers: ["Authorization": "Bearer \(bench.known.token)", "Notion-Version": "2025-09-03"],
        body: Array(body.utf8))))
  #expect(answer.status == 400)
  #expect(["invalid_json", "validation_error"].contains(answer.code))
}

/// Every recorded refusal, asked for again with an id that is not there.
@Test(.enabled(if: Recordings.folder != nil, Recordings.comment))
func recordedRefusalsReadTheSame() throws {
  let bench = try Bench()
  var compared = 0
  for name in [
    "cases-hkob-2025-09-pages", "cases-hkob-2025-09-databases-data-sources", "cases-hkob-2025-09-retrieve-block",
    "cases-hkob-2022-06-28-pages", "scenario-ramnes-2025-09-03-api_response_error",
  ] {
    for exchange in try Recordings.exchanges(name) where exchange["response"]?["body"]?["object"] == "error" {
      let recorded = try #require(exchange["response"]?["body"])
      let path = try #require(exchange["request"]?["path"]?.string).dropFirst(3)
      let answer = try bench.call(
        .get, String(path), version: exchange["request"]?["notion_version"]?.string,
        token: recorded["status"] == 401 ? "ntn_wrong" : nil)
      #expect(answer.message == recorded["message"]?.string)
      #expect(answer.code == recorded["code"]?.string)
      // Older recordings have no request id yet.
      let keys = Set(recorded.object?.keys ?? [:].keys).union(["request_id"])
      #expect(Set(answer.body.object?.keys ?? [:].keys) == keys)
      compared += 1
    }
  }
  #expect(compared >= 7)
}

@Test func twoTablesInADatabaseAreTooManyForTheOldVersion() throws {
  let bench = try Bench()
  let table = try bench.table(["Name": ["title": [:]]])
  let parent: JSONValue = ["type": "database_id", "database_id": .string(table.database)]
  let second = try bench.call(
    .post, "/data_sources", ["parent": parent, "properties": ["Name": ["title": [:]]]])
  #expect(second.status == 200)
  let answer = try bench.call(.post, "/databases/\(table.database)/query", [:], version: "2022-06-28")
  #expect(answer.status == 400)
  let data = answer.body["additional_data"]
  #expect(data?["error_type"] == "multiple_data_sources_for_database")
  #expect(data?["child_data_source_ids"] == [.string(table.source), .string(second.id)])
  #expect(data?["minimum_api_version"] == "2025-09-03")
}

@Test func atTheRealPaceAMinuteHoldsOneHundredAndEightyCalls() throws {
  let bench = try Bench()
  let pace = Request(method: .put, path: "/sandbox/pace", body: Array(#"{"pace":"real"}"#.utf8))
  #expect(bench.router.answer(pace).status == 200)
  for _ in 0..<180 { #expect(try bench.call(.get, "/users/me").status == 200) }
  let refused = try bench.call(.get, "/users/me")
  #expect(refused.status == 429)
  #expect(refused.code == "rate_limited")
  #expect(refused.headers["Retry-After"] == "60")
  #expect(refused.body["additional_data"]?["retry_after"] == "60")
  bench.move(by: .seconds(60))
  let again = try bench.call(.get, "/users/me")
  #expect(again.status == 200)
  #expect(again.headers["Retry-After"] == nil)
}
