import Basics
import HTTP
import Testing

@testable import SandboxNotion

private let undefinedTypes = PropertyType.writable.map { $0.rawValue }

private let refused: [(String, String)] = [
  (#"{"Nope":{"number":1}}"#, "Nope is not a property that exists."),
  (
    #"{"Votes":{"rich_text":[]},"Video":{"number":1},"Nope":{"number":1}}"#,
    "Nope is not a property that exists. Video is expected to be url. Votes is expected to be number."
  ),
  (
    #"{"Votes":{"number":"3"}}"#,
    #"body failed validation: body.properties.Votes.number should be a number or `null`, instead was `"3"`."#
  ),
  (
    #"{"Reproducible":{"checkbox":"yes"}}"#,
    #"body failed validation: body.properties.Reproducible.checkbox should be a boolean, instead was `"yes"`."#
  ),
  (
    #"{"Priority":{"select":"P0"}}"#,
    #"body failed validation: body.properties.Priority.select should be an object or `null`, instead was `"P0"`."#
  ),
  (#"{"Priority":{"select":{"name":"P0, maybe"}}}"#, "Invalid select option, commas not allowed: P0, maybe"),
  (#"{"Priority":{"select":{"name":"P0","color":"blue"}}}"#, "Select option color doesn't match existing"),
  (#"{"Priority":{"select":{"id":"zzzz"}}}"#, #"Priority is an invalid select option "zzzz"."#),
  (#"{"Status":{"status":{"name":"Later"}}}"#, #"Invalid status option. Status option "Later" does not exist"."#),
  (
    #"{"Reported":{"date":{"start":"soon"}}}"#,
    "body failed validation: body.properties.Reported.date.start should be a valid ISO 8601 date string, "
      + #"instead was `"soon"`."#
  ),
  (
    #"{"Reported":{"date":{}}}"#,
    "body failed validation: body.properties.Reported.date.start should be defined, instead was `undefined`."
  ),
  (
    #"{"Assignee":{"people":[{"id":"x"}]}}"#,
    #"body failed validation: body.properties.Assignee.people[0].id should be a valid uuid, instead was `"x"`."#
  ),
  (
    #"{"Video":{"url":""}}"#,
    "body failed validation: body.properties.Video.url.length should be ≥ `1`, instead was `0`."
  ),
  (
    #"{"Attachments":{"files":[{"external":{"url":"https://example.com"}}]}}"#,
    "body failed validation: body.properties.Attachments.files[0].name should be defined, instead was `undefined`."
  ),
  (
    #"{"Description":{"rich_text":[{"text":{"content":"x"},"annotations":{"loud":true}}]}}"#,
    "body failed validation: body.properties.Description.rich_text[0].annotations.loud should be not present, "
      + "instead was `true`."
  ),
  (
    #"{"Created":{"created_time":"2026-11-21"}}"#,
    "body failed validation. Fix one:\n"
      + undefinedTypes.map { "body.properties.Created.\($0) should be defined, instead was `undefined`." }
      .joined(separator: "\n")
  ),
]

@Test(arguments: refused)
func aValueThatNotionRefusesIsRefused(_ properties: String, _ message: String) throws {
  let bench = try Bench.shared.get()
  let page = FirstContent.issueID(3)
  let before = try bench.call(.get, "/pages/\(page)").body["properties"]
  let answer = try bench.call(
    .patch, "/pages/\(page)", ["properties": JSON.decode(JSONValue.self, from: properties)])
  #expect(answer.status == 400)
  #expect(answer.code == "validation_error")
  #expect(answer.message == message)
  #expect(try bench.call(.get, "/pages/\(page)").body["properties"] == before)
}

@Test(arguments: ["Age in days", "Duplicate count", "ID", "Created by", "Last edited by", "Last edited"])
func whatWorksItselfOutCannotBeWritten(_ name: String) throws {
  let bench = try Bench.shared.get()
  let type = try #require(TrackerColumns.schema[nameOrID: name]).type.rawValue
  let answer = try bench.call(
    .patch, "/pages/\(FirstContent.issueID(3))", ["properties": .object([name: .object([type: [:]])])])
  #expect(answer.status == 400)
  #expect(answer.message.hasPrefix("body failed validation. Fix one:\nbody.properties.\(name).title should be defined"))
}

@Test(arguments: [
  ("Description", 2001, "rich_text[0].text.content.length should be ≤ `2000`, instead was `2001`."),
  ("Video", 2001, "url.length should be ≤ `2000`, instead was `2001`."),
  ("Reporter e-mail", 201, "email.length should be ≤ `200`, instead was `201`."),
  ("Phone", 201, "phone_number.length should be ≤ `200`, instead was `201`."),
])
func aTextCanBeTooLong(_ name: String, _ length: Int, _ message: String) throws {
  let bench = try Bench.shared.get()
  // An emoji counts as two, as in JavaScript.
  let text = String(repeating: "😀", count: length / 2) + "x"
  let type = try #require(TrackerColumns.schema[nameOrID: name]).type
  let value: JSONValue = type == .richText ? [["text": ["content": .string(text)]]] : .string(text)
  let answer = try bench.call(
    .patch, "/pages/\(FirstContent.issueID(3))", ["properties": .object([name: .object([type.rawValue: value])])])
  #expect(answer.status == 400)
  #expect(answer.message == "body failed validation: body.properties.\(name).\(message)")
}

@Test(arguments: ["Labels": "multi_select", "Assignee": "people", "Duplicates": "relation", "Description": "rich_text"])
func aListCanBeTooLong(_ name: String, _ type: String) throws {
  let element: JSONValue =
    switch type {
    case "multi_select": ["name": "crash"]
    case "rich_text": ["text": ["content": "x"]]
    default: ["id": .string(type == "people" ? FirstContent.people[0].id : FirstContent.issueID(1))]
    }
  let value = JSONValue.array(Array(repeating: element, count: 101))
  let answer = try Bench.shared.get().call(
    .patch, "/pages/\(FirstContent.issueID(3))", ["properties": .object([name: .object([type: value])])])
  #expect(
    answer.message
      == "body failed validation: body.properties.\(name).\(type).length should be ≤ `100`, instead was `101`.")
}

@Test func peopleAndRelatedPagesMustExist() throws {
  let bench = try Bench.shared.get()
  let nobody: JSONValue = "00000000-0000-4000-8000-000000000999"
  for (name, type, kind) in [("Assignee", "people", "user"), ("Duplicates", "relation", "page")] {
    let answer = try bench.call(
      .patch, "/pages/\(FirstContent.issueID(3))",
      ["properties": .object([name: .object([type: [["id": nobody]]])])])
    #expect(answer.status == 404)
    #expect(answer.message.hasPrefix("Could not find \(kind) with ID: 00000000-0000-4000-8000-000000000999."))
  }
}

@Test func valuesReadBackAsNotionWritesThem() throws {
  let bench = try Bench()
  let mara = FirstContent.people[0].id
  let answer = try bench.call(
    .patch, "/pages/\(FirstContent.issueID(7))",
    [
      "properties": [
        "title": ["title": [["text": ["content": "New "]], ["text": ["content": "name"]]]],
        "q%5EFs": ["status": ["name": "Fixed"]], "Priority": ["type": "select", "select": ["name": "P9"]],
        "Labels": ["multi_select": [["name": "crash"], ["name": "fresh"], ["name": "crash"]]],
        "Reported": ["date": ["start": "2026-11-21T09:00:00+09:00", "end": .null]], "Votes": ["number": 12.5],
        "Assignee": ["people": [["object": "user", "id": .string(ObjectID.compact(mara))]]],
        "Reproducible": ["checkbox": true], "Phone": ["phone_number": .null], "Video": ["url": "https://example.com"],
        "Duplicates": ["relation": [["id": .string(FirstContent.issueID(1))]]],
        "Description": ["rich_text": [["text": ["content": "link", "link": ["url": "https://example.com"]]]]],
      ]
    ])
  #expect(answer.status == 200, "\(answer.message)")
  #expect(answer.value("Name") == [RichText.piece("New name")])
  #expect(answer.value("Status")?["name"] == "Fixed")
  #expect(answer.value("Priority")?["name"] == "P9")
  #expect(answer.value("Labels")?.array?.map { $0["name"] } == ["crash", "fresh"])
  #expect(
    answer.value("Reported") == ["start": "2026-11-21T09:00:00.000+09:00", "end": .null, "time_zone": .null])
  #expect(answer.value("Votes") == 12.5)
  #expect(answer.value("Assignee")?[0]?["person"]?["email"] == "mara@lanternkeep.example")
  #expect(answer.value("Phone") == .null)
  #expect(answer.value("Duplicate count") == ["type": "number", "number": 1, "function": "count"])
  #expect(answer.value("Description")?[0]?["href"] == "https://example.com")
  #expect(answer.value("Last edited by")?["id"] == .string(Constants.botID))
  let schema = try bench.call(.get, "/data_sources/\(Constants.dataSourceID)").body["properties"]
  #expect(schema?["Priority"]?["select"]?["options"]?.array?.contains { $0["name"] == "P9" } == true)
  #expect(schema?["Labels"]?["multi_select"]?["options"]?.array?.count == TrackerColumns.labels.count + 1)
}

@Test func timesAreFlooredToTheMinute() throws {
  let bench = try Bench()
  let made = try bench.row([:], in: Constants.dataSourceID)
  #expect(made.body["created_time"] == "2026-11-21T10:20:00.000Z")
  bench.move(by: .seconds(17))
  let same = try bench.call(.patch, "/pages/\(made.id)", ["icon": ["emoji": "🪔"]])
  #expect(same.body["last_edited_time"] == "2026-11-21T10:20:00.000Z")
  bench.move(by: .milliseconds(500))
  let next = try bench.call(.patch, "/pages/\(made.id)", ["icon": .null])
  #expect(next.body["last_edited_time"] == "2026-11-21T10:21:00.000Z")
  #expect(next.body["created_time"] == "2026-11-21T10:20:00.000Z")
  let database = try bench.call(.get, "/databases/\(bench.table([:]).database)")
  #expect(database.body["created_time"] == "2026-11-21T10:21:00.000+00:00")
  bench.move(by: .milliseconds(1234))
  let finer = try bench.call(.get, "/databases/\(bench.table([:]).database)")
  #expect(finer.body["created_time"] == "2026-11-21T10:21:01.234+00:00")
}

@Test func numbersCountUpInTheirTable() throws {
  let bench = try Bench()
  let numbers = try (0..<3).map { _ in try bench.row([:], in: Constants.dataSourceID).value("ID") }
  #expect(numbers == [301, 302, 303].map { ["prefix": "LK", "number": $0] })
  #expect(try bench.row([:], in: Constants.dataSourceID).value("Status")?["name"] == "Not started")
}

@Test func aTrashedPageVanishesAndComesBack() throws {
  let bench = try Bench()
  let page = FirstContent.issueID(50)
  let trashed = try bench.call(.patch, "/pages/\(page)", ["in_trash": true])
  #expect(trashed.body["in_trash"] == true)
  #expect(trashed.body["archived"] == true)
  #expect(try bench.call(.get, "/pages/\(page)").body["in_trash"] == true)
  #expect(try count(bench) == FirstContent.issueCount - 1)
  let refused = try bench.call(.patch, "/pages/\(page)", ["properties": ["Votes": ["number": 1]]])
  #expect(refused.status == 400)
  #expect(refused.message == "Can't update a page that is archived. You must unarchive the page before updating.")
  #expect(try bench.call(.patch, "/pages/\(page)", ["archived": false]).body["in_trash"] == false)
  let block = try bench.call(.delete, "/blocks/\(page)")
  #expect(block.body["type"] == "child_page")
  #expect(block.body["in_trash"] == true)
  #expect(try bench.call(.patch, "/blocks/\(page)", ["in_trash": false]).body["in_trash"] == false)
  #expect(try count(bench) == FirstContent.issueCount)
}

private func count(_ bench: Bench) throws -> Int {
  var cursor: String?
  var count = 0
  repeat {
    let answer = try bench.query(cursor.map { ["start_cursor": .string($0)] } ?? [:])
    count += answer.results.count
    cursor = answer.next
  } while cursor != nil
  return count
}

@Test func theNewestVersionKnowsNoArchived() throws {
  let bench = try Bench()
  let page = FirstContent.issueID(9)
  let refused = try bench.call(.patch, "/pages/\(page)", ["archived": true], version: "2026-03-11")
  #expect(refused.message == "body failed validation: body.archived should be not present, instead was `true`.")
  let answer = try bench.call(.patch, "/pages/\(page)", ["in_trash": true], version: "2026-03-11")
  #expect(answer.body["in_trash"] == true)
  #expect(answer.body["archived"] == nil)
}
