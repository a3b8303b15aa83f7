import Accounts
import Basics
import Discord
import HTTP
import Store
import TestSupport
import Testing

@testable import Web

/// Servers for programs: which they see, in what pages, and what a refusal looks like.
@Suite("Servers for programs") struct ServerDoorTests {
  let clock = TestClock()
  let keys: APIKeys
  let router: Router

  init() throws {
    let store = try DataStore.inMemory(accountMigrations)
    keys = APIKeys(store: store, clock: clock.wall)
    let rates = KeyRates(volatile: try .inMemory(accountVolatileMigrations), clock: clock.wall, rate: 60)
    let gate = ProgramGate(settingKey: nil, keys: keys, rates: rates)
    router = Router(ServerDoor(gate: gate, clock: clock.wall, discord: { Self.discord }).doorways)
  }

  private static var discord: DiscordClient {
    var client = DiscordClient.failing
    client.server = { guild in
      guard guild.rawValue != "404" else { throw DiscordRefusal(status: 404, code: 10004, message: "Unknown Guild") }
      return try read(#"{"id":"\#(guild)","name":"Forge","owner_id":"5","roles":[]}"#)
    }
    client.servers = { after in
      let all: [ListedServer] = try (1...5).map {
        try read(#"{"id":"\#($0)","name":"S","icon":"a","owner":false,"permissions":"0"}"#)
      }
      return all.filter { after == nil || UInt64($0.id.rawValue)! > UInt64(after!.rawValue)! }
    }
    client.channels = { _ in
      try read(
        #"[{"id":"30","type":0,"name":"b","parent_id":"9"},{"id":"9","type":4,"name":"Cat","position":2},{"id":"100","type":15,"name":"a"}]"#
      )
    }
    client.roles = { _ in
      try read(#"[{"id":"1","name":"Staff","position":1,"color":255,"permissions":"0","managed":false}]"#)
    }
    client.emojis = { _ in throw DiscordRefusal(status: 500, code: 0, message: "no") }
    client.searchMembers = { _, text in
      if text == "secret" { throw DiscordRefusal(status: 403, code: 50001, message: "Missing Access") }
      return try read(#"[{"user":{"id":"7","username":"nelly"},"nick":"\#(text)","roles":["1"]}]"#)
    }
    return client
  }

  private static func read<Value: Decodable>(_ text: String) throws -> Value { try JSON.decode(Value.self, from: text) }

  private func key(_ scopes: [APIScope] = APIScope.ofServers, server: GuildID? = nil) throws -> String {
    try keys.create(APIKeys.Wish("test", scopes: scopes, server: server, createdBy: "test")).text
  }

  private func ask(_ path: String, _ key: String?, known: String? = nil) throws -> (Response, JSONValue) {
    let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
    var request = Request(path: parts[0], query: Fields(encoded: parts.count > 1 ? parts[1] : ""))
    request.headers["Authorization"] = key.map { "Bearer \($0)" }
    request.headers["If-None-Match"] = known
    let response = router.answer(request)
    return (response, response.body.isEmpty ? .null : try JSON.decode(JSONValue.self, from: response.body))
  }

  @Test(arguments: [
    ("/api/servers/77", #"{"id":"77","name":"Forge","owner_id":"5"}"#),
    (
      "/api/servers/77/channels",
      ##"{"items":[{"category_id":"9","id":"30","kind":"text","name":"b","position":0},{"id":"100","kind":"forum","name":"a","position":0}],"next":null}"##
    ),
    ("/api/servers/77/categories", #"{"items":[{"id":"9","name":"Cat","position":2}],"next":null}"#),
    (
      "/api/servers/77/roles",
      ##"{"items":[{"color":"#0000ff","id":"1","managed":false,"name":"Staff","position":1}],"next":null}"##
    ),
    (
      "/api/servers/77/members?query=Zo%C3%AB",
      #"{"items":[{"id":"7","name":"Zoë","roles":["1"],"username":"nelly"}],"next":null}"#
    ),
  ]) func whatIsAnswered(path: String, text: String) throws {
    let (response, body) = try ask(path, key(server: GuildID("77")))
    #expect(try response.status == 200 && JSON.text(body) == text)
    #expect(try ask(path, key()).1 == body)
  }

  @Test func aListIsReadInPages() throws {
    let key = try key()
    var path = "/api/servers?limit=2"
    var seen: [String] = []
    while true {
      let (_, page) = try ask(path, key)
      seen += page["items"]?.array?.compactMap { $0["id"]?.string } ?? []
      guard let next = page["next"]?.string else { break }
      path = "/api/servers?limit=2&cursor=\(next)"
    }
    #expect(seen == ["1", "2", "3", "4", "5"])
    let (_, first) = try ask("/api/servers/77/channels?limit=1", key)
    #expect(first["next"] == "30" && first["items"]?.array?.count == 1)
    let (_, second) = try ask("/api/servers/77/channels?limit=1&cursor=30", key)
    #expect(second["next"] == .null && second["items"]?[0]?["id"] == "100")
  }

  @Test(arguments: ["", "/channels", "/categories", "/roles", "/emojis", "/members?query=a"])
  func aKeyOfOneServerSeesNoOther(part: String) throws {
    let (response, body) = try ask("/api/servers/78\(part)", key(server: GuildID("77")))
    #expect(response.status == 404 && body["detail"] == "There is nothing at this address.")
    #expect(try ask("/api/servers/77\(part)", nil).0.status == 401)
    #expect(try ask("/api/servers/77\(part)", "ghk_a_b").0.status == 401)
    #expect(try ask("/api/servers/77\(part)", key([.runSync])).0.status == 403)
  }

  @Test func aKeyOfOneServerListsThatOne() throws {
    let (_, page) = try ask("/api/servers", key(server: GuildID("77")))
    #expect(page["items"]?.array?.map { $0["id"] } == ["77"])
  }

  @Test(arguments: [
    ("/api/servers?limit=0", 400), ("/api/servers?limit=201", 400), ("/api/servers?limit=x", 400),
    ("/api/servers?limit=1&limit=2", 400), ("/api/servers?cursor=x", 400), ("/api/servers?cursor=", 400),
    ("/api/servers/x", 404), ("/api/servers/99999999999999999999999", 404), ("/api/servers/404", 404),
    ("/api/servers/77/emojis", 503), ("/api/servers/77/members", 400), ("/api/servers/77/members?query=", 400),
    ("/api/servers/77/members?query=secret", 403),
    ("/api/servers/77/members?query=\(String(repeating: "a", count: 10_000))", 400),
  ]) func strangeQuestionsAreRefused(path: String, status: Int) throws {
    let (response, body) = try ask(path, key())
    #expect(response.status == status && body["status"] == .integer(Int64(status)))
    #expect(response.headers["Content-Type"] == "application/problem+json")
  }

  @Test(arguments: ["TAG", "W/TAG", "\"x\", TAG", "*"]) func whatIsKnownIsNotSentAgain(known: String) throws {
    let key = try key()
    let tag = try #require(try ask("/api/servers/77", key).0.headers["ETag"])
    let again = try ask("/api/servers/77", key, known: known.replacing("TAG", with: tag)).0
    #expect(again.status == 304 && again.body.isEmpty && again.headers["ETag"] == tag)
    #expect(try ask("/api/servers/77", key, known: "\"other\"").0.status == 200)
  }

  @Test func aKeyIsNotUsedMoreOftenThanItMay() throws {
    let (busy, other) = (try key(), try key())
    let statuses = try (0..<12).map { _ in try ask("/api/servers/77", busy).0.status }
    #expect(statuses == Array(repeating: 200, count: 10) + [429, 429])
    let refused = try ask("/api/servers/77", busy).0
    #expect(refused.headers["Retry-After"] == "1")
    #expect(try ask("/api/servers/77", other).0.status == 200)
    clock.advance(by: .seconds(1))
    #expect(try ask("/api/servers/77", busy).0.status == 200)
    #expect(try ask("/api/servers/77", busy).0.status == 429)
    clock.advance(by: .seconds(3600))
    #expect(try (0..<12).map { _ in try ask("/api/servers/77", busy).0.status } == statuses)
    clock.advance(by: .seconds(-3600))
    #expect(try ask("/api/servers/77", busy).0.status == 200)
  }
}
