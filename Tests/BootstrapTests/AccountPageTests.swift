import Accounts
import Basics
import HTTP
import Store
import Testing

@testable import Bootstrap

/// What somebody linked for themselves: told, and taken back by nobody else.
@Suite("Workspaces of a person") struct AccountPageTests {
  let building: Building
  let own: Connection
  let other: Connection

  init() throws {
    building = try Building()
    let connections = building.environment.connections
    let tokens = ConnectionTokens("token", refresh: "refresh")
    let (own, other) = (
      try connections.keep(.notion, externalID: "own", label: "<My> notes", tokens: tokens),
      try connections.keep(.notion, externalID: "other", label: "Not mine", tokens: tokens)
    )
    (self.own, self.other) = (own, other)
    try building.environment.durable.write { transaction in
      try connections.link(own.id, toPerson: Building.visitor, transaction)
      try connections.link(other.id, toPerson: .init("43")!, transaction)
    }
  }

  private func ask(_ path: String, _ method: HTTP.Method = .get) -> Response {
    var request = Request(method: method, path: path)
    request.headers["Cookie"] = "guildhall=\(Building.token)"
    request.headers["Accept"] = "text/html"
    if method == .post {
      request.headers["Content-Type"] = "application/x-www-form-urlencoded"
      request.body = Array("csrf=\(Building.formKey)".utf8)
    }
    return building.router.answer(request)
  }

  @Test func theyAreListedOnTheAccount() {
    let html = String(decoding: ask("/account").body, as: UTF8.self)
    #expect(html.contains("&lt;My&gt; notes") && !html.contains("Not mine"))
  }

  @Test func unlinkingForgetsWhatNobodyElseUses() throws {
    #expect(
      ask("/account/connections/\(own.id)/unlink", .post).headers["Location"] == "/account?notice=workspaceUnlinked")
    #expect(try building.environment.connections.find(own.id) == nil)
    #expect(ask("/account/connections/\(own.id)/unlink", .post).status == 404)
  }

  @Test func whatAServerUsesStays() throws {
    let environment = building.environment
    try environment.durable.write { try environment.connections.link(own.id, to: Building.here, $0) }
    #expect(ask("/account/connections/\(own.id)/unlink", .post).status == 303)
    #expect(try environment.connections.find(own.id) != nil)
    #expect(!String(decoding: ask("/account").body, as: UTF8.self).contains("My"))
  }

  @Test func nobodyUnlinksWhatIsAnothers() throws {
    #expect(ask("/account/connections/\(other.id)/unlink", .post).status == 404)
    #expect(try building.environment.connections.find(other.id) != nil)
  }
}
