import Basics
import Testing

@testable import SandboxNotion

/// Four rows over every kind of column a filter can look at.
private struct Garden {
  let bench: Bench
  let source: String

  static let shared = Result { try Garden() }

  init() throws {
    bench = try Bench()
    source = try bench.table([
      "Name": ["title": [:]], "Text": ["rich_text": [:]], "Count": ["number": [:]], "Done": ["checkbox": [:]],
      "Kind": ["select": ["options": [["name": "Tree"], ["name": "Herb"], ["name": "Stone"]]]],
      "State": ["status": [:]], "Tags": ["multi_select": ["options": [["name": "wet"], ["name": "dry"]]]],
      "Day": ["date": [:]], "Who": ["people": [:]], "Files": ["files": [:]], "Site": ["url": [:]],
      "Mail": ["email": [:]], "Number": ["unique_id": ["prefix": "G"]], "Made": ["created_time": [:]],
      "Maker": ["created_by": [:]],
    ]).source
    try fill()
  }

  private func fill() throws {
    let mara = FirstContent.people[0].id
    try add(
      "Oak",
      [
        "Text": ["rich_text": [["text": ["content": "Tall and OLD"]]]], "Count": ["number": 3],
        "Done": ["checkbox": true], "Kind": ["select": ["name": "Tree"]], "State": ["status": ["name": "Done"]],
        "Tags": ["multi_select": [["name": "wet"], ["name": "dry"]]], "Day": ["date": ["start": "2026-11-21"]],
        "Who": ["people": [["id": .string(mara)]]],
        "Files": ["files": [["name": "a", "external": ["url": "https://example.com/a"]]]],
        "Site": ["url": "https://oak.example"], "Mail": ["email": "oak@example.com"],
      ])
    bench.move(by: .seconds(120))
    try add(
      "Sage",
      [
        "Count": ["number": 7.5], "Kind": ["select": ["name": "Herb"]],
        "Tags": ["multi_select": [["name": "dry"]]], "Day": ["date": ["start": "2026-11-14T23:30:00-02:00"]],
      ])
    try add("Quartz", ["Count": ["number": -1], "Kind": ["select": ["name": "Stone"]]])
    try add("", [:])
  }

  private func add(_ title: String, _ values: JSONValue) throws {
    var properties = values.object ?? [:]
    properties["Name"] = ["title": [["text": ["content": .string(title)]]]]
    #expect(try bench.row(.object(properties), in: source).status == 200)
  }
}

private let all = ["", "Oak", "Quartz", "Sage"]

private let cases: [(String, [String])] = [
  (#"{"property":"Name","title":{"equals":"oak"}}"#, ["Oak"]),
  (#"{"property":"Name","title":{"does_not_equal":"Oak"}}"#, ["", "Quartz", "Sage"]),
  (#"{"property":"Name","rich_text":{"contains":"A"}}"#, ["Oak", "Quartz", "Sage"]),
  (#"{"property":"Name","title":{"does_not_contain":"a"}}"#, [""]),
  (#"{"property":"Name","title":{"starts_with":"sa"}}"#, ["Sage"]),
  (#"{"property":"title","title":{"ends_with":"K"}}"#, ["Oak"]),
  (#"{"property":"Name","title":{"is_empty":true}}"#, [""]),
  (#"{"property":"Text","rich_text":{"contains":"old"}}"#, ["Oak"]),
  (#"{"property":"Text","rich_text":{"is_not_empty":true}}"#, ["Oak"]),
  (#"{"property":"Site","url":{"contains":"OAK"}}"#, ["Oak"]),
  (#"{"property":"Mail","rich_text":{"starts_with":"oak@"}}"#, ["Oak"]),
  (#"{"property":"Mail","email":{"is_empty":true}}"#, ["", "Quartz", "Sage"]),
  (#"{"property":"Count","number":{"equals":3}}"#, ["Oak"]),
  (#"{"property":"Count","number":{"does_not_equal":3}}"#, ["", "Quartz", "Sage"]),
  (#"{"property":"Count","number":{"greater_than":3}}"#, ["Sage"]),
  (#"{"property":"Count","number":{"greater_than_or_equal_to":3}}"#, ["Oak", "Sage"]),
  (#"{"property":"Count","number":{"less_than":0}}"#, ["Quartz"]),
  (#"{"property":"Count","number":{"less_than_or_equal_to":7.5}}"#, ["Oak", "Quartz", "Sage"]),
  (#"{"property":"Count","number":{"is_empty":true}}"#, [""]),
  (#"{"property":"Done","checkbox":{"equals":true}}"#, ["Oak"]),
  (#"{"property":"Done","checkbox":{"does_not_equal":true}}"#, ["", "Quartz", "Sage"]),
  (#"{"property":"Kind","select":{"equals":"Tree"}}"#, ["Oak"]),
  (#"{"property":"Kind","select":{"equals":["Tree","Herb"]}}"#, ["Oak", "Sage"]),
  (#"{"property":"Kind","select":{"does_not_equal":"Tree"}}"#, ["", "Quartz", "Sage"]),
  (#"{"property":"Kind","select":{"is_empty":true}}"#, [""]),
  (#"{"property":"State","status":{"equals":"Done"}}"#, ["Oak"]),
  (#"{"property":"State","status":{"does_not_equal":["Done","In progress"]}}"#, ["", "Quartz", "Sage"]),
  (#"{"property":"State","status":{"is_not_empty":true}}"#, all),
  (#"{"property":"Tags","multi_select":{"contains":"dry"}}"#, ["Oak", "Sage"]),
  (#"{"property":"Tags","multi_select":{"does_not_contain":"wet"}}"#, ["", "Quartz", "Sage"]),
  (#"{"property":"Tags","multi_select":{"is_empty":true}}"#, ["", "Quartz"]),
  (#"{"property":"Day","date":{"equals":"2026-11-21"}}"#, ["Oak"]),
  (#"{"property":"Day","date":{"equals":"2026-11-15"}}"#, ["Sage"]),
  (#"{"property":"Day","date":{"before":"2026-11-21"}}"#, ["Sage"]),
  (#"{"property":"Day","date":{"on_or_before":"2026-11-21"}}"#, ["Oak", "Sage"]),
  (#"{"property":"Day","date":{"after":"2026-11-15"}}"#, ["Oak"]),
  (#"{"property":"Day","date":{"on_or_after":"2026-11-15T01:30:00Z"}}"#, ["Oak", "Sage"]),
  (#"{"property":"Day","date":{"equals":"today"}}"#, ["Oak"]),
  (#"{"property":"Day","date":{"before":"yesterday"}}"#, ["Sage"]),
  (#"{"property":"Day","date":{"past_week":{}}}"#, ["Oak", "Sage"]),
  (#"{"property":"Day","date":{"this_week":{}}}"#, ["Oak", "Sage"]),
  (#"{"property":"Day","date":{"next_month":{}}}"#, ["Oak"]),
  (#"{"property":"Day","date":{"is_empty":true}}"#, ["", "Quartz"]),
  (#"{"property":"Who","people":{"contains":"MARA"}}"#, ["Oak"]),
  (#"{"property":"Who","people":{"does_not_contain":"MARA"}}"#, ["", "Quartz", "Sage"]),
  (#"{"property":"Who","people":{"contains":"me"}}"#, []),
  (#"{"property":"Who","people":{"does_not_contain":"me"}}"#, all),
  (#"{"property":"Files","files":{"is_not_empty":true}}"#, ["Oak"]),
  (#"{"property":"Number","unique_id":{"less_than":3}}"#, ["Oak", "Sage"]),
  (#"{"property":"Made","created_time":{"equals":"2026-11-21T10:22:00Z"}}"#, ["", "Quartz", "Sage"]),
  (#"{"property":"Made","date":{"equals":"2026-11-21T10:22:42Z"}}"#, []),
  (#"{"property":"Maker","created_by":{"contains":"BOT"}}"#, all),
  (#"{"timestamp":"created_time","created_time":{"before":"2026-11-21T10:21:00Z"}}"#, ["Oak"]),
  (
    #"{"timestamp":"last_edited_time","last_edited_time":{"on_or_after":"2026-11-21T10:22:00Z"}}"#,
    ["", "Quartz", "Sage"]
  ),
  (#"{"timestamp":"last_edited_time","last_edited_time":{"past_week":{}}}"#, all),
  (
    #"{"and":[{"property":"Count","number":{"less_than":5}},{"property":"Kind","select":{"is_not_empty":true}}]}"#,
    ["Oak", "Quartz"]
  ),
  (
    #"{"or":[{"property":"Done","checkbox":{"equals":true}},{"property":"Name","title":{"is_empty":true}}]}"#,
    ["", "Oak"]
  ),
  (
    #"{"and":[{"or":[{"property":"Count","number":{"equals":3}},{"property":"Count","number":{"equals":-1}}]},{"timestamp":"created_time","created_time":{"after":"2026-11-21T10:21:00Z"}}]}"#,
    ["Quartz"]
  ),
  (#"{"and":[]}"#, all),
]

@Test(arguments: cases)
func aFilterFindsItsRows(_ filter: String, _ expected: [String]) throws {
  let garden = try Garden.shared.get()
  let text = filter.replacing("MARA", with: FirstContent.people[0].id).replacing("BOT", with: Constants.botID)
  let filter = try JSON.decode(JSONValue.self, from: text)
  #expect(try garden.bench.titles(filter, source: garden.source).sorted() == expected)
}

private let refused: [(String, String)] = [
  (#"{"property":"Nope","title":{"equals":"x"}}"#, "Could not find property with name or id: Nope"),
  (#"{"property":"Kind","title":{"equals":"x"}}"#, "database property select does not match filter title"),
  (
    #"{"property":"Count","number":{"equals":"3"}}"#,
    #"body failed validation: body.filter.number.equals should be a number, instead was `"3"`."#
  ),
  (
    #"{"property":"Count","number":{"contains":3}}"#,
    "body failed validation: body.filter.number.contains should be not present, instead was `3`."
  ),
  (
    #"{"property":"Name","title":{"is_empty":false}}"#,
    "body failed validation: body.filter.title.is_empty should be `true`, instead was `false`."
  ),
  (
    #"{"and":[{"property":"Done","checkbox":{"equals":"yes"}}]}"#,
    #"body failed validation: body.filter.and[0].checkbox.equals should be a boolean, instead was `"yes"`."#
  ),
  (
    #"{"property":"Day","date":{"equals":"soon"}}"#,
    #"body failed validation: body.filter.date.equals should be a valid ISO 8601 date string, instead was `"soon"`."#
  ),
  (
    #"{"property":"Who","people":{"contains":"Mara"}}"#,
    #"body failed validation: body.filter.people.contains should be a valid uuid, instead was `"Mara"`."#
  ),
  (
    #"{"property":"Kind","select":{"equals":"Weed"}}"#,
    #"select option "Weed" not found for property "Kind". Available options: "Tree", "Herb", "Stone"."#
  ),
  (
    #"{"and":[{"or":[{"and":[]}]}]}"#,
    "body failed validation: body.filter.and[0].or[0].and should be not present, instead was `[]`."
  ),
  (
    #"{"checkbox":{"equals":true}}"#,
    "body failed validation. Fix one:\nbody.filter.or should be defined, instead was `undefined`.\n"
      + "body.filter.and should be defined, instead was `undefined`.\n"
      + "body.filter.property should be defined, instead was `undefined`.\n"
      + "body.filter.timestamp should be defined, instead was `undefined`."
  ),
  (#"[]"#, "body failed validation: body.filter should be an object, instead was `[]`."),
]

@Test(arguments: refused)
func aFilterThatMakesNoSenseIsRefused(_ filter: String, _ message: String) throws {
  let garden = try Garden.shared.get()
  let answer = try garden.bench.query(["filter": JSON.decode(JSONValue.self, from: filter)], source: garden.source)
  #expect(answer.status == 400)
  #expect(answer.code == "validation_error")
  #expect(answer.message == message)
}

private let orders: [(String, [String])] = [
  (#"[]"#, ["", "Quartz", "Sage", "Oak"]),
  (#"[{"property":"Name","direction":"ascending"}]"#, ["Oak", "Quartz", "Sage", ""]),
  (#"[{"property":"Name","direction":"descending"}]"#, ["Sage", "Quartz", "Oak", ""]),
  (#"[{"property":"Count","direction":"ascending"}]"#, ["Quartz", "Oak", "Sage", ""]),
  (#"[{"property":"Kind","direction":"descending"}]"#, ["Quartz", "Sage", "Oak", ""]),
  (#"[{"property":"Day","direction":"ascending"}]"#, ["Sage", "Oak", "", "Quartz"]),
  (#"[{"property":"Number","direction":"ascending"}]"#, ["Oak", "Sage", "Quartz", ""]),
  (#"[{"timestamp":"created_time","direction":"ascending"}]"#, ["Oak", "", "Quartz", "Sage"]),
  (
    #"[{"timestamp":"created_time","direction":"descending"},{"property":"Count","direction":"ascending"}]"#,
    ["Quartz", "Sage", "", "Oak"]
  ),
]

@Test(arguments: orders)
func rowsComeInTheOrderAskedFor(_ sorts: String, _ expected: [String]) throws {
  let garden = try Garden.shared.get()
  let sorts = try JSON.decode(JSONValue.self, from: sorts)
  #expect(try garden.bench.titles(["and": []], sorts: sorts, source: garden.source) == expected)
}

@Test(arguments: [
  (#"[{"property":"Nope","direction":"ascending"}]"#, "Could not find sort property with name or id: Nope"),
  (
    #"[{"property":"Name","direction":"up"}]"#,
    #"body failed validation: body.sorts[0].direction should be `"ascending"`, or `"descending"`, instead was `"up"`."#
  ),
])
func anOrderThatMakesNoSenseIsRefused(_ sorts: String, _ message: String) throws {
  let garden = try Garden.shared.get()
  let answer = try garden.bench.query(["sorts": JSON.decode(JSONValue.self, from: sorts)], source: garden.source)
  #expect(answer.status == 400)
  #expect(answer.message == message)
}

@Test func rollupsAndFormulasAreFilteredToo() throws {
  let bench = try Bench.shared.get()
  let many: JSONValue = ["property": "Duplicate count", "rollup": ["number": ["greater_than": 25]]]
  let answer = try bench.query(["filter": many])
  #expect(answer.results.map { $0["id"]?.string } == [FirstContent.issueID(120)])
  let old: JSONValue = ["property": "Age in days", "formula": ["number": ["greater_than": 80]]]
  #expect(try !bench.query(["filter": old]).results.isEmpty)
  let fixed: JSONValue = ["property": "Issue status", "rollup": ["any": ["status": ["equals": "Fixed"]]]]
  let releases = try bench.query(["filter": fixed], source: Constants.releasesID)
  #expect((1...4).contains(releases.results.count))
}
