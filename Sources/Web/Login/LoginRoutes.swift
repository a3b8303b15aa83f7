import Accounts
import Basics
import HTTP

extension Panel {
  /// In and out, and the sessions somebody has.
  public var loginDoorways: [Doorway] {
    [
      Doorway(.anyone, .get("/oauth/discord/start") { request, _ in try start(request) }),
      Doorway(.anyone, .get("/oauth/discord/callback") { request, _ in try comeBack(request) }),
      ownForm("/logout") { visitor, _ in
        try login.end(visitor.session.id, of: visitor.person)
        return leave()
      },
      ownPage("/account") { visitor in
        let workspaces = try store.read { try Connections.notion(ofPerson: visitor.person.id, $0) }
        let view = AccountView(
          try sessions.all(of: visitor.person.id), workspaces, here: visitor,
          now: Present(time: clock.now(), zone: .gmt))
        return try show("account", view, title: "Your account", to: visitor)
      },
      ownForm("/account/sessions/:session/end") { visitor, _ in
        let session = visitor.path["session"]
        try login.end(session, of: visitor.person)
        return session == visitor.session.id ? leave() : Notice.sessionEnded.at("/account")
      },
      ownForm("/account/sessions/end") { visitor, _ in
        try login.end(nil, of: visitor.person)
        return leave()
      },
    ]
  }

  private func start(_ request: Request) throws -> Response {
    let (address, attempt) = try login.begin(
      next: safePath(request.query["next"]), browserKey: browserKey(request))
    return sending(attempt, to: address)
  }

  /// Discord: OAuth2, authorization code grant. Whatever was sent along is checked before Discord is asked.
  private func comeBack(_ request: Request) throws -> Response {
    let browserKey = browserKey(request)
    guard let code = request.query["code"], (1...512).contains(code.utf8.count) else {
      try login.abandon(state: request.query["state"], browserKey: browserKey)
      throw Failure.denied(
        request.query["error"] == "access_denied"
          ? "You declined at Discord, so you are not logged in." : "Discord did not let you log in. Start again.")
    }
    let done = try login.finish(
      code: code, state: request.query["state"], browserKey: browserKey,
      browser: request.headers["User-Agent"] ?? "An unnamed browser")
    var response = Response.seeOther(done.next)
    response.headers.add("Set-Cookie", cookie(sessionCookie, done.token, for: Sessions.absolute))
    return response
  }

  private func leave() -> Response {
    var response = Notice.loggedOut.at("/")
    response.headers.add("Set-Cookie", cookie(sessionCookie, "", for: .zero))
    return response
  }
}

/// A path of ours, and nothing a browser could take for another host.
func safePath(_ text: String?) -> String {
  guard let text, text.utf8.count <= 1000, text.hasPrefix("/"), !text.hasPrefix("//"),
    text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C })
  else { return "/servers" }
  return text
}

/// The sessions of the visitor, and what they linked for themselves.
struct AccountView {
  struct Row {
    let id: String
    let browser: String
    /// The browser's own words.
    let agent: String
    let seen: Moment
    let started: Moment
    let isHere: Bool
  }

  struct Workspace {
    let id: String
    let name: String
    let since: Moment
    let state: String
    let sentence: String
  }

  let formKey: String
  let name: String
  let sessions: [Row]
  let workspaces: [Workspace]

  init(_ sessions: [Session], _ workspaces: [Connection], here: Visitor, now: Present) {
    formKey = here.formKey
    name = here.person.name
    self.sessions = sessions.map {
      Row(
        id: $0.id, browser: browserName($0.browser) ?? $0.browser, agent: $0.browser,
        seen: Moment($0.seenAt, now: now), started: Moment($0.createdAt, now: now), isHere: $0.id == here.session.id)
    }
    self.workspaces = workspaces.map {
      Workspace(
        id: $0.id, name: $0.label, since: Moment($0.connectedAt, now: now), state: $0.shape, sentence: $0.words)
    }
  }
}
