import Accounts
import Basics
import Discord
import Foundation
import HTTP
import Pages
import Signatures
import Store
import Synchronization
import TestSupport
import Testing

@testable import Web

/// Discord as far as logins need it: codes hold once, and it can be down.
private final class LoginServer: Sendable {
  struct State {
    var codes: Set<String> = ["code"]
    var isDown = false
    var challenges: [String] = []
    var revoked: [String] = []
  }
  let state = Mutex(State())

  var login: DiscordLogin {
    var login = DiscordLogin.failing
    login.address = { state, challenge in
      self.state.withLock { $0.challenges.append(challenge) }
      return "https://discord.test/oauth2/authorize?state=\(state)"
    }
    login.exchange = { code, verifier in
      try self.state.withLock { state in
        if state.isDown { throw Failure(.unavailable, "Discord has trouble at the moment.") }
        guard state.codes.remove(code) != nil else {
          throw Failure(.unauthenticated, "Discord did not accept this login. Start it again.")
        }
      }
      #expect(verifier.utf8.count >= 43)
      return try JSON.decode(
        LoginTokens.self,
        from:
          #"{"access_token":"a","refresh_token":"r","expires_in":604800,"scope":"identify guilds","token_type":"Bearer"}"#
      )
    }
    login.user = { _ in try JSON.decode(LoginUser.self, from: #"{"id":"42","username":"nelly","global_name":"Nelly"}"#)
    }
    login.servers = { _ in [] }
    login.revoke = { token in self.state.withLock { $0.revoked.append(token) } }
    return login
  }
}

@Suite("Logging in") struct LoginTests {
  private let server = LoginServer()
  private let clock = TestClock()
  private let store: DataStore
  private let router: Router

  init() throws {
    store = try DataStore.inMemory(accountMigrations)
    let volatile = try DataStore.inMemory(accountVolatileMigrations)
    let keys = try SealingKeys(current: SealingKey(id: "k", hexadecimal: String(repeating: "ab", count: 32)))
    let people = People(store: store, keys: keys, clock: clock.wall)
    let sessions = Sessions(store: store, clock: clock.wall)
    let panel = Panel(
      publicURL: "http://hall.test", pages: try PageLibrary(targets: ["Web"]), clock: clock.wall, store: store,
      login: Login(
        people: people, sessions: sessions, attempts: OAuthAttempts(volatile: volatile, clock: clock.wall),
        discord: { [server] in server.login }),
      sessions: sessions, people: people,
      memberships: Memberships(durable: store, volatile: volatile, clock: clock.wall, discord: { .failing }),
      bot: Panel.Bot(servers: { [] }, invitation: { _ in "" }))
    router = Router(homeDoorways(panel) + panel.loginDoorways + panel.serverDoorways)
  }

  private func get(_ address: String, cookies: String = "") -> Response {
    let parts = address.split(separator: "?", maxSplits: 1)
    var request = Request(path: String(parts[0]), query: Fields(encoded: parts.count > 1 ? String(parts[1]) : ""))
    request.headers["Accept"] = "text/html"
    if !cookies.isEmpty { request.headers["Cookie"] = cookies }
    return router.answer(request)
  }

  private func begin(next: String? = nil) throws -> (state: String, cookie: String) {
    let answer = get("/oauth/discord/start" + (next.map { "?next=\(percentEncoded($0))" } ?? ""))
    let state = try #require(answer.headers["Location"]?.split(separator: "=").last.map(String.init))
    let cookie = try #require(answer.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init))
    return (state, cookie)
  }

  private func sessions() throws -> Int { try store.read { try $0.value("SELECT count(*) FROM sessions") ?? 0 } }

  @Test func aLoginStartsASessionThatOnlyItsTokenOpens() throws {
    let (state, cookie) = try begin()
    let answer = get("/oauth/discord/callback?code=code&state=\(state)", cookies: cookie)
    #expect(answer.status == 303 && answer.headers["Location"] == "/servers")
    let session = try #require(answer.headers["Set-Cookie"])
    #expect(session.contains("HttpOnly") && session.contains("SameSite=Lax"))
    let token = try #require(session.split(separator: ";").first)
    #expect(get("/servers", cookies: String(token)).status == 200)
    // What we keep is no way in.
    let kept: String? = try store.read { try $0.value("SELECT token_digest FROM sessions") }
    #expect(get("/servers", cookies: "guildhall=\(kept ?? "")").status == 303)
    clock.advance(by: Sessions.idle + .seconds(1))
    #expect(get("/servers", cookies: String(token)).status == 303)
  }

  static let refused: [(String, @Sendable (String, String) -> (query: String, cookie: String), Int)] = [
    ("a missing state", { _, cookie in ("code=code", cookie) }, 400),
    ("a foreign state", { _, cookie in ("code=code&state=\(String(repeating: "x", count: 43))", cookie) }, 400),
    (
      "another browser",
      { state, _ in ("code=code&state=\(state)", "guildhall-login=\(String(repeating: "x", count: 43))") }, 400
    ),
    ("no browser", { state, _ in ("code=code&state=\(state)", "") }, 400),
    ("declined", { state, cookie in ("error=access_denied&state=\(state)", cookie) }, 403),
    ("an error nobody knows", { state, cookie in ("error=server_error&state=\(state)", cookie) }, 403),
    ("an empty code", { state, cookie in ("code=&state=\(state)", cookie) }, 403),
    ("a huge code", { state, cookie in ("code=\(String(repeating: "c", count: 10_000))&state=\(state)", cookie) }, 403),
    ("a code Discord does not know", { state, cookie in ("code=other&state=\(state)", cookie) }, 401),
  ]

  @Test(arguments: refused.indices) func whatIsNotALoginStartsNoSession(_ index: Int) throws {
    let (name, make, status) = Self.refused[index]
    let (state, cookie) = try begin()
    let (query, cookies) = make(state, cookie)
    #expect(get("/oauth/discord/callback?\(query)", cookies: cookies).status == status, "\(name)")
    #expect(try sessions() == 0, "\(name)")
  }

  @Test func anAttemptHoldsOnceAndTenMinutes() throws {
    let (state, cookie) = try begin()
    #expect(get("/oauth/discord/callback?code=code&state=\(state)", cookies: cookie).status == 303)
    server.state.withLock { _ = $0.codes.insert("again") }
    #expect(get("/oauth/discord/callback?code=again&state=\(state)", cookies: cookie).status == 400)
    let late = try begin()
    clock.advance(by: OAuthAttempts.lifetime)
    #expect(get("/oauth/discord/callback?code=again&state=\(late.state)", cookies: late.cookie).status == 400)
    #expect(try sessions() == 1)
  }

  @Test(arguments: [
    ("/servers/1/issues?status=open", "/servers/1/issues?status=open"), ("//evil.test", "/servers"),
    ("https://evil.test/", "/servers"), ("/\\evil.test", "/servers"), ("javascript:alert(1)", "/servers"),
    ("/a\r\nSet-Cookie: x=1", "/servers"), ("", "/servers"),
  ])
  func theWayBackLeadsNowhereElse(next: String, place: String) throws {
    let (state, cookie) = try begin(next: next)
    #expect(get("/oauth/discord/callback?code=code&state=\(state)", cookies: cookie).headers["Location"] == place)
  }

  @Test func discordBeingDownIsSaidOnAPage() throws {
    server.state.withLock { $0.isDown = true }
    let (state, cookie) = try begin()
    let answer = get("/oauth/discord/callback?code=code&state=\(state)", cookies: cookie)
    #expect(answer.status == 503)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("Discord has trouble at the moment."))
    #expect(try sessions() == 0)
  }

  @Test(
    arguments: [
      (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
        "Edge on Windows"
      ),
      (
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        "Chrome on ChromeOS"
      ),
      (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
        "Samsung Internet on Android"
      ),
      (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1",
        "Chrome on iPhone"
      ),
      (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
        "Safari on macOS"
      ),
      ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
      ("Mozilla/5.0 (Plan9) Firefox/132.0", "Firefox"), ("curl/8.5.0", nil), ("", nil),
    ] as [(String, String?)])
  func browsersAreNamedAsPeopleKnowThem(_ agent: String, _ name: String?) { #expect(browserName(agent) == name) }

  @Test func loggingOutEverywhereEndsTheTokensToo() throws {
    var cookies: [String] = []
    for code in ["code", "second"] {
      server.state.withLock { _ = $0.codes.insert(code) }
      let (state, cookie) = try begin()
      let answer = get("/oauth/discord/callback?code=\(code)&state=\(state)", cookies: cookie)
      cookies.append(try #require(answer.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init)))
    }
    #expect(cookies[0] != cookies[1])
    let token = cookies[0].dropFirst("guildhall=".count)
    var request = Request(method: .post, path: "/account/sessions/end")
    request.headers["Cookie"] = cookies[0]
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    request.body = Array("csrf=\(SHA256.hexadecimalDigest("form|\(token)"))".utf8)
    #expect(router.answer(request).status == 303)
    #expect(try sessions() == 0)
    #expect(cookies.allSatisfy { get("/servers", cookies: $0).status == 303 })
    #expect(server.state.withLock { $0.revoked } == ["a"])
    #expect(
      try store.read { try $0.value(String.self, "SELECT sealed_access FROM people WHERE sealed_access IS NOT NULL") }
        == nil)
  }
}
