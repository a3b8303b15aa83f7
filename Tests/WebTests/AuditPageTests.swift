import Accounts
import Basics
import Discord
import Foundation
import HTTP
import Store
import Testing

@testable import Web

@Suite("The audit log in the panel")
struct AuditPageTests {
  let hall = try! PanelHall()  // in memory: cannot fail

  private func record(_ issue: String, name: String = "Nelly", in server: String = "1000", after: String = "Fixed")
    throws
  {
    let entry = AuditEntry(
      .issueChanged, by: .person(UserID("42")!, name: name), in: GuildID(server),
      on: AuditTarget("issue", issue, name: "Door \(issue)"), before: "Open", after: after)
    try hall.store.write { try AuditLog(clock: hall.clock.wall).record(entry, in: $0) }
    hall.clock.advance(by: .seconds(1))
  }

  private func log(of server: String? = "1000") throws -> [AuditRecord] {
    try hall.store.read { try AuditLog.page(of: server.flatMap { GuildID($0) }, AuditFilter(), limit: 99, $0) }.records
  }

  @Test(arguments: Standing.allCases) func adminsAndOwnersSeeIt(standing: Standing) throws {
    try record("a")
    for page in ["audit", "audit.csv", "audit.json"] {
      let answer = hall.get("/servers/1000/\(page)", as: standing)
      #expect(answer.status == (standing >= .admin ? 200 : standing == .stranger ? 404 : 403), "\(page)")
      #expect(answer.html.contains("Door a") == (standing >= .admin), "\(page)")
    }
  }

  @Test func nothingOfAnotherServerIsInIt() throws {
    try record("ours")
    try record("theirs", in: "77")
    for page in [
      "audit", "audit.csv", "audit.json", "audit?target=theirs", "audit?person=42", "audit.json?target=theirs",
    ] {
      #expect(!hall.get("/servers/1000/\(page)").html.contains("Door theirs"), "\(page)")
    }
  }

  // MARK: Filters

  @Test(arguments: [
    ("person=42", 3), ("person=nelly", 3), ("person=Zo%C3%AB", 0), ("action=issue.change", 3),
    ("action=mapping.add", 0),
    ("target=b", 1), ("from=2026-11-21", 3), ("to=2026-11-20", 0), ("from=2026-11-21&to=2026-11-21", 3),
    ("person=%27", 0),
    ("person=&action=&target=&from=&to=", 3), ("older=rubbish", 3), ("newer=1.1", 3),
  ])
  func aFilterShows(query: String, count: Int) throws {
    for issue in ["a", "b", "c"] { try record(issue) }
    let answer = hall.get("/servers/1000/audit?\(query)")
    #expect(answer.status == 200)
    #expect(answer.html.components(separatedBy: "<tr><td>").count - 1 == count)
  }

  @Test(arguments: [
    "from=yesterday", "to=2026-13-01", "from=2026-11-21T10:00:00Z", "from=2026-11-22&to=2026-11-21", "to=%00",
  ])
  func aDayThatIsNoneIsSaidBesideItsField(query: String) throws {
    try record("a")
    let answer = hall.get("/servers/1000/audit?\(query)&person=Nelly")
    #expect(answer.status == 400 && answer.html.contains("class=\"fault\"") && answer.html.contains("value=\"Nelly\""))
    #expect(hall.get("/servers/1000/audit.csv?\(query)").status == 400)
  }

  @Test func pagesGoOnAndBack() throws {
    for number in 1...120 { try record("i\(number)") }
    let first = hall.get("/servers/1000/audit?person=42")
    let older = try #require(link("next", first.html))
    #expect(first.html.contains("Door i120") && !first.html.contains("Door i70<") && link("prev", first.html) == nil)
    let second = hall.get(older)
    #expect(second.html.contains("Door i70<") && !second.html.contains("Door i71<"))
    let third = hall.get(try #require(link("next", second.html)))
    #expect(third.html.contains("Door i1<") && link("next", third.html) == nil)
    #expect(hall.get(try #require(link("prev", second.html))).html.contains("Door i120<"))
  }

  private func link(_ kind: String, _ html: String) -> String? {
    html.components(separatedBy: "<a ").first { $0.contains("rel=\"\(kind)\"") }?
      .components(separatedBy: "href=\"").last?.components(separatedBy: "\"").first?.replacing("&amp;", with: "&")
  }

  @Test(arguments: [
    "</script><script>alert(1)</script>", "{{names}}{{{x}}}", "\u{202E}txt.exe", "a\u{200B}b", "@everyone",
    String(repeating: "x", count: 10_000),
  ])
  func whatPeopleWroteIsShownAsText(text: String) throws {
    try record("a", name: text, after: text)
    let html = hall.get("/servers/1000/audit").html
    #expect(html.contains(htmlEscaped(String(text.prefix(200)))) && !html.contains("<script>alert"))
  }

  // MARK: Files

  @Test(arguments: ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "a,\"b\"\nc"])
  func aSpreadsheetIsSafeToOpen(text: String) throws {
    try record("a", after: text)
    let csv = hall.get("/servers/1000/audit.csv").html
    let cell = text.hasPrefix("a") ? "\"a,\"\"b\"\"\nc\"" : "'" + text
    #expect(csv.contains(cell) && csv.hasPrefix(CSV.mark + "position,at,"))
  }

  @Test func filesHoldTheFilteredRowsAndAreWrittenDown() throws {
    for issue in ["a", "b"] { try record(issue) }
    let answer = hall.get("/servers/1000/audit.json?target=b")
    let file = try JSON.decode(JSONValue.self, from: answer.html)
    #expect(file["rows"]?.array?.map { $0["target_id"] } == ["b"] && file["limit"] == 10_000 && file["next"] == nil)
    #expect(answer.headers["Content-Disposition"]?.hasPrefix("attachment; filename=\"audit-1000-") == true)
    let last = try #require(try log().first)
    #expect(last.action == "audit.export" && last.after == "1 rows?target=b" && last.actorName == "Zoë")
  }

  @Test func aFileEndsAtItsLimitAndTellsWhereTheRestIs() throws {
    try hall.store.write { transaction in
      for number in 1...10_001 {
        let entry = AuditEntry(.syncAsked, by: .program("p"), in: GuildID("1000"), on: AuditTarget("n", "\(number)"))
        try AuditLog(clock: hall.clock.wall).record(entry, in: transaction)
      }
    }
    let first = hall.get("/servers/1000/audit.csv")
    #expect(first.html.components(separatedBy: "\r\n").count == 10_002)
    let next = try #require(first.headers["Link"]?.components(separatedBy: ">").first?.dropFirst())
    let rest = hall.get(String(next).replacing("http://hall.test", with: ""))
    #expect(rest.html.contains(",n,1,") && rest.headers["Link"] == nil)
  }

  // MARK: Who was refused

  @Test(arguments: [
    ("/servers/1000/audit", Standing.viewer), ("/servers/1000/jobs", .viewer), ("/servers/1000/audit", .stranger),
  ])
  func whoIsRefusedIsWrittenDownOnce(path: String, standing: Standing) throws {
    _ = hall.get(path, as: standing)
    let rows = try log()
    #expect(
      rows.count == 1 && rows[0].outcome == .denied && rows[0].targetID?.hasPrefix("GET /servers/:server/") == true)
  }

  @Test func aRefusedFormChangesNothingElse() throws {
    try hall.addDeadJob("j")
    #expect(hall.post("/servers/1000/jobs/j/discard", as: .staff).status == 403)
    #expect(try log().map(\.targetID) == ["POST /servers/:server/jobs/:job/discard"])
    #expect(try hall.count("SELECT count(*) FROM jobs WHERE state = 'dead'") == 1)
  }

  @Test func nobodyWhoIsNotLoggedInIsWrittenDown() throws {
    _ = hall.get("/servers/1000/audit", as: nil)
    _ = hall.post("/servers/1000/jobs/replay", as: nil)
    #expect(try log().isEmpty)
  }

  /// A server without a hall would only collect what strangers type into the address.
  @Test func aServerWithoutAHallHasNoLog() throws {
    #expect(hall.get("/servers/77/audit", as: .owner).status == 404)
    #expect(hall.get("/servers/999999/audit", as: .owner).status != 200)
    #expect(try hall.count("SELECT count(*) FROM audit_log") == 0)
  }

  // MARK: What is done

  @Test func jobsThatAreReplayedAndGivenUpAreARowEach() throws {
    for id in ["a", "b", "c"] { try hall.addDeadJob(id, issue: id) }
    _ = hall.post("/servers/1000/jobs/a/replay", as: .manager)
    _ = hall.post("/servers/1000/jobs/a/replay", as: .manager)
    _ = hall.post("/servers/1000/jobs/b/discard", as: .manager)
    _ = hall.post("/servers/1000/jobs/replay", as: .manager)
    #expect(try log().map(\.action) == ["job.replay", "job.discard", "job.replay"])
    #expect(try log().map { $0.targetID ?? "" } == ["", "b", "a"])
  }

  @Test func anIssueThatIsChangedIsARow() throws {
    _ = hall.post("/servers/1000/issues/i/status", ["status": "Fixed"], as: .staff)
    #expect(try log().map(\.action) == ["issue.change"] && log()[0].after == "status: Fixed")
  }

  @Test func loggingOutIsARowOfTheHall() throws {
    _ = hall.post("/account/sessions/end", as: .member)
    #expect(try log(of: nil).map(\.action) == ["session.end-all"] && log().isEmpty)
  }
}
