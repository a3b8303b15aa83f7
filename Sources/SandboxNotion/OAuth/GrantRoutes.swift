import Basics
import HTTP
import SandboxStage
import Store

/// Where a public connection changes codes and refresh tokens for access tokens, asks about them and gives them back.
extension Workspace {
  var grantRoutes: [Route] {
    [
      grant("/oauth/token") { body in
        if let code = grants.takeError() { throw GrantRefusal(code, "Refused because a script asked for it.") }
        switch try body.text("grant_type") {
        case "authorization_code": return try exchange(body)
        case "refresh_token": return try refresh(body)
        default: throw GrantRefusal("unsupported_grant_type", "This grant type is not supported.")
        }
      },
      grant("/oauth/introspect") { try introspect($0) },
      grant("/oauth/revoke") { try revoke($0) },
    ]
  }

  /// Version, client by Basic, then the members of the body.
  private func grant(_ pattern: String, _ answer: @escaping @Sendable (GrantBody) throws -> JSONValue) -> Route {
    answering(.post, pattern) { request, _ in
      _ = try Version.named(request.headers["Notion-Version"])
      let own = ClientCredentials(id: identities.clientID, secret: identities.clientSecret)
      guard ClientCredentials(basic: request.headers) == own else { throw GrantRefusal.invalidClient }
      return try answer(GrantBody(request))
    }
  }

  private func exchange(_ body: GrantBody) throws -> JSONValue {
    let text = try body.text("code")
    return try write { transaction in
      guard let code = try transaction.authorizationCode(text), code.expiresAt > now else {
        throw GrantRefusal("invalid_grant", "Invalid code.")
      }
      try check(body.optionalText("redirect_uri"), of: code)
      try transaction.run("DELETE FROM notion_codes WHERE code = \(text)")
      let standing = grants.current.tokens == .same ? try transaction.pairs(of: code.botID).first : nil
      return try answer(standing ?? made(for: code.botID, transaction), transaction)
    }
  }

  /// It must be sent when it stood in the authorization address or several are registered, and not otherwise.
  private func check(_ sent: String?, of code: AuthorizationCode) throws {
    let isExpected = code.redirectURI != nil || redirects.count > 1
    if sent == nil, isExpected { throw GrantRefusal("invalid_request", "Missing redirect_uri.") }
    if sent != nil, !isExpected { throw GrantRefusal("invalid_request", "Unexpected redirect_uri.") }
    if sent != code.redirectURI { throw GrantRefusal("invalid_grant", "Mismatching redirect_uri.") }
  }

  private func made(for botID: String, _ transaction: WriteTransaction) throws -> TokenPair {
    let pair = try TokenPair(botID: botID, isRefreshable: grants.current.owner != .workspace, now: now)
    try transaction.insert(pair)
    return pair
  }

  /// Both tokens are replaced.
  private func refresh(_ body: GrantBody) throws -> JSONValue {
    let text = try body.text("refresh_token")
    return try write { transaction in
      guard let old = try transaction.pair(refresh: text) else {
        throw GrantRefusal("invalid_grant", "Token has been expired or revoked.")
      }
      try transaction.run("DELETE FROM notion_tokens WHERE refresh = \(text)")
      return try answer(made(for: old.botID, transaction), transaction)
    }
  }

  private func answer(_ pair: TokenPair, _ queries: some Queries) throws -> JSONValue {
    [
      "access_token": .string(pair.access), "token_type": "bearer",
      "refresh_token": pair.refresh.map(JSONValue.string) ?? .null, "bot_id": .string(pair.botID),
      "workspace_id": .string(Constants.workspaceID), "workspace_name": .string(Constants.workspaceName),
      "workspace_icon": .null, "owner": try owner(of: pair.botID, queries), "duplicated_template_id": .null,
    ]
  }

  private func owner(of botID: String, _ queries: some Queries) throws -> JSONValue {
    let user = try queries.connection(botID)?.user ?? ""
    switch grants.current.owner {
    case .workspace: return ["type": "workspace", "workspace": true]
    case .partial: return ["type": "user", "user": ["object": "user", "id": .string(user)]]
    case .user: return ["type": "user", "user": try queries.usersByID()[user] ?? .null]
    }
  }

  private func introspect(_ body: GrantBody) throws -> JSONValue {
    let token = try body.text("token")
    guard let pair = try read({ try $0.pair(token) ?? $0.pair(refresh: token) }),
      !(pair.isExpired && token == pair.access)
    else { return ["active": false] }
    return [
      "active": true, "scope": "read_content update_content insert_content", "iat": .integer(pair.createdAt.seconds),
    ]
  }

  /// Ends the pair; a token that nobody knows is no error (RFC 7009).
  private func revoke(_ body: GrantBody) throws -> JSONValue {
    let token = try body.text("token")
    try write { transaction in
      _ = try transaction.run("DELETE FROM notion_tokens WHERE access = \(token) OR refresh = \(token)")
    }
    return [:]
  }
}

/// What was sent to a token endpoint: JSON, unlike elsewhere in OAuth.
struct GrantBody {
  private let members: [String: JSONValue]

  init(_ request: Request) throws {
    guard request.mediaType == "application/json",
      let value = try? JSON.decode(JSONValue.self, from: request.body),  // whatever is wrong with it, it is no JSON
      let members = value.object
    else { throw GrantRefusal("invalid_request", "The body should be a JSON object.") }
    self.members = members
  }

  func text(_ name: String) throws -> String {
    guard let text = try optionalText(name) else { throw GrantRefusal("invalid_request", "Missing \(name).") }
    return text
  }

  func optionalText(_ name: String) throws -> String? {
    guard let value = members[name], !value.isNull else { return nil }
    guard let text = value.string else { throw GrantRefusal("invalid_request", "\(name) should be a string.") }
    return text
  }
}
