import Basics
import HTTP
import SandboxStage
import Store

/// An error of the token endpoints, in the form of RFC 6749, 5.2.
struct TokenRefusal: Error {
  let status: Int
  let error: String
  let description: String?

  init(_ error: String, _ description: String? = nil, status: Int = 400) {
    self.status = status
    self.error = error
    self.description = description
  }

  static let invalidClient = TokenRefusal("invalid_client", status: 401)

  var response: Response {
    var body: [String: JSONValue] = ["error": .string(error)]
    body["error_description"] = description.map { .string($0) }
    var response = Response(status: status, headers: ["Content-Type": "application/json"])
    response.body = (try? JSON.encode(body)) ?? []  // texts always encode
    return response
  }
}

/// Where an application changes codes and refresh tokens for access tokens, and gives them back.
extension DiscordSandbox {
  var tokenRoutes: [Route] {
    let routes = [
      endpoint(.post, "/oauth2/token", .open, .other("oauth2.token")) { call in
        try tokenAnswer { try issue(call.request) }
      },
      endpoint(.post, "/oauth2/token/revoke", .open, .other("oauth2.revoke")) { call in
        try tokenAnswer { try revoke(call.request) }
      },
    ]
    // Both answer without a version in the path too.
    return routes + routes.map { Route($0.method, $0.pattern.replacing("/:version", with: ""), $0.handler) }
  }

  private func tokenAnswer(_ body: () throws -> JSONValue) throws -> Response {
    do {
      var response = try Response.json(body())
      response.headers["Cache-Control"] = "no-store"
      return response
    } catch let refusal as TokenRefusal {
      return refusal.response
    }
  }

  /// Only a posted form is read: of any other body the grant type is "None" (discord-api-docs 5249).
  private func fields(_ request: Request) -> Fields {
    request.mediaType == "application/x-www-form-urlencoded"
      ? Fields(encoded: String(decoding: request.body, as: UTF8.self)) : Fields()
  }

  private func issue(_ request: Request) throws -> JSONValue {
    let form = fields(request)
    switch form["grant_type"] {
    case "authorization_code":
      try authenticate(request, form)
      return try exchange(form)
    case "refresh_token":
      try authenticate(request, form)
      return try refresh(form)
    default:
      let type = form["grant_type"]?.prefix(100) ?? "None"
      throw TokenRefusal("unsupported_grant_type", "Grant type \(type) is not supported")
    }
  }

  private func authenticate(_ request: Request, _ form: Fields) throws {
    let given =
      ClientCredentials(basic: request.headers)
      ?? ClientCredentials(id: form["client_id"] ?? "", secret: form["client_secret"] ?? "")
    guard given == ClientCredentials(id: Identity.application, secret: clientSecret) else {
      throw TokenRefusal.invalidClient
    }
  }

  private func exchange(_ form: Fields) throws -> JSONValue {
    guard let text = form["code"] else { throw TokenRefusal("invalid_request", "Missing \"code\" in request.") }
    let now = stage.clock.now()
    return try write { transaction in
      guard let code = try transaction.authorizationCode(text), code.expiresAt > now else {
        throw TokenRefusal("invalid_grant", "Invalid \"code\" in request.")
      }
      guard form["redirect_uri"] == code.redirectURI else {
        throw TokenRefusal("invalid_grant", "Invalid \"redirect_uri\" in request.")
      }
      try check(form["code_verifier"], of: code)
      try transaction.run("DELETE FROM discord_codes WHERE code = \(text)")
      let pair = try TokenPair(user: code.user, scopes: code.scopes, now: now)
      try transaction.insert(pair)
      var answer = answer(pair)
      if let guild = code.guild { answer["guild"] = try whole(transaction.document(.guild, guild), transaction) }
      return .object(answer)
    }
  }

  private func check(_ verifier: String?, of code: AuthorizationCode) throws {
    guard code.challenge != nil else { return }
    guard let verifier else { throw TokenRefusal("invalid_request", "Missing \"code_verifier\"") }
    guard (43...128).contains(verifier.utf8.count), verifier.utf8.allSatisfy(isUnreserved) else {
      throw TokenRefusal("invalid_request", "Invalid \"code_verifier\"")
    }
    guard code.isProved(by: verifier) else { throw TokenRefusal("invalid_grant", "Invalid \"code_verifier\"") }
  }

  /// Each refresh token works once (discord-api-docs 5942).
  private func refresh(_ form: Fields) throws -> JSONValue {
    guard let text = form["refresh_token"] else {
      throw TokenRefusal("invalid_request", "Missing \"refresh_token\" in request.")
    }
    return try write { transaction in
      guard let old = try transaction.pair(refresh: text) else { throw TokenRefusal("invalid_grant") }
      try transaction.run("DELETE FROM discord_tokens WHERE refresh = \(text)")
      let pair = try TokenPair(user: old.user, scopes: old.scopes, now: stage.clock.now())
      try transaction.insert(pair)
      return .object(answer(pair))
    }
  }

  private func answer(_ pair: TokenPair) -> [String: JSONValue] {
    [
      "access_token": .string(pair.access), "token_type": "Bearer",
      "expires_in": .integer(TokenPair.lifetime.milliseconds / 1000), "refresh_token": .string(pair.refresh),
      "scope": .string(pair.scopes),
    ]
  }

  /// Either token ends the whole authorization, whatever the hint says; a token nobody knows is no error (RFC 7009).
  private func revoke(_ request: Request) throws -> JSONValue {
    let form = fields(request)
    try authenticate(request, form)
    guard let token = form["token"] else { throw TokenRefusal("invalid_request", "Missing \"token\" in request.") }
    try write { transaction in
      if let pair = try transaction.pair(access: token) ?? transaction.pair(refresh: token) {
        try transaction.forbid(by: pair.user)
      }
    }
    return [:]
  }
}
