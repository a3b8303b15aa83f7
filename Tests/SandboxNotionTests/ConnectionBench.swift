import Basics
import Foundation
import HTTP
import Pages
import SandboxStage
import Testing

@testable import SandboxNotion

/// What an application and a browser do to connect a workspace, step by step.
extension Bench {
  static let back = "http://sandbox.test/oauth/notion/callback"
  static let mara = FirstContent.people[0].id
  static let tomas = FirstContent.people[1].id

  func question(_ changes: [String: String?] = [:]) -> Fields {
    let own: [String: String?] = [
      "owner": "user", "response_type": "code", "client_id": known.clientID, "redirect_uri": Self.back,
      "state": "s&1",
    ]
    return fields(own.merging(changes) { $1 })
  }

  func fields(_ values: [String: String?]) -> Fields {
    var fields = Fields()
    for (name, value) in values.sorted(by: { $0.key < $1.key }) { if let value { fields.add(name, value) } }
    return fields
  }

  func look(_ question: Fields) -> Response {
    router.answer(Request(path: Workspace.consentPath, query: question, headers: ["Accept": "text/html"]))
  }

  func decide(_ question: Fields, as user: String = Bench.mara, pick: [String], _ decision: String = "connect")
    -> Response
  {
    var form = question
    form.add("as", user)
    for id in pick { form.add("picked", id) }
    form.add("decision", decision)
    return router.answer(
      Request(
        method: .post, path: Workspace.consentPath, headers: ["Content-Type": "application/x-www-form-urlencoded"],
        body: Array(form.encoded.utf8)))
  }

  func back(_ response: Response) -> Fields {
    Fields(encoded: response.headers["Location"]?.split(separator: "?").last ?? "")
  }

  func code(_ pick: [String], as user: String = Bench.mara, _ changes: [String: String?] = [:]) -> String {
    back(decide(question(changes), as: user, pick: pick))["code"] ?? ""
  }

  func grant(_ path: String, _ body: JSONValue, secret: String? = nil, version: String? = "2025-09-03") throws -> Answer
  {
    let basic = Data("\(known.clientID):\(secret ?? known.clientSecret)".utf8).base64EncodedString()
    var request = Request(
      method: .post, path: "/sandbox/notion/v1/oauth/\(path)",
      headers: ["Authorization": "Basic \(basic)", "Content-Type": "application/json"], body: try JSON.encode(body))
    if let version { request.headers["Notion-Version"] = version }
    return try Answer(router.answer(request))
  }

  func exchange(_ code: String, redirect: JSONValue = .string(Bench.back)) throws -> Answer {
    try grant("token", ["grant_type": "authorization_code", "code": .string(code), "redirect_uri": redirect])
  }

  /// What the token endpoint answered to somebody who has just connected these.
  func connect(_ pick: [String], as user: String = Bench.mara) throws -> JSONValue {
    let answer = try exchange(code(pick, as: user))
    #expect(answer.status == 200, "\(answer.body)")
    return answer.body
  }

  func refresh(_ token: JSONValue) throws -> Answer {
    try grant("token", ["grant_type": "refresh_token", "refresh_token": token["refresh_token"] ?? .null])
  }

  func set(_ settings: String) -> Int { lever(.put, "/sandbox/notion/oauth", settings) }

  func lever(_ method: HTTP.Method, _ path: String, _ body: String = "") -> Int {
    router.answer(Request(method: method, path: path, body: Array(body.utf8))).status
  }
}

extension JSONValue {
  var access: String { self["access_token"]?.string ?? "" }
}
