import Accounts
import Basics
import Discord
import Foundation
import HTTP
import IssueSync
import Jobs
import Notion
import Signatures
import Store
import TestSupport
import Testing

@testable import Web

@Suite("The door of Notion's events")
struct NotionDoorTests {
  private let store: DataStore
  private let clock = TestClock()
  private let secrets: WebhookSecrets
  private let router: Router
  private let page = "393abc1e-edcd-8169-b5ce-c64d3d3f20fd"

  init() throws {
    store = try .inMemory(
      accountMigrations + jobMigrations + issueSyncMigrations + webMigrations)
    let keys = try SealingKeys(current: SealingKey(id: "k", hexadecimal: String(repeating: "ab", count: 32)))
    secrets = WebhookSecrets(store: store, keys: keys, clock: clock.wall)
    let desk = IssueDesk(
      store: store, queue: JobQueue(store: store, clock: clock.wall), clock: clock.wall, notion: { _, _ in .failing },
      discord: { _ in .failing })
    let door = NotionDoor(
      store: store, clock: clock.wall, secrets: secrets,
      rereading: desk.rereading)
    router = Router(door.doorways)
    try store.write { transaction in
      try transaction.run(
        """
        INSERT INTO connections (id, service, external_id, label, sealed_token, created_at, updated_at)
        VALUES ('c', 'notion', 'b', 'W', 's', 0, 0)
        """)
      try transaction.run(
        """
        INSERT INTO sync_mappings (id, guild_id, channel_id, channel_kind, connection_id, database_id, data_source_id, name,
          roles, fixed_option, status_options, rules, created_at)
        VALUES ('m', '1', '2', 'text', 'c', '22222222-2222-4222-8222-222222222222',
          '11111111-1111-4111-8111-111111111111', 'Bugs',
          '{"title":{"id":"title","type":"title"},"status":{"id":"s","type":"status"}}', 'Fixed', '[]',
          \(JSON.text(Rules())), 0)
        """)
    }
  }

  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] != nil,
      "GUILDHALL_SHARED is not set: recorded events are not decoded"))
  func everyRecordedEventIsTaken() throws {
    try secrets.open()
    #expect(try post(#"{"verification_token":"secret_abc"}"#) == 200)
    let path = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"]! + "/fixtures/notion/webhook-events.json"
    let events = try JSON.decode([JSONValue].self, from: try #require(FileManager.default.contents(atPath: path)))
    #expect(events.count > 10)
    for event in events {
      #expect(
        try post(JSON.text(try #require(event["body"])), secret: "secret_abc") == 200, "\(event["name"] ?? .null)")
    }
  }

  private func post(_ body: String, secret: String? = nil, signature: String? = nil) throws -> Int {
    var request = Request(method: .post, path: "/notion/webhook", body: Array(body.utf8))
    let signed = secret.map { "sha256=" + hexadecimal(HMAC.sha256(key: Array($0.utf8), Array(body.utf8))) }
    request.headers["X-Notion-Signature"] = signature ?? signed
    return router.answer(request).status
  }

  private func event(_ id: String, source: String = "11111111-1111-4111-8111-111111111111", type: String = "page")
    -> String
  {
    #"{"id":"\#(id)","type":"page.properties_updated","entity":{"id":"\#(page)","type":"\#(type)"},"#
      + #""data":{"parent":{"id":"x","type":"database","data_source_id":"\#(source)"}}}"#
  }

  private func jobs() throws -> Int { try store.read { try $0.value(Int.self, "SELECT count(*) FROM jobs") ?? 0 } }

  private func handShake(_ secret: String = "secret_abc") throws {
    try secrets.open()
    #expect(try post(#"{"verification_token":"\#(secret)"}"#) == 200)
  }

  @Test func theTokenIsTakenOnceAndOnlyWhileSomebodyWaits() throws {
    #expect(try post(#"{"verification_token":"secret_evil"}"#) == 403)
    try handShake()
    #expect(try post(#"{"verification_token":"secret_evil"}"#) == 403)
    #expect(try secrets.secret() == "secret_abc")
    try secrets.open()
    clock.advance(by: .seconds(601))
    #expect(try post(#"{"verification_token":"secret_late"}"#) == 403)
    #expect(try secrets.secret() == "secret_abc")
  }

  @Test func aSignedEventIsAHintOnce() throws {
    try handShake()
    #expect(try post(event("e1"), secret: "secret_abc") == 200)
    #expect(try post(event("e1"), secret: "secret_abc") == 200)
    #expect(try jobs() == 1)
    #expect(try post(event("e2"), secret: "secret_abc") == 200)
    #expect(try jobs() == 1, "two hints for one page are one wish")
  }

  @Test func eventsOfOtherTablesAndKindsAreKeptAndDoNothing() throws {
    try handShake()
    #expect(try post(event("e1", source: "99999999-9999-4999-8999-999999999999"), secret: "secret_abc") == 200)
    #expect(try post(event("e2", type: "database"), secret: "secret_abc") == 200)
    #expect(try jobs() == 0)
  }

  @Test(arguments: ["", "sha256=", "sha256=00", "sha256=zz", "sha1=aa", String(repeating: "a", count: 64)])
  func aBadSignatureIs401(signature: String) throws {
    try handShake()
    #expect(try post(event("e1"), signature: signature) == 401)
    #expect(try post(event("e1"), secret: "another") == 401)
    #expect(try jobs() == 0)
  }

  @Test func withoutASecretEverythingIs401() throws {
    #expect(try post(event("e1"), secret: "secret_abc") == 401)
  }

  @Test(arguments: ["", "null", "{}", "[1]", #"{"id":"x"}"#])
  func aSignedBodyThatIsNoEventIs400(body: String) throws {
    try handShake()
    #expect(try post(body, secret: "secret_abc") == 400)
  }
}

@Suite("Asking for a sync")
struct SyncRoutesTests {
  private func router(apiKey: String?, cronSecret: String?) throws -> Router {
    let store = try DataStore.inMemory(accountMigrations + jobMigrations + issueSyncMigrations)
    let gate = ProgramGate(
      settingKey: apiKey, keys: APIKeys(store: store, clock: .system),
      rates: KeyRates(volatile: try DataStore.inMemory(accountVolatileMigrations), clock: .system, rate: 600))
    let desk = IssueDesk(
      store: store, queue: JobQueue(store: store, clock: .system), clock: .system, notion: { _, _ in .failing },
      discord: { _ in .failing })
    return Router(
      syncDoorways(
        store: store, audit: AuditLog(clock: .system), rereading: desk.rereading, gate: gate, cronSecret: cronSecret)
        + dashboardDoorways(store: store, clock: .system, gate: gate))
  }

  @Test(arguments: [
    ("POST", "/api/sync/run", "Bearer key-key-key", 202), ("POST", "/api/sync/run", "Bearer cron-cron", 401),
    ("POST", "/api/sync/run", "key-key-key", 401), ("POST", "/api/sync/run", nil, 401),
    ("GET", "/api/sync/run", "Bearer key-key-key", 405), ("GET", "/api/cron/sync", "Bearer cron-cron", 202),
    ("POST", "/api/cron/sync", "Bearer cron-cron", 202), ("GET", "/api/cron/sync", "Bearer key-key-key", 401),
  ])
  func onlyTheRightSecretOpens(method: String, path: String, header: String?, status: Int) throws {
    var request = Request(method: HTTP.Method(rawValue: method), path: path)
    request.headers["Authorization"] = header
    #expect(try router(apiKey: "key-key-key", cronSecret: "cron-cron").answer(request).status == status)
  }

  @Test func whatIsNotSetIsClosed() throws {
    var request = Request(method: .post, path: "/api/sync/run")
    request.headers["Authorization"] = "Bearer "
    #expect(try router(apiKey: nil, cronSecret: nil).answer(request).status == 401)
  }

  @Test func namesOfPeopleNeedTheKey() throws {
    var request = Request(path: "/api/dashboard/stats")
    let router = try router(apiKey: "key-key-key", cronSecret: nil)
    let open = try JSON.decode(JSONValue.self, from: router.answer(request).body)
    #expect(open["total"] == 0 && open["days"]?.array?.count == 30 && open["by_assignee"] == nil)
    request.headers["Authorization"] = "Bearer key-key-key"
    #expect(try JSON.decode(JSONValue.self, from: router.answer(request).body)["by_assignee"] != nil)
  }
}
