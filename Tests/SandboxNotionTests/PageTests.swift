import Basics
import HTTP
import Testing

@testable import SandboxNotion

private func get(_ bench: Bench, _ path: String, _ query: Fields = Fields()) -> (status: Int, text: String) {
  let response = bench.router.answer(Request(path: path, query: query, headers: ["Accept": "text/html"]))
  return (response.status, String(decoding: response.body, as: UTF8.self))
}

private func post(_ bench: Bench, _ path: String, _ form: Fields) -> Response {
  bench.router.answer(
    Request(
      method: .post, path: path, headers: ["Content-Type": "application/x-www-form-urlencoded"],
      body: Array(form.encoded.utf8)))
}

private let table = "/sandbox/notion/databases/\(Constants.databaseID)"

@Test func theTableShowsFiftyRows() throws {
  let bench = try Bench.shared.get()
  let first = get(bench, table)
  #expect(first.status == 200)
  #expect(first.text.contains("1–50 of 300"))
  #expect(first.text.components(separatedBy: "<tr id=\"row-").count == 51)
  let last = get(bench, table, ["page": "6"])
  #expect(last.text.contains("251–300 of 300"))
  #expect(!last.text.contains("rel=\"next\""))
}

@Test func whatPeopleTypedIsEscaped() throws {
  let page = get(try Bench.shared.get(), table, ["q": "<script>"])
  #expect(page.text.contains("1–1 of 1"))
  #expect(page.text.contains("&lt;script&gt;alert(&quot;lantern&quot;)&lt;/script&gt;"))
  #expect(!page.text.contains("<script>alert"))
}

@Test func theTableIsSortedByAColumn() throws {
  let bench = try Bench.shared.get()
  let page = get(bench, table, ["sort": "Votes", "direction": "descending"])
  #expect(page.text.contains("sort=Votes&amp;direction=ascending"))
  let most = try bench.query(["sorts": [["property": "Votes", "direction": "descending"]], "page_size": 1])
  let id = try #require(most.results.first?["id"]?.string)
  let first = try #require(page.text.range(of: "<tr id=\"row-"))
  #expect(page.text[first.upperBound...].hasPrefix(id))
}

@Test func aFormChangesWhatWasChangedAndNothingElse() throws {
  let bench = try Bench()
  let id = FirstContent.issueID(12)
  let before = try bench.call(.get, "/pages/\(id)")
  let form = try formOf(bench, id)
  #expect(post(bench, "/sandbox/notion/pages/\(id)", form).status == 303)
  #expect(try bench.call(.get, "/pages/\(id)").body["properties"] == before.body["properties"])
  bench.move(by: .seconds(60))
  var changed = Fields()
  for (name, value) in form.pairs { changed.add(name, name == "swq%5C" ? "77" : value) }
  let saved = post(bench, "/sandbox/notion/pages/\(id)", changed)
  #expect(saved.headers["Location"]?.hasPrefix(table) == true, "\(String(decoding: saved.body, as: UTF8.self))")
  let after = try bench.call(.get, "/pages/\(id)")
  #expect(after.value("Votes") == 77)
  #expect(after.value("Description") == before.value("Description"))
  #expect(after.body["last_edited_time"] == "2026-11-21T10:21:00.000Z")
  #expect(after.body["last_edited_by"]?["id"] == .string(FirstContent.people[0].id))
}

/// What a browser would send back unchanged.
private func formOf(_ bench: Bench, _ id: String) throws -> Fields {
  try bench.stage.store.read { transaction in
    let row = try transaction.tableRow(transaction.page(id, as: .integration))
    var form = Fields()
    for property in TrackerColumns.schema.properties where property.type.isEditable {
      for (index, value) in FormValue.shown(property, row).enumerated() {
        let isEnd = property.type == .date && index == 1
        form.add(property.encodedID + (isEnd ? ".end" : ""), value.replacing("\n", with: "\r\n"))
      }
    }
    return form
  }
}

@Test func aFormWithAMistakeIsShownAgain() throws {
  let bench = try Bench()
  let id = FirstContent.issueID(12)
  var form = Fields()
  for (name, value) in try formOf(bench, id).pairs { form.add(name, name == "swq%5C" ? "many" : value) }
  let answer = post(bench, "/sandbox/notion/pages/\(id)", form)
  #expect(answer.status == 422)
  let text = String(decoding: answer.body, as: UTF8.self)
  #expect(text.contains("“many” is no number."))
  #expect(text.contains("value=\"many\""))
}

@Test func rowsAreMadeTrashedAndRestoredAtTheTable() throws {
  let bench = try Bench()
  let made = post(bench, "\(table)/rows", ["title": "Fresh row", "source": Constants.dataSourceID])
  let page = try #require(made.headers["Location"])
  #expect(get(bench, page).text.contains("Fresh row"))
  #expect(post(bench, "\(page)/trash", [:]).status == 303)
  #expect(get(bench, table, ["q": "Fresh row"]).text.contains("No title contains"))
  #expect(get(bench, "\(table)/trash").text.contains("Fresh row"))
  #expect(post(bench, "\(page)/restore", [:]).status == 303)
  #expect(get(bench, table, ["q": "Fresh row"]).text.contains("1–1 of 1"))
}

@Test func aPersonsEditIsAPersons() throws {
  let bench = try Bench()
  let id = FirstContent.issueID(5)
  let edit: JSONValue = [
    "Status": "Fixed", "Name": "Edited", "Votes": 3, "Labels": ["crash", "new one"], "Reproducible": true,
    "Reported": "2026-11-20", "Video": .null, "Assignee": [.string(FirstContent.people[1].id)],
  ]
  let answer = bench.router.answer(
    Request(method: .post, path: "/sandbox/notion/pages/\(id)/edit", body: try JSON.encode(edit)))
  #expect(answer.status == 204)
  let page = try bench.call(.get, "/pages/\(id)")
  #expect(page.value("Status")?["name"] == "Fixed")
  #expect(RichText.plainText(page.value("Name")) == "Edited")
  #expect(page.value("Votes") == 3)
  #expect(page.value("Labels")?.array?.map { $0["name"] } == ["crash", "new one"])
  #expect(page.value("Reported")?["start"] == "2026-11-20")
  #expect(page.value("Video") == .null)
  #expect(page.body["last_edited_by"]?["id"] == .string(FirstContent.people[0].id))
  #expect(page.body["last_edited_time"] == "2026-11-21T10:20:00.000Z")
  #expect(get(bench, "/sandbox/notion/pages/\(id)/line").text.hasPrefix("<tr id=\"row-\(id)\""))
}

@Test(arguments: [#"{"Nope":1}"#, #"{"Votes":"many"}"#, #"{"Age in days":3}"#, #"{"Status":"Later"}"#])
func anEditThatMakesNoSenseIsRefused(_ edit: String) throws {
  let bench = try Bench.shared.get()
  let answer = bench.router.answer(
    Request(
      method: .post, path: "/sandbox/notion/pages/\(FirstContent.issueID(5))/edit", body: Array(edit.utf8)))
  #expect(answer.status == 400)
}

@Test(arguments: ["/sandbox/notion/databases/x", "/sandbox/notion/pages/x", "/sandbox/notion/pages/x/line"])
func aPageThatIsNotThereIsNotFound(_ path: String) throws {
  #expect(get(try Bench.shared.get(), path).status == 404)
}
