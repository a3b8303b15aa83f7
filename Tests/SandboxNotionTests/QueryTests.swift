import Basics
import HTTP
import Testing

@testable import SandboxNotion

@Test func cursorsLeadToTheEnd() throws {
  let bench = try Bench.shared.get()
  var body: JSONValue = ["page_size": 70]
  var ids: [String] = []
  var sizes: [Int] = []
  while true {
    let answer = try bench.query(body)
    ids += answer.results.compactMap { $0["id"]?.string }
    sizes.append(answer.results.count)
    #expect(answer.body["has_more"]?.bool == (answer.next != nil))
    #expect(answer.body["request_status"] == nil)
    guard let next = answer.next else { break }
    body = ["page_size": 70, "start_cursor": .string(next)]
  }
  #expect(sizes == [70, 70, 70, 70, 20])
  #expect(Set(ids).count == FirstContent.issueCount)
}

@Test func aCursorIsGoodForItsQueryOnly() throws {
  let bench = try Bench.shared.get()
  let cursor = try #require(try bench.query(["page_size": 1]).body["next_cursor"])
  let other: JSONValue = ["timestamp": "created_time", "created_time": ["past_year": [:]]]
  for body: JSONValue in [["start_cursor": cursor, "filter": other], ["start_cursor": "x"], ["start_cursor": "s:x:y"]] {
    let answer = try bench.query(body)
    #expect(answer.status == 400)
    #expect(answer.message == "The start_cursor provided is invalid: \(body["start_cursor"]?.string ?? "")")
  }
  #expect(try bench.query(["start_cursor": 5]).message.contains("body.start_cursor should be a string"))
}

@Test func aListingGoesOnWhenItsNextRowHasGone() throws {
  let bench = try Bench()
  let sorts: JSONValue = [["timestamp": "created_time", "direction": "ascending"]]
  let first = try bench.query(["page_size": 10, "sorts": sorts])
  let cursor = try #require(first.body["next_cursor"])
  let expected = try bench.query(["page_size": 12, "sorts": sorts]).results.compactMap { $0["id"]?.string }
  try bench.call(.patch, "/pages/\(expected[10])", ["in_trash": true])
  let second = try bench.query(["page_size": 10, "sorts": sorts, "start_cursor": cursor])
  #expect(second.results.first?["id"]?.string == expected[11])
}

@Test func aQueryIsCappedAtTenThousandRows() throws {
  let bench = try Bench()
  let source = try bench.table(["Name": ["title": [:]], "State": ["status": [:]]]).source
  let order: JSONValue = ["data_source_id": .string(source), "count": 10_030]
  let made = bench.router.answer(
    Request(method: .post, path: "/sandbox/notion/rows", body: try JSON.encode(order)))
  #expect(made.status == 201)
  var count = 0
  var body: [String: JSONValue] = ["page_size": 100]
  var pages = 0
  while true {
    let answer = try bench.query(.object(body), source: source)
    count += answer.results.count
    pages += 1
    #expect(answer.body["request_status"]?["incomplete_reason"] == "query_result_limit_reached")
    #expect(answer.body["request_status"]?["type"] == "incomplete")
    guard let next = answer.next else { break }
    body["start_cursor"] = .string(next)
  }
  #expect(count == 10_000)
  #expect(pages == 100)
  let narrow: JSONValue = ["property": "State", "status": ["equals": "Done"]]
  #expect(try bench.query(["filter": narrow], source: source).body["request_status"] == nil)
}

@Test(arguments: [
  (#"{"page_size":101}"#, "body failed validation: body.page_size should be ≤ `100`, instead was `101`."),
  (#"{"page_size":0}"#, "body failed validation: body.page_size should be ≥ `1`, instead was `0`."),
  (#"{"page_size":"10"}"#, #"body failed validation: body.page_size should be a number, instead was `"10"`."#),
  (
    #"{"filter_properties":["ID"]}"#,
    #"body failed validation: body.filter_properties should be not present, instead was `["ID"]`."#
  ),
])
func aQueryBodyIsChecked(_ body: String, _ message: String) throws {
  let answer = try Bench.shared.get().query(JSON.decode(JSONValue.self, from: body))
  #expect(answer.status == 400)
  #expect(answer.message == message)
}

@Test(arguments: ["Status", "q^Fs", "q%5EFs", "q%255EFs", "q%25255EFs"])
func columnsAreChosenByNameOrByIDHoweverEncoded(_ key: String) throws {
  let bench = try Bench.shared.get()
  let answer = try bench.call(
    .post, "/data_sources/\(bench.known.dataSourceID)/query?filter_properties=\(key)&filter_properties[]=title", [:])
  #expect(answer.status == 200)
  #expect(answer.results.allSatisfy { $0["properties"].map { Set(($0.object ?? [:]).keys) } == ["Status", "Name"] })
}

@Test func tablesOutOfReachAreNotFound() throws {
  let bench = try Bench.shared.get()
  for id in [bench.known.privateDataSourceID, "00000000-0000-0000-0000-000000000000"] {
    let answer = try bench.query(source: id)
    #expect(answer.status == 404)
    #expect(answer.code == "object_not_found")
    #expect(
      answer.message == "Could not find database with ID: \(id). Make sure the relevant pages and databases are "
        + "shared with your integration.")
  }
}

@Test func searchLooksAtTitlesOfWhatIsShared() throws {
  let bench = try Bench.shared.get()
  let hit = try bench.call(.post, "/search", ["query": "moth", "page_size": 5])
  #expect(hit.status == 200)
  #expect(!hit.results.isEmpty)
  #expect(try bench.call(.post, "/search", ["query": "Nobody's business"]).results.isEmpty)
  let tables = try bench.call(.post, "/search", ["filter": ["property": "object", "value": "data_source"]])
  #expect(Set(tables.results.compactMap { $0["id"]?.string }) == [Constants.dataSourceID, Constants.releasesID])
  let old = try bench.call(
    .post, "/search", ["filter": ["property": "object", "value": "database"], "query": "Bug"], version: "2022-06-28")
  #expect(old.results.map { $0["id"]?.string } == [Constants.databaseID])
  #expect(try bench.call(.post, "/search", ["filter": ["property": "object", "value": "database"]]).status == 400)
}

@Test func searchIsReadPageByPage() throws {
  let bench = try Bench.shared.get()
  var cursor: String?
  var count = 0
  var stamps: [String] = []
  repeat {
    var body: [String: JSONValue] = ["page_size": 100, "filter": ["property": "object", "value": "page"]]
    body["start_cursor"] = cursor.map(JSONValue.string)
    let answer = try bench.call(.post, "/search", .object(body))
    count += answer.results.count
    stamps += answer.results.compactMap { $0["last_edited_time"]?.string }
    cursor = answer.next
  } while cursor != nil
  #expect(count == FirstContent.issueCount + 5 + 1)
  #expect(stamps == stamps.sorted(by: >))
}
