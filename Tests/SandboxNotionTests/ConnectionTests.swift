import Basics
import Foundation
import HTTP
import Testing

@testable import SandboxNotion

@Test func aPersonConnectsAWorkspace() throws {
  let bench = try Bench()
  let page = String(decoding: bench.look(bench.question()).body, as: UTF8.self)
  for text in ["Mara Lindqvist", "Bug tracker", "Releases", "Salaries", "only Mara"] { #expect(page.contains(text)) }
  #expect(!page.contains("style=\""))
  let answer = bench.decide(bench.question(), pick: [bench.known.databaseID])
  #expect(answer.status == 303)
  #expect(answer.headers["Location"]?.hasPrefix(Bench.back + "?code=") == true)
  #expect(bench.back(answer)["state"] == "s&1")
  let token = try bench.exchange(bench.back(answer)["code"] ?? "").body
  #expect(token["token_type"] == "bearer")
  #expect(token["workspace_name"] == "Lantern Keep Studio")
  #expect(token["owner"]?["user"]?["person"]?["email"] == "mara@lanternkeep.example")
  let me = try bench.call(.get, "/users/me", token: token.access).body
  #expect(me["id"] == token["bot_id"])
  #expect(me["bot"]?["owner"]?["user"]?["id"]?.string == Bench.mara)
}

@Test func cancelComesBackWithTheState() throws {
  let bench = try Bench()
  let back = bench.back(bench.decide(bench.question(), pick: [], "cancel"))
  #expect(back["error"] == "access_denied")
  #expect(back["state"] == "s&1")
}

@Test(
  arguments: [
    (["client_id": "1"], nil), (["redirect_uri": "http://evil.test/"], nil),
    (["response_type": nil], "invalid_request"), (["response_type": "token"], "unsupported_response_type"),
    (["owner": nil], "invalid_request"),
  ] as [([String: String?], String?)])
func aWrongAddressIsRefused(changes: [String: String?], error: String?) throws {
  let bench = try Bench()
  let response = bench.look(bench.question(changes))
  #expect(response.status == (error == nil ? 400 : 303))
  #expect(bench.back(response)["error"] == error)
}

@Test func whoeverConnectsPicksWhatTheyMay() throws {
  let bench = try Bench()
  #expect(bench.decide(bench.question(), pick: []).status == 403)
  #expect(bench.decide(bench.question(), as: Bench.tomas, pick: [Constants.privateDatabaseID]).status == 403)
  #expect(bench.decide(bench.question(), as: Constants.botID, pick: [bench.known.databaseID]).status == 403)
  #expect(bench.decide(bench.question(), pick: ["x"]).status == 403)
  #expect(bench.decide(bench.question(), pick: [Constants.privateDatabaseID]).status == 303)
}

/// What each selection lets a token see: bug tracker, releases, what is private, the page around them.
@Test(arguments: [
  ([Constants.databaseID], true, false, false, false), ([Constants.releasesDatabaseID], false, true, false, false),
  ([Constants.homePageID], true, true, false, true),
  ([Constants.privateDatabaseID, Constants.databaseID], true, false, true, false),
])
func aTokenSeesWhatWasPicked(picked: [String], tracker: Bool, releases: Bool, secret: Bool, home: Bool) throws {
  let bench = try Bench()
  let token = try bench.connect(picked).access
  let status = { (path: String) in try bench.call(.get, path, token: token).status }
  let expected = { (isSeen: Bool) in isSeen ? 200 : 404 }
  #expect(try status("/databases/\(Constants.databaseID)") == expected(tracker))
  #expect(try status("/data_sources/\(Constants.dataSourceID)") == expected(tracker))
  #expect(try status("/pages/\(FirstContent.issueID(3))") == expected(tracker))
  #expect(try status("/blocks/\(FirstContent.issueID(3))/children") == expected(tracker))
  #expect(try status("/comments?block_id=\(FirstContent.issueID(3))") == expected(tracker))
  #expect(try status("/data_sources/\(Constants.releasesID)") == expected(releases))
  #expect(try status("/data_sources/\(Constants.privateSourceID)") == expected(secret))
  #expect(try status("/pages/\(Constants.homePageID)") == expected(home))
  let query = try bench.call(.post, "/data_sources/\(Constants.dataSourceID)/query", [:], token: token)
  #expect(query.status == expected(tracker))
  let found = try bench.call(
    .post, "/search", ["filter": ["property": "object", "value": "data_source"]], token: token)
  let seen = [(Constants.dataSourceID, tracker), (Constants.releasesID, releases), (Constants.privateSourceID, secret)]
  #expect(Set(found.results.compactMap { $0["id"]?.string }) == Set(seen.filter(\.1).map(\.0)))
  let pages = try bench.call(.post, "/search", ["query": "Studio"], token: token)
  #expect(pages.results.contains { $0["id"]?.string == Constants.homePageID } == home)
}

@Test func aTokenMayNotWriteElsewhere() throws {
  let bench = try Bench()
  let token = try bench.connect([Constants.releasesDatabaseID]).access
  let issue = FirstContent.issueID(3)
  let trash: JSONValue = ["in_trash": true]
  #expect(try bench.call(.patch, "/pages/\(issue)", trash, token: token).status == 404)
  #expect(try bench.call(.patch, "/data_sources/\(Constants.dataSourceID)", trash, token: token).status == 404)
  #expect(try bench.call(.patch, "/databases/\(Constants.databaseID)", trash, token: token).status == 404)
  #expect(try bench.call(.delete, "/blocks/\(issue)", token: token).status == 404)
  let text: JSONValue = [["text": ["content": "x"]]]
  #expect(
    try bench.call(
      .post, "/comments", ["parent": ["page_id": .string(issue)], "rich_text": text], token: token
    ).status == 404)
  #expect(
    try bench.call(
      .post, "/pages", ["parent": ["data_source_id": .string(Constants.dataSourceID)], "properties": [:]],
      token: token
    ).status == 404)
  let paragraph: JSONValue = ["children": [["paragraph": ["rich_text": text]]]]
  let own = try bench.call(.patch, "/blocks/\(issue)/children", paragraph)
  let block = own.results[0]["id"]?.string ?? ""
  #expect(try bench.call(.get, "/blocks/\(block)").status == 200)
  #expect(try bench.call(.get, "/blocks/\(block)", token: token).status == 404)
  #expect(try bench.call(.delete, "/blocks/\(block)", token: token).status == 404)
}

@Test func whatATokenWritesIsItsBots() throws {
  let bench = try Bench()
  let token = try bench.connect([Constants.databaseID])
  let row = try bench.call(
    .post, "/pages", ["parent": ["data_source_id": .string(Constants.dataSourceID)], "properties": [:]],
    token: token.access)
  #expect(row.body["created_by"]?["id"] == token["bot_id"])
  let users = try bench.call(.get, "/users")
  #expect(users.results.count == 7)
  #expect(users.results.first { $0["id"] == token["bot_id"] }?["bot"] == [:])
}

@Test func connectingAgainChangesWhatIsSeen() throws {
  let bench = try Bench()
  let first = try bench.connect([Constants.databaseID])
  let second = try bench.connect([Constants.releasesDatabaseID])
  #expect(first["bot_id"] == second["bot_id"])
  #expect(first["access_token"] != second["access_token"])
  for token in [first, second] {
    #expect(try bench.call(.get, "/databases/\(Constants.databaseID)", token: token.access).status == 404)
    #expect(try bench.call(.get, "/databases/\(Constants.releasesDatabaseID)", token: token.access).status == 200)
  }
  #expect(try bench.connect([Constants.databaseID], as: Bench.tomas)["bot_id"] != first["bot_id"])
}
