import Basics
import HTTP
import Testing

@testable import SandboxNotion

/// Key sets as recorded in July 2026; the replayed sessions compare many more.
private let keySets: [(String, [String])] = [
  (
    "/pages/\(FirstContent.issueID(1))",
    [
      "archived", "cover", "created_by", "created_time", "icon", "id", "in_trash", "is_archived", "is_locked",
      "last_edited_by", "last_edited_time", "object", "parent", "properties", "public_url", "request_id", "url",
    ]
  ),
  (
    "/databases/\(Constants.databaseID)",
    [
      "archived", "cover", "created_time", "data_sources", "description", "icon", "id", "in_trash", "is_inline",
      "is_locked", "last_edited_time", "object", "parent", "public_url", "request_id", "title", "url",
    ]
  ),
  (
    "/data_sources/\(Constants.dataSourceID)",
    [
      "archived", "cover", "created_by", "created_time", "database_parent", "description", "icon", "id", "in_trash",
      "is_inline", "last_edited_by", "last_edited_time", "object", "parent", "properties", "public_url", "request_id",
      "title", "url",
    ]
  ),
  ("/users", ["has_more", "next_cursor", "object", "request_id", "results", "type", "user"]),
  ("/users/me", ["avatar_url", "bot", "id", "name", "object", "request_id", "type"]),
  (
    "/users/\(FirstContent.people[2].id)",
    ["avatar_url", "id", "name", "object", "person", "request_id", "type"]
  ),
  (
    "/blocks/\(Constants.homePageID)/children",
    ["block", "has_more", "next_cursor", "object", "request_id", "results", "type"]
  ),
  (
    "/pages/\(FirstContent.issueID(120))/properties/%3CnJT",
    ["has_more", "next_cursor", "object", "property_item", "request_id", "results", "type"]
  ),
  ("/pages/\(FirstContent.issueID(1))/properties/Votes", ["id", "number", "object", "request_id", "type"]),
]

@Test(arguments: keySets)
func anAnswerHasTheRecordedMembers(_ path: String, _ keys: [String]) throws {
  let answer = try Bench.shared.get().call(.get, path)
  #expect(answer.status == 200)
  #expect((answer.body.object ?? [:]).keys.sorted() == keys)
}

@Test func idsAreTakenInEveryForm() throws {
  let bench = try Bench.shared.get()
  for form in [Constants.databaseID, ObjectID.compact(Constants.databaseID), Constants.databaseID.uppercased()] {
    #expect(try bench.call(.get, "/databases/\(form)").id == Constants.databaseID)
  }
}

@Test func aRelationIsCutAtTwentyFiveAndReadOnByItems() throws {
  let bench = try Bench.shared.get()
  let page = FirstContent.issueID(120)
  let whole = try bench.call(.get, "/pages/\(page)").body["properties"]?["Duplicates"]
  #expect(whole?["relation"]?.array?.count == 25)
  #expect(whole?["has_more"] == true)
  var path = "/pages/\(page)/properties/%3CnJT?page_size=12"
  var ids: [JSONValue?] = []
  while true {
    let answer = try bench.call(.get, path)
    ids += answer.results.map { $0["relation"]?["id"] }
    guard let next = answer.body["property_item"]?["next_url"]?.string else { break }
    #expect(next.hasPrefix("http://sandbox.test/sandbox/notion/v1/pages/\(page)/properties/%3CnJT?start_cursor="))
    path = String(next.dropFirst("http://sandbox.test/sandbox/notion/v1".count))
  }
  #expect(ids == (60..<90).map { .string(FirstContent.issueID($0)) })
}

@Test func theFirstContentIsWhatItShouldBe() throws {
  let bench = try Bench.shared.get()
  let rows = try bench.stage.store.read {
    try $0.tableRows(of: Constants.dataSourceID, columns: ["title", "q^Fs", "flUp"])
  }
  #expect(rows.count == 300)
  let titles = rows.map(Reading.title)
  #expect(Set(titles).count == 300)
  #expect(titles.contains(""))
  #expect(titles.contains { $0.contains("@everyone") })
  #expect(titles.contains { $0.contains("<script>") })
  #expect(titles.contains { $0.count > 300 })
  let fixed = rows.count { $0.values["q^Fs"] == .string(TrackerColumns.optionID("status", "Fixed")) }
  #expect((80...120).contains(fixed))
  let long = rows.filter { RichText.plainText($0.values["flUp"]).utf16.count > 2000 }
  #expect(long.count >= 5)
  #expect(long.allSatisfy { ($0.values["flUp"]?.array?.count ?? 0) > 1 })
  #expect(rows.allSatisfy { $0.page.createdTime <= $0.page.lastEditedTime })
  #expect(rows.allSatisfy { $0.page.lastEditedTime <= bench.stage.clock.now() })
  #expect(rows.allSatisfy { $0.page.createdTime == $0.page.createdTime.minute })
}

@Test func theFirstContentIsTheSameEverywhere() throws {
  let first = try Bench.shared.get().call(.get, "/pages/\(FirstContent.issueID(17))").body["properties"]
  let second = try Bench().call(.get, "/pages/\(FirstContent.issueID(17))").body["properties"]
  #expect(first == second)
  #expect(Constants.databaseID == "65f656ff-399e-4bd2-83aa-2e17e39f655c")
}

@Test func columnsAreChangedThroughTheDataSource() throws {
  let bench = try Bench()
  let path = "/data_sources/\(Constants.dataSourceID)"
  let answer = try bench.call(
    .patch, path,
    [
      "title": [["text": ["content": "Bugs"]]],
      "properties": ["Votes": ["name": "Hands"], "Phone": .null, "Effort": ["number": ["format": "percent"]]],
    ])
  #expect(answer.status == 200, "\(answer.message)")
  let columns = answer.body["properties"]?.object ?? [:]
  #expect(columns["Votes"] == nil && columns["Hands"]?["id"] == "swq%5C")
  #expect(columns["Phone"] == nil)
  #expect(columns["Effort"]?["number"]?["format"] == "percent")
  #expect(RichText.plainText(answer.body["title"]) == "Bugs")
  let row = try bench.call(.get, "/pages/\(FirstContent.issueID(1))").body["properties"]
  #expect(row?["Hands"] != nil && row?["Phone"] == nil && row?["Effort"]?["number"] == .null)
  #expect(
    try bench.call(.patch, path, ["properties": ["Nope": .null]]).message == "Nope is not a property that exists.")
  #expect(try bench.call(.patch, path, ["properties": ["Name": .null]]).status == 400)
}

@Test(arguments: [
  ("Fox", "app.notion.com/p/Fox-"), ("A  b: (c)_d.", "app.notion.com/p/A-b-c-_d-"), ("釣り", "app.notion.com/p/"),
])
func aPageHasAnAddress(_ title: String, _ start: String) {
  let id = "38c9ce7b-60a4-81cc-a548-eaf627b9d2c1"
  #expect(notionURL(title: title, id: id) == "https://\(start)38c9ce7b60a481cca548eaf627b9d2c1")
}

@Test(arguments: [
  ("2026-03-31T10:00:00Z", -1, "2026-02-28T10:00:00.000Z"), ("2026-01-15T00:00:00Z", -12, "2025-01-15T00:00:00.000Z"),
  ("2024-01-31T00:00:00Z", 1, "2024-02-29T00:00:00.000Z"), ("2026-11-30T00:00:00Z", 2, "2027-01-30T00:00:00.000Z"),
])
func monthsAreCountedAsCalendarsDo(_ start: String, _ months: Int, _ end: String) throws {
  let time = try #require(Timestamp(iso8601: start))
  #expect(Days.adding(months: months, to: time).description == end)
}
