import Basics
import Foundation
import HTTP
import Signatures
import Testing

@testable import SandboxDiscord

/// What an application and a browser do at a login, step by step.
extension Bench {
  static let back = "http://sandbox.test/oauth/discord/callback"
  static let verifier = String(repeating: "v", count: 43)

  /// An authorization address as an application makes it; `nil` leaves a member out.
  func question(_ changes: [String: String?] = [:]) -> Fields {
    let own: [String: String?] = [
      "response_type": "code", "client_id": Identity.application, "scope": "identify guilds", "state": "s&1",
      "redirect_uri": Self.back, "code_challenge": s256(Self.verifier), "code_challenge_method": "S256",
    ]
    var fields = Fields()
    for (name, value) in own.merging(changes, uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
      if let value { fields.add(name, value) }
    }
    return fields
  }

  func look(_ question: Fields, cookie: String? = nil) -> Response {
    var headers: Headers = ["Accept": "text/html"]
    headers["Cookie"] = cookie
    return router.answer(Request(path: DiscordSandbox.consentPath, query: question, headers: headers))
  }

  func decide(_ question: Fields, as user: String? = Identity.tomasz, _ more: Fields = ["decision": "authorize"])
    -> Response
  {
    var form = question
    if let user { form.add("as", user) }
    return posted(DiscordSandbox.consentPath, form.merging(more))
  }

  func posted(_ path: String, _ form: Fields, _ headers: Headers = Headers()) -> Response {
    var headers = headers
    headers["Content-Type"] = headers["Content-Type"] ?? "application/x-www-form-urlencoded"
    headers["User-Agent"] = "DiscordBot (https://example.com, 1)"
    return router.answer(Request(method: .post, path: path, headers: headers, body: Array(form.encoded.utf8)))
  }

  /// The query of the address that an answer leads to.
  func fields(_ response: Response) -> Fields {
    Fields(encoded: response.headers["Location"]?.split(separator: "?").last ?? "")
  }

  var basic: Headers {
    let text = "\(Identity.application):\(sandbox.clientSecret)"
    return ["Authorization": "Basic " + Data(text.utf8).base64EncodedString()]
  }

  func token(_ form: Fields, _ headers: Headers? = nil) -> Response {
    posted("/sandbox/discord/api/v10/oauth2/token", form, headers ?? basic)
  }

  func exchange(_ code: String?, _ changes: [String: String?] = [:]) -> Response {
    let own: [String: String?] = [
      "grant_type": "authorization_code", "code": code, "redirect_uri": Self.back, "code_verifier": Self.verifier,
    ]
    var form = Fields()
    for (name, value) in own.merging(changes, uniquingKeysWith: { $1 }) {
      if let value { form.add(name, value) }
    }
    return token(form)
  }

  /// Both tokens of somebody who has just logged in.
  func logIn(as user: String = Identity.tomasz, scope: String = "identify guilds") throws -> JSONValue {
    let code = fields(decide(question(["scope": scope]), as: user))["code"]
    let answer = exchange(code)
    #expect(answer.status == 200)
    return try answer.value
  }

  func ask(_ path: String, _ token: JSONValue, query: Fields = Fields()) -> Response {
    send(
      .get, path, query: query,
      headers: [
        "User-Agent": "DiscordBot (https://example.com, 1)",
        "Authorization": "Bearer \(token["access_token"]?.string ?? "")",
      ])
  }
}
