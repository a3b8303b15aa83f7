import Basics
import Foundation
import HTTP
import Outbound

/// What linking a workspace gave us (Notion: OAuth, token response).
public struct NotionGrant: Decodable, Sendable {
  public let access: String
  public let refresh: String?
  /// Names the link: one for each bot, which is one for each authorisation of a workspace.
  public let bot: PersonID
  public let workspace: String?

  enum CodingKeys: String, CodingKey {
    case access = "access_token"
    case refresh = "refresh_token"
    case bot = "bot_id"
    case workspace = "workspace_name"
  }
}

/// Linking workspaces with Notion's OAuth. A value of closures, as `NotionClient` is.
public struct NotionOAuth: Sendable {
  /// Where the person is sent, with a one-time state.
  public var address: @Sendable (_ state: String) -> String
  public var exchange: @Sendable (_ code: String) throws -> NotionGrant
  /// Throws `.unauthenticated` when the link has ended. Both tokens are replaced.
  public var refresh: @Sendable (_ refreshToken: String) throws -> NotionGrant
  public var revoke: @Sendable (_ token: String) throws -> Void

  /// Refuses every call until a member is replaced: for tests.
  public static let failing = NotionOAuth(
    address: { _ in "" },
    exchange: { _ in throw Failure(.unexpected, "exchange was called") },
    refresh: { _ in throw Failure(.unexpected, "refresh was called") },
    revoke: { _ in throw Failure(.unexpected, "revoke was called") })

  /// Our public integration, as Notion knows it.
  public struct Application: Sendable {
    let id: String
    let secret: String
    /// Exactly as registered with Notion.
    let redirect: String

    public init(id: String, secret: String, redirect: String) {
      self.id = id
      self.secret = secret
      self.redirect = redirect
    }
  }

  /// - Parameter base: the API, `https://api.notion.com/v1`.
  public static func live(_ outbound: Outbound, base: String, _ application: Application) -> NotionOAuth {
    let api = GrantAPI(outbound: outbound, base: base, application: application)
    return NotionOAuth(
      address: { state in
        let query: Fields = [
          "owner": "user", "response_type": "code", "client_id": application.id, "redirect_uri": application.redirect,
          "state": state,
        ]
        return "\(base)/oauth/authorize?\(query.encoded)"
      },
      exchange: { code in
        try api.grant([
          "grant_type": "authorization_code", "code": .string(code), "redirect_uri": .string(application.redirect),
        ])
      },
      refresh: { try api.grant(["grant_type": "refresh_token", "refresh_token": .string($0)]) },
      revoke: { try api.send(["token": .string($0)], to: "/oauth/revoke") { _ in } })
  }
}

private struct GrantAPI: Sendable {
  let outbound: Outbound
  let base: String
  let application: NotionOAuth.Application

  func grant(_ body: JSONValue) throws -> NotionGrant {
    try send(body, to: "/oauth/token") { try JSON.decode(NotionGrant.self, from: $0.body) }
  }

  func send<Value>(_ body: JSONValue, to path: String, reading: (IncomingResponse) throws -> Value) throws -> Value {
    var request = OutgoingRequest(method: .post, url: base + path, body: try JSON.encode(body))
    request.headers = [
      "Authorization": "Basic \(Data("\(application.id):\(application.secret)".utf8).base64EncodedString())",
      "Content-Type": "application/json", "Notion-Version": NotionVersion.v2025.rawValue,
    ]
    let call = OutboundCall(
      request, of: .notion, connection: "notion-oauth", route: "POST \(path)", urgency: .interactive,
      isRepeatable: false)
    return try outbound.send(call, to: .notion) { response in
      guard response.status == 200 else { throw refusal(response) }
      return try reading(response)
    }
  }

  /// Notion answers in two forms: RFC 6749's, and its own (facts: `error`, or `code`).
  private func refusal(_ response: IncomingResponse) -> Failure {
    let body = try? JSON.decode(JSONValue.self, from: response.body)  // without a body, the status speaks
    let code = body?["error"]?.string ?? body?["code"]?.string ?? "status \(response.status)"
    let isOver = code == "invalid_grant"
    return Failure(
      isOver ? .unauthenticated : .unavailable,
      isOver ? "Notion does not know this link any more. Start again." : "Notion did not give a token: \(code).",
      cause: "Notion \(response.status): \(String(decoding: response.body.prefix(300), as: UTF8.self))")
  }
}
