import Accounts
import Basics
import Foundation
import HTTP
import IssueSync
import Store
import Testing

@testable import Web

@Suite("Pages of issues")
struct IssuePageTests {
  let hall = try! PanelHall()  // in memory: cannot fail

  @Test func theListHasALineForEachIssue() {
    let page = hall.get("/servers/1000/issues")
    #expect(page.status == 200)
    #expect(page.html.contains("href=\"/servers/1000/issues/i\"") && page.html.contains("Door stuck"))
    #expect(page.html.contains("<span class=\"status open\">Open</span>") && page.html.contains("<time datetime="))
    #expect(page.html.contains("<a href=\"/servers/1000/issues\" aria-current=\"page\">Issues</a>"))
  }

  @Test func anIssueHasItsFactsItsStoryAndItsControls() {
    let page = hall.get("/servers/1000/issues/i")
    #expect(page.status == 200)
    for part in ["Door stuck", "LK-1", "Reported", "action=\"/servers/1000/issues/i/status\"", "Nobody"] {
      #expect(page.html.contains(part), "\(part)")
    }
    #expect(!page.html.contains("/issues/i/assignee"), "the table has no column of people")
    #expect(page.headers["Refresh"] == nil)
  }

  @Test func viewersLookAndChangeNothing() throws {
    #expect(!hall.get("/servers/1000/issues/i", as: .viewer).html.contains("<select"))
    #expect(hall.post("/servers/1000/issues/i/status", ["status": "Fixed"], as: .viewer).status == 403)
    #expect(try hall.count("SELECT count(*) FROM issue_changes") == 0)
  }

  @Test func aChangeIsWrittenDownAndShownUntilItIsDone() throws {
    let answer = hall.post("/servers/1000/issues/i/status", ["status": "Fixed"], as: .staff)
    #expect(answer.status == 303 && answer.headers["Location"] == "/servers/1000/issues/i")
    #expect(try hall.count("SELECT count(*) FROM issue_changes WHERE origin = 'panel' AND after = 'Fixed'") == 1)
    #expect(try hall.count("SELECT count(*) FROM jobs WHERE kind = 'issue.change' AND guild_id = '1000'") == 1)
    #expect(try hall.count("SELECT count(*) FROM jobs WHERE guild_id IS NULL") == 0, "every job says whose it is")
    let page = hall.get("/servers/1000/issues/i")
    #expect(page.html.contains("Being set to Fixed") && page.headers["Refresh"] == "2")
    #expect(!page.html.contains("action=\"/servers/1000/issues/i/status\""))
    hall.clock.advance(by: .seconds(600))
    #expect(hall.get("/servers/1000/issues/i").headers["Refresh"] == "30")
  }

  @Test func aChangeThatIsDoneCanBeUndoneHere() throws {
    _ = hall.post("/servers/1000/issues/i/status", ["status": "Fixed"])
    try hall.store.write { transaction in
      try transaction.run("UPDATE issue_changes SET state = 'done', finished_at = \(hall.clock.now)")
      try transaction.run(
        "UPDATE issues SET status = 'Fixed', is_fixed = 1, is_closed = 1, fixed_at = \(hall.clock.now)")
    }
    let change = try #require(try hall.store.read { try $0.value(String.self, "SELECT id FROM issue_changes") })
    let page = hall.get("/servers/1000/issues/i")
    #expect(page.html.contains("Undo: back to Open") && page.html.contains("value=\"\(change)\""))
    #expect(page.html.contains("<bdi>Zoë</bdi> changed the status"))
    #expect(hall.post("/servers/1000/issues/i/undo", ["change": change]).status == 303)
    #expect(try hall.count("SELECT count(*) FROM issue_changes WHERE undoes = \(change)") == 1)
  }

  @Test(
    arguments: [
      ("status", ["status": "Nonsense"]), ("status", [:]),
      ("status", ["status": String(repeating: "x", count: 10_000)]),
      ("assignee", ["assignee": "nobody"]), ("assignee", [:]), ("undo", [:]), ("undo", ["change": "x"]),
    ] as [(String, Fields)])
  func whatCannotBeDoneIsSaidOnThePage(form: String, fields: Fields) throws {
    let answer = hall.post("/servers/1000/issues/i/\(form)", fields)
    #expect([404, 409].contains(answer.status) && answer.html.utf8.count < 20_000)
    #expect(form == "undo" || answer.html.contains("role=\"alert\""))
    #expect(try hall.count("SELECT count(*) FROM issue_changes") == 0)
  }

  @Test func aFormFromElsewhereChangesNothing() throws {
    #expect(hall.post("/servers/1000/issues/i/status", ["status": "Fixed"], isOurs: false).status == 403)
    #expect(try hall.count("SELECT count(*) FROM issue_changes") == 0)
  }

  static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "@everyone", "\u{202E}edoc", "{{title}}",
    "a\u{200B}b",
    "=HYPERLINK(\"http://x\")", String(repeating: "x", count: 5000),
  ]

  @Test(arguments: hostile)
  func whatPeopleWroteStaysText(text: String) throws {
    try hall.add(issue: "h", title: text, url: "javascript:alert(1)")
    for path in [
      "/servers/1000/issues", "/servers/1000/issues/h", "/servers/1000/issues?assignee=\(percentEncoded(text))",
    ] {
      let page = hall.get(path)
      #expect(page.status == 200)
      #expect(page.html.contains(htmlEscaped(text)), "\(path)")
      #expect(
        !page.html.contains("<script>alert") && !page.html.contains("<img src=x") && !page.html.contains("javascript:"))
    }
  }

  @Test func onlyPagesOfTheWebAreLinked() throws {
    try hall.add(issue: "h", title: "t", url: "https://notion.so/x")
    #expect(hall.get("/servers/1000/issues/h").html.contains("href=\"https://notion.so/x\""))
  }

  @Test(arguments: [
    "sort=nonsense", "state=nonsense", "at=nonsense", "at=an~x~99999999999999999999", "mapping=foreign", "status=%00",
    "q=" + String(repeating: "x", count: 10_000), "q=%25_%21", "q=" + String(repeating: "a+", count: 500),
    "at=at~i~High",
    "at=bn~i~0&sort=oldest", "assignee=-", "status=%F0%9F%90%9B", "notice=jobsReplayed",
  ])
  func anAddressThatSaysNonsenseShowsAList(query: String) {
    let page = hall.get("/servers/1000/issues?\(query)")
    #expect(page.status == 200 && page.html.contains("<h1>Issues</h1>") && page.html.utf8.count < 30_000)
    #expect(hall.get("/servers/1000/issues.csv?\(query)").status == 200)
  }

  @Test func theFormKeepsWhatWasChosen() {
    let page = hall.get("/servers/1000/issues?state=all&sort=oldest&status=Gone&q=%3Cb%3E")
    #expect(
      page.html.contains("<option value=\"all\" selected>") && page.html.contains("<option value=\"oldest\" selected>"))
    #expect(
      page.html.contains("<option value=\"Gone\" selected>Gone</option>") && page.html.contains("value=\"&lt;b&gt;\""))
    #expect(page.html.contains("No issue is like this."))
  }

  @Test func aLongListHasPages() throws {
    for number in 1...60 { try hall.add(issue: "x\(number)", title: "Issue \(number)") }
    let first = hall.get("/servers/1000/issues?q=Issue")
    #expect(first.html.components(separatedBy: "<tr>").count == 52 && !first.html.contains(">Previous<"))
    let next = try #require(first.html.firstMatch(of: #/href="([^"]*)" rel="next"/#)?.1)
    let second = hall.get(String(next).replacing("&amp;", with: "&"))
    #expect(second.html.components(separatedBy: "<tr>").count == 12)
    #expect(second.html.contains(">Previous<") && !second.html.contains(">Next<"))
  }

  @Test func aServerWithoutAMappingSaysTheNextStep() throws {
    try hall.store.write { try $0.run("DELETE FROM sync_mappings") }
    let page = hall.get("/servers/1000/issues")
    #expect(page.status == 200 && page.html.contains("href=\"/servers/1000/mappings/new\""))
    #expect(hall.get("/servers/1000").status == 200)
  }

  @Test(arguments: [
    "/servers/1000/issues/foreign", "/servers/1000/issues/x", "/servers/77/issues", "/servers/77/issues/foreign",
    "/servers/77/issues.csv",
    "/servers/77/issues/i", "/servers/77/jobs", "/servers/x/issues", "/servers/1000/jobs/foreign/discard",
  ])
  func whatBelongsToOthersIsNotFound(path: String) throws {
    try hall.add(issue: "foreign", guild: "77", title: "Theirs")
    try hall.addDeadJob("foreign", guild: "77", issue: "foreign")
    let page = hall.get(path)
    #expect(page.status == 404 && !page.html.contains("Theirs"))
  }

  @Test(arguments: ["status", "assignee", "undo"])
  func nothingOfOthersCanBeChanged(form: String) throws {
    try hall.add(issue: "foreign", guild: "77", title: "Theirs")
    let fields: Fields = ["status": "Fixed", "assignee": "", "change": "x"]
    for path in [
      "/servers/1000/issues/foreign/\(form)", "/servers/77/issues/i/\(form)", "/servers/77/issues/foreign/\(form)",
    ] {
      #expect(hall.post(path, fields).status == 404, "\(path)")
    }
    #expect(try hall.count("SELECT count(*) FROM issue_changes") == 0)
  }

  @Test func theFileHoldsTheListAndNoFormulas() throws {
    try hall.add(issue: "h", title: "=1+1, \"quoted\"\nnext")
    try hall.add(issue: "f", guild: "77", title: "Theirs")
    let file = hall.get("/servers/1000/issues.csv?sort=oldest")
    #expect(file.headers["Content-Type"] == "text/csv; charset=utf-8")
    #expect(file.headers["Content-Disposition"] == "attachment; filename=\"issues-2026-11-21.csv\"")
    #expect(file.html.hasPrefix("\u{FEFF}Number,Title,Status"))
    #expect(
      file.html.contains("\"'=1+1, \"\"quoted\"\"\nnext\"") && file.html.contains("Door stuck")
        && !file.html.contains("Theirs"))
    #expect(!hall.get("/servers/1000/issues.csv?q=Door").html.contains("1+1"))
  }
}
