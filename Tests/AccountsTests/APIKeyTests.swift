import Accounts
import Basics
import Discord
import HTTP
import Store
import TestSupport
import Testing

@Suite("API keys") struct APIKeyTests {
  let clock = TestClock()
  let store: DataStore
  let keys: APIKeys

  init() throws {
    store = try DataStore.inMemory(accountMigrations)
    keys = APIKeys(store: store, clock: clock.wall)
  }

  private func make(_ change: (inout APIKeys.Wish) -> Void = { _ in }) throws -> (key: APIKey, text: String) {
    var wish = APIKeys.Wish("Grafana", scopes: [.readStats], createdBy: "test")
    change(&wish)
    return try keys.create(wish)
  }

  private func refusal(
    _ text: String, _ scope: APIScope = .readStats, server: GuildID? = nil, from address: String = "192.0.2.1"
  ) -> Failure? {
    #expect(throws: Failure.self) { try keys.require(scope, server: server, bearer: text, from: address) }
  }

  @Test func aKeyOpensWhatItIsFor() throws {
    let (key, text) = try make()
    #expect(text.hasPrefix("ghk_\(key.id)_") && text.utf8.count == 4 + 8 + 1 + 43)
    #expect(try keys.require(.readStats, server: nil, bearer: text, from: "192.0.2.1").id == key.id)
    #expect(try keys.require(.readStats, server: GuildID("1"), bearer: text, from: "192.0.2.1").id == key.id)
  }

  @Test func theTextIsNowhereInTheStore() throws {
    let (_, text) = try make()
    let row = try #require(try store.read { try $0.rows("SELECT * FROM api_keys").first })
    #expect(!"\(row.values)".contains(text.suffix(43)))
  }

  @Test(arguments: ["", "ghk", "ghk__", "ghk_aaaaaaaa_", "Bearer", "ghk_'_x"])
  func whatIsNoKeyIsNotKnown(_ text: String) throws {
    _ = try make()
    #expect(refusal(text)?.kind == .unauthenticated)
  }

  @Test func oneWrongCharacterIsNotKnown() throws {
    let text = try make().text
    #expect(refusal(String(text.dropLast()) + (text.last == "a" ? "b" : "a"))?.kind == .unauthenticated)
  }

  @Test func refusalsSayWhy() throws {
    let plain = try make().text
    #expect(refusal(plain, .runSync)?.sentence.contains("sync:run") == true)
    let bound = try make { $0.addresses = [AddressRange("10.0.0.0/8")!] }.text
    #expect(refusal(bound, from: "192.0.2.1")?.sentence.contains("192.0.2.1") == true)
    try store.write { try $0.run("UPDATE api_keys SET addresses = 'another version''s' WHERE addresses = ''") }
    #expect(refusal(plain)?.kind == .denied)
    #expect(try keys.list().count == 2, "and is listed, so that it can be taken back")
    #expect(throws: Never.self) { try keys.require(.readStats, server: nil, bearer: bound, from: "10.9.8.7") }
    let local = try make { $0.server = GuildID("7") }.text
    #expect(refusal(local, server: GuildID("8"))?.kind == .notFound)
    #expect(refusal(local, server: nil)?.kind == .denied)
    #expect(throws: Never.self) { try keys.require(.readStats, server: GuildID("7"), bearer: local, from: "::1") }
  }

  @Test func aKeyEnds() throws {
    let (_, brief) = try make { $0.expiresAt = clock.now + .seconds(60) }
    #expect(throws: Never.self) { try keys.require(.readStats, server: nil, bearer: brief, from: "::1") }
    clock.advance(by: .seconds(60))
    #expect(refusal(brief)?.sentence.contains("expired") == true)
    let (key, text) = try make()
    try keys.revoke(key.id)
    try keys.revoke(key.id)
    #expect(refusal(text)?.sentence.contains("revoked") == true)
    #expect(throws: Failure.self) { try keys.revoke("nobody") }
  }

  @Test func theLastUseIsKeptToTheMinute() throws {
    let (key, text) = try make()
    let first = clock.now
    func use() throws -> Timestamp? {
      _ = try keys.require(.readStats, server: nil, bearer: text, from: "::1")
      return try keys.list().first { $0.id == key.id }?.lastUsedAt
    }
    #expect(try use() == first)
    clock.advance(by: .seconds(59))
    #expect(try use() == first)
    clock.advance(by: .seconds(1))
    #expect(try use() == first + .seconds(60))
  }

  @Test func wishesThatCannotBe() {
    #expect(throws: Failure.self) { try make { $0.label = "" } }
    #expect(throws: Failure.self) { try make { $0.scopes = [] } }
    #expect(throws: Failure.self) { try make { $0.expiresAt = clock.now } }
  }

  @Test func aListOfOneServerHoldsNothingElse() throws {
    _ = try make()
    let (key, _) = try make { $0.server = GuildID("7") }
    #expect(try keys.list(server: GuildID("7")).map(\.id) == [key.id])
    #expect(try keys.list().count == 2)
  }
}
