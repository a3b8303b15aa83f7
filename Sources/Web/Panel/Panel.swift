import Accounts
import Basics
import Discord
import HTTP
import Pages
import Signatures
import Store

/// The panel's door: who is there, whether they may, and the frame around every page.
public struct Panel: Sendable {
  let publicURL: String
  let pages: PageLibrary
  let clock: WallClock
  let store: DataStore
  let login: Login
  let sessions: Sessions
  let people: People
  let memberships: Memberships
  let bot: Bot

  /// What the panel asks of the bot.
  public struct Bot: Sendable {
    /// The servers it is in.
    let servers: @Sendable () throws -> Set<GuildID>
    /// The address where somebody lets it into a server.
    let invitation: @Sendable (GuildID) throws -> String

    public init(
      servers: @escaping @Sendable () throws -> Set<GuildID>, invitation: @escaping @Sendable (GuildID) throws -> String
    ) {
      self.servers = servers
      self.invitation = invitation
    }
  }

  public init(
    publicURL: String, pages: PageLibrary, clock: WallClock, store: DataStore, login: Login, sessions: Sessions,
    people: People, memberships: Memberships, bot: Bot
  ) {
    self.bot = bot
    self.publicURL = publicURL
    self.pages = pages
    self.clock = clock
    self.store = store
    self.login = login
    self.sessions = sessions
    self.people = people
    self.memberships = memberships
  }

  // MARK: Doorways

  /// A page of a server.
  func page(_ pattern: String, _ action: Action, _ body: @escaping @Sendable (Visit) throws -> Response) -> Doorway {
    Doorway(
      .server(action),
      .get("/servers/:server\(pattern)") { request, path in
        guard let visitor = try visitor(request, path) else { return try askToLogIn(request) }
        return try body(visit(visitor, in: server(path), for: action, at: "GET /servers/:server\(pattern)"))
      })
  }

  /// A form on a page of a server.
  func form(
    _ pattern: String, _ action: Action, _ body: @escaping @Sendable (Visit, Fields) throws -> Response
  ) -> Doorway {
    Doorway(
      .server(action),
      .post("/servers/:server\(pattern)") { request, path in
        let visitor = try poster(request, path)
        let visit = try visit(visitor, in: server(path), for: action, at: "POST /servers/:server\(pattern)")
        return try body(visit, fields(of: visitor))
      })
  }

  /// A page about the visitor, whatever server.
  func ownPage(_ pattern: String, _ body: @escaping @Sendable (Visitor) throws -> Response) -> Doorway {
    Doorway(
      .person,
      .get(pattern) { request, path in
        guard let visitor = try visitor(request, path) else { return try askToLogIn(request) }
        return try body(visitor)
      })
  }

  func ownForm(_ pattern: String, _ body: @escaping @Sendable (Visitor, Fields) throws -> Response) -> Doorway {
    Doorway(
      .person,
      .post(pattern) { request, path in
        let visitor = try poster(request, path)
        return try body(visitor, fields(of: visitor))
      })
  }

  // MARK: Who is there

  /// Nil when nobody is logged in.
  func visitor(_ request: Request, _ path: PathParameters) throws -> Visitor? {
    guard let token = Cookies(request.headers)[sessionCookie], let session = try sessions.find(token),
      let person = try people.find(session.user)
    else { return nil }
    return Visitor(
      request: request, path: path, person: person, session: session,
      formKey: SHA256.hexadecimalDigest("form|\(token)"))
  }

  /// Only for an action the table allows. A server that the visitor is not in looks like one that does not exist.
  func visit(_ visitor: Visitor, in guild: GuildID, for action: Action, at route: String) throws -> Visit {
    let actor = try memberships.actor(visitor.person.id, named: visitor.person.name, in: guild)
    do {
      try authorize(actor, action, in: guild)
    } catch {
      try note(actor, action, at: route)
      throw actor.standing == .stranger ? Failure.nothingHere : error
    }
    return Visit(visitor: visitor, actor: actor)
  }

  private func server(_ path: PathParameters) throws -> GuildID { try path.value("server") }

  private func askToLogIn(_ request: Request) throws -> Response {
    let query = request.query.encoded
    let here = request.path + (query.isEmpty ? "" : "?\(query)")
    return .seeOther("/oauth/discord/start?next=\(percentEncoded(here))")
  }

  // MARK: Forms

  private func poster(_ request: Request, _ path: PathParameters) throws -> Visitor {
    guard let visitor = try visitor(request, path) else {
      throw Failure(.unauthenticated, "You are not logged in any more. Log in, then send the form again.")
    }
    return visitor
  }

  /// The posted fields, from our own page and nobody else's (facts: OWASP ASVS 3.5.1).
  private func fields(of visitor: Visitor) throws -> Fields {
    let headers = visitor.request.headers
    let isOurs = headers["Origin"].map { $0 == publicURL } ?? true
    let isNear = headers["Sec-Fetch-Site"].map { ["same-origin", "none"].contains($0) } ?? true
    let fields = try visitor.request.form()
    guard isOurs, isNear, constantTimeEqual(Array((fields["csrf"] ?? "").utf8), Array(visitor.formKey.utf8)) else {
      throw Failure.denied(
        "This form did not come from a page of this hall, or is from an older login. Open the page again.")
    }
    return fields
  }

  // MARK: Cookies

  /// Only over https can a cookie be bound to this very host (RFC 6265bis, `__Host-`).
  private var isSecure: Bool { publicURL.hasPrefix("https://") }
  var sessionCookie: String { isSecure ? "__Host-guildhall" : "guildhall" }
  var browserCookie: String { isSecure ? "__Host-guildhall-login" : "guildhall-login" }

  /// What binds a walk to another service to this browser; nil before the first one.
  func browserKey(_ request: Request) -> String? {
    Cookies(request.headers)[browserCookie].flatMap { $0.utf8.count == 43 ? $0 : nil }
  }

  /// Sends the browser on its walk.
  func sending(_ attempt: OAuthAttempt, to address: String) -> Response {
    var response = Response.seeOther(address)
    response.headers.add("Set-Cookie", cookie(browserCookie, attempt.browserKey, for: OAuthAttempts.lifetime))
    return response
  }

  func cookie(_ name: String, _ value: String, for time: Duration) -> String {
    SetCookie(name, value, maxAge: time, isSecure: isSecure).header
  }
}
