import Basics
import HTTP
import Outbound

/// What a login gave us: a person's tokens (Discord: OAuth2, access token response).
public struct LoginTokens: Decodable, Sendable {
  public let access: String
  public let refresh: String
  /// Seconds until the access token ends.
  public let lifetime: Int64
  public let scope: String

  enum CodingKeys: String, CodingKey {
    case scope
    case access = "access_token"
    case refresh = "refresh_token"
    case lifetime = "expires_in"
  }
}

/// The person a token speaks for.
public struct LoginUser: Decodable, Sendable {
  public let id: UserID
  public let username: String
  public let globalName: String?
  public let avatar: String?

  enum CodingKeys: String, CodingKey {
    case id, username, avatar
    case globalName = "global_name"
  }

  public var name: String { globalName ?? username }
}

/// Logging people in with Discord (Discord: OAuth2). A value of closures, as `DiscordClient` is.
public struct DiscordLogin: Sendable {
  /// Where the person is sent: a one-time state, the S256 challenge of a PKCE verifier.
  public var address: @Sendable (_ state: String, _ challenge: String) -> String
  /// Swaps the code that came back for tokens; a code holds once.
  public var exchange: @Sendable (_ code: String, _ verifier: String) throws -> LoginTokens
  public var refresh: @Sendable (_ refreshToken: String) throws -> LoginTokens
  /// Ends all tokens this person gave us, whichever is shown.
  public var revoke: @Sendable (_ token: String) throws -> Void
  public var user: @Sendable (_ accessToken: String) throws -> LoginUser
  /// Up to 200 servers: as many as anybody can be in.
  public var servers: @Sendable (_ accessToken: String) throws -> [ListedServer]

  public init(
    address: @escaping @Sendable (String, String) -> String,
    exchange: @escaping @Sendable (String, String) throws -> LoginTokens,
    refresh: @escaping @Sendable (String) throws -> LoginTokens,
    revoke: @escaping @Sendable (String) throws -> Void,
    user: @escaping @Sendable (String) throws -> LoginUser,
    servers: @escaping @Sendable (String) throws -> [ListedServer]
  ) {
    self.address = address
    self.exchange = exchange
    self.refresh = refresh
    self.revoke = revoke
    self.user = user
    self.servers = servers
  }

  /// Refuses every call until a member is replaced: for tests.
  public static let failing = DiscordLogin(
    address: { _, _ in "" },
    exchange: { _, _ in throw Failure(.unexpected, "exchange was called") },
    refresh: { _ in throw Failure(.unexpected, "refresh was called") },
    revoke: { _ in throw Failure(.unexpected, "revoke was called") },
    user: { _ in throw Failure(.unexpected, "user was called") },
    servers: { _ in throw Failure(.unexpected, "servers was called") })
}

/// Our application, as logins name it.
public struct LoginApplication: Sendable {
  public let id: String
  public let secret: String
  /// Exactly as registered with Discord.
  public let redirect: String
  /// Names a token's budget without telling the token.
  let budgetKey: @Sendable (_ token: String) -> String

  public init(id: String, secret: String, redirect: String, budgetKey: @escaping @Sendable (String) -> String) {
    self.id = id
    self.secret = secret
    self.redirect = redirect
    self.budgetKey = budgetKey
  }
}

extension DiscordLogin {
  /// - Parameters:
  ///   - base: the API with its version, `https://discord.com/api/v10`.
  ///   - site: what people's browsers open, `https://discord.com`.
  public static func live(_ outbound: Outbound, base: String, site: String, _ application: LoginApplication)
    -> DiscordLogin
  {
    let api = LoginAPI(outbound: outbound, base: base, application: application)
    return DiscordLogin(
      address: { state, challenge in
        let query: Fields = [
          "response_type": "code", "client_id": application.id, "scope": "identify guilds", "state": state,
          "redirect_uri": application.redirect, "code_challenge": challenge, "code_challenge_method": "S256",
        ]
        return "\(site)/oauth2/authorize?\(query.encoded)"
      },
      exchange: { code, verifier in
        try api.tokens([
          "grant_type": "authorization_code", "code": code, "redirect_uri": application.redirect,
          "code_verifier": verifier,
        ])
      },
      refresh: { try api.tokens(["grant_type": "refresh_token", "refresh_token": $0]) },
      revoke: { try api.revoke($0) },
      user: { try api.get("/users/@me", $0) },
      servers: { try api.get("/users/@me/guilds?limit=200", $0) })
  }
}

private struct LoginAPI: Sendable {
  let outbound: Outbound
  let base: String
  let application: LoginApplication

  /// Discord takes forms here, not JSON.
  func tokens(_ form: Fields) throws -> LoginTokens {
    try send(form, to: "/oauth2/token") { response in
      guard response.status == 200 else {
        throw Failure(
          .unauthenticated, "Discord did not accept this login. Start it again.",
          cause: "Discord \(response.status): \(String(decoding: response.body.prefix(300), as: UTF8.self))")
      }
      return try JSON.decode(LoginTokens.self, from: response.body)
    }
  }

  func revoke(_ token: String) throws {
    try send(["token": token], to: "/oauth2/token/revoke") { response in
      guard response.status == 200 else { throw DiscordRefusal(response) }
    }
  }

  func get<Value: Decodable>(_ path: String, _ token: String) throws -> Value {
    var request = OutgoingRequest(method: .get, url: base + path)
    request.headers["Authorization"] = "Bearer \(token)"
    request.headers["User-Agent"] = userAgent
    let route = "GET \(path.prefix { $0 != "?" })"
    let call = OutboundCall(
      request, of: .discord, connection: application.budgetKey(token), route: route, urgency: .interactive,
      isRepeatable: true)
    return try outbound.send(call, to: .discord) { response in
      guard response.status == 200 else { throw DiscordRefusal(response) }
      return try JSON.decode(Value.self, from: response.body)
    }
  }

  /// A refused secret counts until there is another one.
  private func send<Value>(
    _ form: Fields, to path: String, reading: (IncomingResponse) throws -> Value
  ) throws -> Value {
    var form = form
    form.add("client_id", application.id)
    form.add("client_secret", application.secret)
    var request = OutgoingRequest(method: .post, url: base + path, body: Array(form.encoded.utf8))
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    request.headers["User-Agent"] = userAgent
    let call = OutboundCall(
      request, of: .discord, connection: application.budgetKey(application.secret), route: "POST \(path)",
      urgency: .interactive, isRepeatable: false)
    return try outbound.send(call, to: .discord, reading: reading)
  }
}
