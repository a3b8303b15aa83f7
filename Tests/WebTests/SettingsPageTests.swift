import Accounts
import Basics
import Discord
import HTTP
import Store
import Testing

@testable import Web

@Suite("Settings in the panel")
struct SettingsPageTests {
  let hall = try! PanelHall()  // in memory: cannot fail
  private let home = "/servers/1000/settings"

  private func audited(_ action: String) throws -> Int {
    try hall.count("SELECT count(*) FROM audit_log WHERE action = \(action) AND chain = '1000'")
  }

  @Test(arguments: Standing.allCases) func adminsAndOwnersMay(standing: Standing) throws {
    let expected = standing >= .admin ? 200 : standing == .stranger ? 404 : 403
    #expect(hall.get(home, as: standing).status == expected)
    let forms: [(String, Fields)] = [
      ("roles", ["role.31": "staff"]), ("zone", ["zone": "Asia/Tokyo"]), ("retention", ["days.audit_details": "90"]),
      ("keys", ["label": "Bot", "scope": "servers:read"]),
    ]
    for (form, fields) in forms {
      let done = form == "keys" ? 200 : 303
      #expect(hall.post("\(home)/\(form)", fields, as: standing).status == (expected == 200 ? done : expected))
      #expect(hall.post("\(home)/\(form)", fields, as: standing, isOurs: false).status == (expected == 404 ? 404 : 403))
    }
    #expect(try hall.count("SELECT count(*) FROM api_keys") == (standing >= .admin ? 1 : 0))
  }

  @Test func aRoleGetsItsStandingAtOnce() throws {
    #expect(hall.get("/servers/1000/audit", as: .member).status == 403)
    #expect(hall.get("/servers/1000", as: .member).status == 403)
    // The role that the member of the hall holds.
    let answer = hall.post("\(home)/roles", ["role.901": "viewer", "role.31": "", "role.32": "staff"])
    #expect(answer.headers["Location"] == "\(home)?notice=settingsSaved")
    #expect(try hall.count("SELECT count(*) FROM role_grants WHERE role_id IN ('901', '32')") == 2)
    #expect(try audited("role.grant") == 2)
    #expect(hall.post("\(home)/roles", ["role.901": "viewer"]).headers["Location"] == "\(home)?notice=nothingChanged")
    #expect(try audited("role.grant") == 2)
    _ = hall.post("\(home)/roles", ["role.901": ""])
    #expect(try hall.count("SELECT count(*) FROM role_grants WHERE role_id = '901'") == 0)
  }

  @Test(
    arguments: [
      ["role.31": "owner"], ["role.31": "admin"], ["role.31": "stranger"], ["role.x": "staff"], ["role.": ""],
    ] as [Fields])
  func noRoleIsWorthMore(fields: Fields) throws {
    let before = try hall.count("SELECT count(*) FROM role_grants")
    #expect(hall.post("\(home)/roles", fields).status == 400)
    #expect(try hall.count("SELECT count(*) FROM role_grants") == before)
  }

  @Test func aRoleOfAnotherServerGetsNothing() throws {
    #expect(
      hall.post("\(home)/roles", ["role.555": "manager"]).headers["Location"]?.hasSuffix("nothingChanged") == true)
  }

  @Test func timesAreToldInTheServersZone() throws {
    let before = hall.get("/servers/1000/issues").html
    #expect(before.contains(" UTC\"") && before.contains("1 Jan 1970"))
    #expect(hall.post("\(home)/zone", ["zone": "america/los_angeles"]).status == 303)
    let after = hall.get("/servers/1000/issues").html
    #expect(after.contains("1969-12-31 16:00:01 -08:00 (America/Los_Angeles)") && after.contains("31 Dec 1969"))
    #expect(after.contains("datetime=\"1970-01-01T00:00:01.000Z\""))
    let again = hall.post("\(home)/zone", ["zone": "America/Los_Angeles"])
    #expect(again.headers["Location"] == "\(home)?notice=nothingChanged")
    #expect(try audited("settings.change") == 1)
  }

  @Test(arguments: [
    "", "Moon/Base", "Europe/Berlin'", "GMT+1", "../etc/passwd", "<b>", String(repeating: "x", count: 10_000),
  ])
  func aZoneThatIsNoneIsSaidBesideTheField(zone: String) throws {
    let answer = hall.post("\(home)/zone", ["zone": zone])
    #expect(answer.status == 400 && answer.html.contains("id=\"zone-fault\"") && !answer.html.contains("<b>"))
    #expect(try hall.count("SELECT count(*) FROM server_settings") == 0)
  }

  @Test func howLongIsChosenAndTakenBack() throws {
    _ = hall.post("\(home)/retention", ["days.audit_details": " 90 ", "days.issue_changes": ""])
    #expect(try hall.count("SELECT days FROM retention_choices WHERE guild_id = '1000'") == 90)
    #expect(hall.get(home).html.contains("value=\"90\""))
    _ = hall.post("\(home)/retention", ["days.audit_details": ""])
    #expect(try hall.count("SELECT count(*) FROM retention_choices") == 0)
    #expect(try audited("settings.change") == 2)
  }

  @Test(arguments: ["0", "-1", "29", "3651", "1e9", "abc", "99999999999999999999"])
  func aTimeThatIsNoneChangesNothing(days: String) throws {
    let answer = hall.post("\(home)/retention", ["days.audit_details": days, "days.issue_changes": "60"])
    #expect(answer.status == 400 && answer.html.contains("days-audit_details-fault"))
    #expect(answer.html.contains("value=\"\(days)\"") && answer.html.contains("value=\"60\""))
    #expect(try hall.count("SELECT count(*) FROM retention_choices") == 0)
  }

  @Test func aKeyIsShownOnceAndTakenBack() throws {
    let made = hall.post(
      "\(home)/keys", ["label": "<Bot>", "scope": "servers:read", "days": "30", "addresses": "203.0.113.0/24"])
    #expect(made.status == 200 && made.headers["Cache-Control"] == "no-store" && made.html.contains("&lt;Bot&gt;"))
    let text = try #require(made.html.firstMatch(of: /ghk_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}/)).output
    let id = text.dropFirst(4).prefix(8)
    let list = hall.get(home).html
    #expect(!list.contains(text) && list.contains(id))
    #expect(hall.get("/servers/77/settings/keys/\(id)/revoke").status == 404)
    #expect(hall.post("/servers/77/settings/keys/\(id)/revoke").status == 404)
    #expect(hall.get("\(home)/keys/\(id)/revoke").html.contains("&lt;Bot&gt;"))
    #expect(try hall.count("SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL") == 0)
    #expect(hall.post("\(home)/keys/\(id)/revoke").headers["Location"] == "\(home)?notice=keyRevoked")
    #expect(try hall.count("SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL AND server_id = '1000'") == 1)
    #expect(try audited("key.create") == 1 && audited("key.revoke") == 1)
  }

  @Test func keysOfOthersAreNotThere() throws {
    let keys = APIKeys(store: hall.store, clock: hall.clock.wall)
    for server in [GuildID("77"), nil] {
      let id = try keys.create(APIKeys.Wish("other", scopes: [.readServers], server: server, createdBy: "test")).key.id
      #expect(!hall.get(home).html.contains(id))
      #expect(hall.post("\(home)/keys/\(id)/revoke").status == 404)
    }
    #expect(try hall.count("SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL") == 0)
  }

  @Test(
    arguments: [
      ("label", ["label": "", "scope": "servers:read"]), ("label", ["label": "  ", "scope": "servers:read"]),
      ("label", ["label": String(repeating: "x", count: 10_000), "scope": "servers:read"]), ("days", ["days": "0"]),
      ("days", ["days": "abc"]), ("addresses", ["addresses": "203.0.113.0/24, moon"]),
    ] as [(String, Fields)])
  func aKeyThatIsNoneIsSaidBesideTheField(field: String, fields: Fields) throws {
    var fields = fields
    if fields["label"] == nil { fields.add("label", "Kept") }
    if fields["scope"] == nil { fields.add("scope", "members:read") }
    let answer = hall.post("\(home)/keys", fields)
    #expect(answer.status == 400 && answer.html.contains("id=\"\(field)-fault\""))
    #expect(try hall.count("SELECT count(*) FROM api_keys") == 0)
  }

  @Test(arguments: ["", "stats:read", "sync:run", "metrics:read", "everything"])
  func aServersKeyIsForItsServerAlone(scope: String) throws {
    #expect(hall.post("\(home)/keys", ["label": "Bot", "scope": scope]).status == 400)
    #expect(try hall.count("SELECT count(*) FROM api_keys") == 0)
  }
}
