import Accounts
import Basics
import Discord
import HTTP
import Store
import Testing

@testable import Web

@Suite("People's data in the panel")
struct PersonPageTests {
  let hall = try! PanelHall()  // in memory: cannot fail
  private let user = "123456789012345678"

  init() throws {
    for server in ["1000", "77"] {
      let entry = AuditEntry(
        .issueChanged, by: .person(UserID(user)!, name: "Nelly Brandt"), in: GuildID(server),
        on: AuditTarget("issue", "i", name: "Door"), after: "Fixed")
      try hall.store.write { try AuditLog(clock: hall.clock.wall).record(entry, in: $0) }
    }
  }

  @Test(arguments: Standing.allCases) func adminsAndOwnersMay(standing: Standing) throws {
    let expected = standing >= .admin ? 200 : standing == .stranger ? 404 : 403
    #expect(hall.get("/servers/1000/people", as: standing).status == expected)
    #expect(hall.post("/servers/1000/people", ["person": user], as: standing).status == expected)
    #expect(hall.post("/servers/1000/people/export", ["person": user], as: standing).status == expected)
    #expect(
      hall.post("/servers/1000/people/erase", ["person": user, "typed": user], as: standing).status
        == (expected == 200 ? 303 : expected))
    #expect(try hall.count("SELECT count(*) FROM erasures") == (standing >= .admin ? 1 : 0))
  }

  @Test(arguments: [
    "", "Nelly", "123456789012345679", "-1", "1e5", "'; DROP TABLE people", String(repeating: "9", count: 10_000),
  ])
  func whoIsNotKnownIsSaidBesideTheField(text: String) {
    let answer = hall.post("/servers/1000/people", ["person": text])
    #expect(answer.status == 400 && answer.html.contains("class=\"fault\""))
  }

  @Test func theExportHoldsThisServerAlone() throws {
    let answer = hall.post("/servers/1000/people/export", ["person": user])
    let export = try JSON.decode(JSONValue.self, from: answer.html)
    #expect(answer.headers["Content-Disposition"]?.contains("attachment") == true)
    let parts = export["parts"]?.array ?? []
    #expect(parts.count == 2 && parts[0]["rows"]?.array?.map { $0["server"] } == ["1000"])
  }

  @Test(arguments: ["", "yes", "12345678901234567", "1234567890123456789"])
  func erasingWantsTheIdTyped(typed: String) throws {
    let answer = hall.post("/servers/1000/people/erase", ["person": user, "typed": typed])
    #expect(answer.status == 400 && answer.html.contains("Type \(user)"))
    #expect(try hall.count("SELECT count(*) FROM erasures") == 0)
  }

  @Test func erasingLeavesOtherServersAlone() throws {
    let answer = hall.post("/servers/1000/people/erase", ["person": user, "typed": user])
    #expect(answer.status == 303 && answer.headers["Location"] == "/servers/1000/people?notice=personErased")
    #expect(try hall.count("SELECT count(*) FROM audit_parties WHERE party_id = \(user) AND chain = '1000'") == 0)
    #expect(try hall.count("SELECT count(*) FROM audit_parties WHERE party_id = \(user) AND chain = '77'") == 1)
    #expect(!hall.get("/servers/1000/audit").html.contains("Nelly"))
    #expect(hall.get("/servers/1000/audit").html.contains("somebody who was erased"))
  }

  @Test func aFormOfSomebodyElseErasesNothing() throws {
    #expect(hall.post("/servers/1000/people/erase", ["person": user, "typed": user], isOurs: false).status == 403)
    #expect(try hall.count("SELECT count(*) FROM erasures") == 0)
  }

  @Test func theIdIsInNoAddress() {
    let html = hall.post("/servers/1000/people", ["person": user]).html
    #expect(!html.contains("people/\(user)") && !html.contains("?person="))
  }
}
