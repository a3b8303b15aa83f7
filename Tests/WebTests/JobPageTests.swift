import Accounts
import Basics
import HTTP
import Store
import Testing

@testable import Web

@Suite("The page of jobs")
struct JobPageTests {
  let hall = try! PanelHall()  // in memory: cannot fail

  @Test func deadJobsSayWhatTheyWereAboutAndWhyTheyFailed() throws {
    try hall.addDeadJob("j1")
    try hall.addDeadJob("theirs", guild: "77", error: "Their secret")
    try hall.addDeadJob("nobodys", guild: nil, error: "Nobody's secret")
    let page = hall.get("/servers/1000/jobs")
    #expect(page.status == 200)
    for part in [
      "Show an issue in Discord", "href=\"/servers/1000/issues/i\"", "LK-1 · Door stuck", "Notion said no.", "Failed",
      "action=\"/servers/1000/jobs/j1/replay\"",
    ] { #expect(page.html.contains(part), "\(part)") }
    #expect(!page.html.contains("HTTP 400"), "what is for the log stays there")
    #expect(!page.html.contains("secret"))
  }

  @Test func theOverviewTellsThoseWhoMaySeeThem() throws {
    #expect(!hall.get("/servers/1000").html.contains("Look at the jobs"))
    try hall.addDeadJob("theirs", guild: "77")
    #expect(!hall.get("/servers/1000").html.contains("Look at the jobs"))
    try hall.addDeadJob("j1")
    #expect(hall.get("/servers/1000", as: .staff).html.contains("A job failed"))
    try hall.addDeadJob("j2")
    let page = hall.get("/servers/1000", as: .staff).html
    #expect(page.contains("2 jobs failed") && page.contains("<a href=\"/servers/1000/jobs\">Look at the jobs</a>"))
    #expect(!hall.get("/servers/1000", as: .viewer).html.contains("jobs failed"))
  }

  @Test func staffSeesAndManagersReplay() throws {
    try hall.addDeadJob("j1")
    #expect(!hall.get("/servers/1000/jobs", as: .staff).html.contains("/replay"))
    #expect(hall.post("/servers/1000/jobs/j1/replay", as: .staff).status == 403)
    #expect(hall.get("/servers/1000/jobs/j1/discard", as: .staff).status == 403)
    #expect(
      hall.post("/servers/1000/jobs/j1/replay", as: .manager).headers["Location"]
        == "/servers/1000/jobs?notice=jobsReplayed")
    #expect(try hall.count("SELECT count(*) FROM jobs WHERE state = 'unknown'") == 1)
    #expect(hall.post("/servers/1000/jobs/j1/replay", as: .manager).status == 404)
    #expect(hall.get("/servers/1000/jobs?show=waiting").html.contains("Looks what came of it"))
  }

  @Test func allOfAServerAreReplayedAtOnce() throws {
    for id in ["j1", "j2"] { try hall.addDeadJob(id) }
    try hall.addDeadJob("theirs", guild: "77")
    #expect(hall.post("/servers/1000/jobs/replay").headers["Location"] == "/servers/1000/jobs?notice=jobsReplayed")
    #expect(hall.post("/servers/1000/jobs/replay").headers["Location"] == "/servers/1000/jobs?notice=nothingReplayed")
    #expect(try hall.count("SELECT count(*) FROM jobs WHERE state = 'dead'") == 1)
  }

  @Test func aJobIsGivenUpAfterAQuestion() throws {
    try hall.addDeadJob("j1")
    #expect(hall.get("/servers/1000/jobs/j1/discard").html.contains("action=\"/servers/1000/jobs/j1/discard\""))
    #expect(hall.post("/servers/1000/jobs/j1/discard").status == 303)
    #expect(try hall.count("SELECT count(*) FROM jobs WHERE state = 'cancelled'") == 1)
    #expect(hall.get("/servers/1000/jobs/j1/discard").status == 404)
    #expect(hall.post("/servers/1000/jobs/j1/discard").status == 404)
  }

  @Test(arguments: ["replay", "discard"])
  func jobsOfOthersAreNotFound(form: String) throws {
    try hall.addDeadJob("theirs", guild: "77")
    try hall.addDeadJob("nobodys", guild: nil)
    for id in ["theirs", "nobodys", "x"] { #expect(hall.post("/servers/1000/jobs/\(id)/\(form)").status == 404) }
    #expect(try hall.count("SELECT count(*) FROM jobs WHERE state = 'dead'") == 2)
  }

  @Test(arguments: ["show=nonsense", "at=nonsense", "show=running&at=at~x~y", "show=waiting"])
  func anAddressThatSaysNonsenseShowsJobs(query: String) {
    #expect(hall.get("/servers/1000/jobs?\(query)").status == 200)
  }

  @Test(arguments: ["<b>x</b> [cause]", "@everyone", "\u{202E}x"])
  func anErrorStaysText(error: String) throws {
    try hall.addDeadJob("j1", error: error)
    let page = hall.get("/servers/1000/jobs")
    #expect(page.html.contains(htmlEscaped(error.replacing(" [cause]", with: ""))) && !page.html.contains("<b>x"))
  }
}

@Suite("Who may open what")
struct PanelStandingTests {
  let hall = try! PanelHall()  // in memory: cannot fail

  /// Every doorway of these pages with every standing: what the table of rights allows, and nothing more.
  @Test(arguments: Standing.allCases + [nil])
  func everyAddressAsksForItsStanding(standing: Standing?) throws {
    try hall.addDeadJob("j1")
    for doorway in hall.doorways {
      guard case .server(let action) = doorway.access else { throw Failure(.unexpected, "A page without standing.") }
      let path = doorway.route.pattern.replacing(":server", with: "1000").replacing(":issue", with: "i")
        .replacing(":job", with: "j1")
      let isPage = doorway.route.method == .get
      let status = isPage ? hall.get(path, as: standing).status : hall.post(path, as: standing).status
      switch standing {
      case nil: #expect(status == (isPage ? 303 : 401), "\(path)")
      case .stranger: #expect(status == 404, "\(path)")
      case let standing? where standing < action.requirement: #expect(status == 403, "\(path)")
      default: #expect([200, 303, 400, 404, 409].contains(status), "\(path) \(status)")
      }
    }
  }
}
