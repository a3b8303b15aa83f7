import Basics
import HTTP
import SandboxStage
import Signatures
import Store

/// The page where a person lets an application in. Everybody in the sandbox can be that person.
extension DiscordSandbox {
  static let consentPath = "/sandbox/discord/oauth2/authorize"
  private static let cookie = "sandbox_discord"

  var consentRoutes: [Route] {
    [
      .get(Self.consentPath) { request, _ in
        try consent(request.query) { authorize in
          let signedIn = Cookies(request.headers)[Self.cookie]
          if authorize.mayBeSkipped, let user = signedIn, try isAllowed(authorize.scopes, by: user) {
            return try accepted(authorize, by: user)
          }
          return try consentPage(authorize, person: request.query["as"] ?? signedIn)
        }
      },
      .post(Self.consentPath) { request, _ in
        let form = try request.form()
        return try consent(form) { try answered($0, form) }
      },
    ]
  }

  private func consent(_ fields: Fields, _ body: (AuthorizeRequest) throws -> Response) throws -> Response {
    do {
      return try body(AuthorizeRequest(fields, application: application()))
    } catch AuthorizeRefusal.redirect(let location) {
      return .seeOther(location)
    } catch AuthorizeRefusal.page(let sentence) {
      return try stage.pages.page(
        "consent-end", data: ConsentEnd(heading: "Discord refuses this", sentence: sentence, isRefusal: true),
        title: "Authorization refused", status: 400)
    }
  }

  private func isAllowed(_ scopes: [String], by user: String) throws -> Bool {
    try read { try $0.document(.user, user) != nil && $0.allowedScopes(by: user).isSuperset(of: scopes) }
  }

  private func consentPage(_ authorize: AuthorizeRequest, person: String?, notice: String? = nil) throws -> Response {
    let application = try application()
    let view = try read {
      try ConsentView(authorize, application: application, person: person, notice: notice, $0)
    }
    var page = try stage.pages.page("consent", data: view, title: "Authorize", status: notice == nil ? 200 : 403)
    page.headers["Content-Security-Policy"] = authorize.redirectURI.map(formPolicy)
    return page
  }

  private func answered(_ authorize: AuthorizeRequest, _ form: Fields) throws -> Response {
    guard form["decision"] == "authorize" else {
      throw authorize.refusal(
        "access_denied", "The resource owner or authorization server denied the request")
    }
    guard let user = form["as"], try read({ try $0.document(.user, user) }).map({ $0["bot"] == nil }) == true else {
      return try consentPage(authorize, person: nil, notice: "Choose who you are.")
    }
    do { return try accepted(authorize, by: user, guild: form["guild_id"]) } catch let refusal as Refusal {
      return try consentPage(authorize, person: user, notice: refusal.message)
    }
  }

  private func accepted(_ authorize: AuthorizeRequest, by user: String, guild: String? = nil) throws -> Response {
    let members = try write { transaction in
      var members = Fields()
      if authorize.isForBot {
        let guild = try install(authorize.permissions, in: guild, by: user, transaction)
        members.add("guild_id", guild)
        members.add("permissions", authorize.permissions.text)
      }
      try transaction.allow(authorize.scopes, by: user, at: stage.clock.now())
      guard let redirectURI = authorize.redirectURI, authorize.fields["response_type"] != nil else { return members }
      let code = AuthorizationCode(
        code: try RandomToken.base62(bits: 178), user: user, scopes: authorize.scopes.joined(separator: " "),
        redirectURI: redirectURI, challenge: authorize.challenge, guild: members["guild_id"],
        expiresAt: stage.clock.now() + AuthorizationCode.lifetime)
      try transaction.insert(code)
      return (["code": code.code] as Fields).merging(members)
    }
    var response = try end(authorize, members)
    response.headers["Set-Cookie"] = "\(Self.cookie)=\(user); Path=/sandbox/discord; HttpOnly; SameSite=Lax"
    return response
  }

  private func end(_ authorize: AuthorizeRequest, _ members: Fields) throws -> Response {
    if let redirectURI = authorize.redirectURI { return .seeOther(authorize.answer(redirectURI, members)) }
    return try stage.pages.page(
      "consent-end", data: ConsentEnd(heading: "Authorized", sentence: "You may close this page.", isRefusal: false),
      title: "Authorized")
  }
}

extension Fields {
  func merging(_ others: Fields) -> Fields {
    var merged = self
    for (name, value) in others.pairs { merged.add(name, value) }
    return merged
  }
}
