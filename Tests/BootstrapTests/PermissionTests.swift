import Accounts
import Basics
import Discord
import Foundation
import HTTP
import Store
import Testing

@testable import Bootstrap
@testable import Web

/// Every door × every standing. A door that is not in the table, or in the wrong row, fails here.
@Suite("Permissions") struct PermissionTests {
  let building: Building
  init() throws { building = try Building() }

  private func doors(_ isWanted: (Access) -> Bool) -> [Doorway] { building.doorways.filter { isWanted($0.access) } }
  private func name(_ door: Doorway) -> String { "\(door.route.method.rawValue) \(door.route.pattern)" }

  private var ofServers: [(door: Doorway, action: Action)] {
    building.doorways.compactMap { door in
      if case .server(let action) = door.access { (door, action) } else { nil }
    }
  }

  @Test func theTableNamesEveryDoor() throws {
    let routes = building.doorways.map { "| `\(name($0))` | \($0.access) |" }
    let interactions = building.environment.interactions.map { route in
      "| \(route.trigger.kind) `\(route.trigger.name)` | \(Access.server(route.action)) |"
    }
    let expected = (["| door | who |", "|---|---|"] + (routes + interactions).sorted()).joined(separator: "\n")
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/permissions.md"), encoding: .utf8)
    let start = try #require(text.range(of: "<!-- doors: kept in step by a test -->\n"))
    let end = try #require(text.range(of: "\n<!-- end of doors -->"))
    #expect(text[start.upperBound..<max(start.upperBound, end.lowerBound)] == expected)
  }

  @Test(arguments: Standing.allCases) func aStandingOpensItsDoorsAndNoOther(_ standing: Standing) throws {
    try building.give(standing)
    let before = try building.rows()
    for (door, action) in ofServers where standing < action.requirement {
      let refusals = try building.refusals()
      #expect(
        building.ask(door, as: true).status == (standing == .stranger ? 404 : 403), "\(name(door)) as \(standing)")
      // Who is not even in the server is written down only where Discord can be asked whether it has a hall.
      if standing != .stranger { #expect(try building.refusals() == refusals + 1, "\(name(door)) as \(standing)") }
    }
    #expect(try building.rows() == before, "what was refused changed something")
    for (door, action) in ofServers where standing >= action.requirement {
      let status = building.ask(door, as: true).status
      #expect(![401, 403, 405, 500].contains(status), "\(name(door)) as \(standing) answered \(status)")
    }
  }

  @Test func strangersAreAskedToLogInAndChangeNothing() throws {
    let before = try building.rows()
    for door in doors({ if case .server = $0 { true } else { $0 == .person } }) {
      let answer = building.ask(door, as: false)
      if door.route.method == .get {
        #expect(answer.status == 303, "\(name(door))")
        #expect(answer.headers["Location"]?.hasPrefix("/oauth/discord/start?next=") == true, "\(name(door))")
      } else {
        #expect(answer.status == 401, "\(name(door))")
      }
    }
    #expect(try building.rows() == before)
  }

  /// Ids of another server, in every place of every address: nothing is there, and nothing changes.
  @Test func thingsOfOtherServersAreNotThere() throws {
    try building.give(.owner)
    let before = try building.rows()
    for (door, _) in ofServers
    where door.route.pattern.split(separator: "/").contains(where: { $0.hasPrefix(":") && $0 != ":server" }) {
      let theirs = building.ask(door, as: true, thingsOf: Building.there)
      #expect(theirs.status == 404, "\(name(door)) answered \(theirs.status)")
      #expect(!String(decoding: theirs.body, as: UTF8.self).contains("Door stuck"), "\(name(door))")
    }
    #expect(try building.rows() == before)
  }

  @Test func doorsOfServicesAndProgramsAreClosedWithoutTheirSecret() throws {
    try building.give(.owner)
    let before = try building.rows()
    for door in doors({ access in
      switch access {
      case .signed, .secret, .program: true
      case .anyone, .person, .server: false
      }
    }) {
      // Being logged in is no way in here. /metrics is open to the machine itself.
      let status = building.ask(door, as: true).status
      #expect(status == 401 || door.route.pattern == "/metrics", "\(name(door)) answered \(status)")
    }
    #expect(try building.rows() == before)
  }

  @Test func formsFromElsewhereChangeNothing() throws {
    try building.give(.owner)
    let before = try building.rows()
    for (headers, csrf) in [
      (["Origin": "https://evil.test"], true), (["Sec-Fetch-Site": "cross-site"], true), ([:], false),
    ] {
      for (door, _) in ofServers where door.route.method == .post {
        var request = Request(
          method: .post,
          path: door.route.pattern.replacing(":server", with: Building.here.rawValue).replacing(":", with: "x"))
        request.headers["Cookie"] = "guildhall=\(Building.token)"
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        for (name, value) in headers { request.headers[name] = value }
        if csrf { request.body = Array("csrf=\(Building.formKey)".utf8) }
        #expect(building.router.answer(request).status == 403, "\(name(door))")
      }
    }
    #expect(try building.rows() == before)
  }

  /// What a person in Discord may do does not reach into servers they are not in.
  @Test(arguments: Action.allCases, Standing.allCases) func rightsEndAtTheServer(_ action: Action, _ standing: Standing)
    throws
  {
    let actor = Actor(user: Building.visitor, name: "Nelly", guild: Building.here, roles: [], standing: standing)
    #expect(throws: Failure.self) { try authorize(actor, action, in: Building.there) }
    if standing >= action.requirement {
      try authorize(actor, action, in: Building.here)
    } else {
      #expect(throws: Failure.self) { try authorize(actor, action, in: Building.here) }
    }
  }
}

extension InteractionRoute.Trigger {
  fileprivate var kind: String {
    switch self {
    case .component: "control"
    case .modal: "form"
    case .command: "command"
    case .autocomplete: "suggestions of"
    }
  }
}
