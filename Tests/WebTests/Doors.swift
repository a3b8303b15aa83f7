import Accounts
import Basics
import Discord
import HTTP
import IssueSync
import Jobs
import Notion
import Pages
import Signatures
import Store
import TestSupport
import Upkeep

@testable import Web

/// All the doors of the house over one store, with the keys that open them.
struct Doors {
  let store: DataStore
  let router: Router
  let key: Ed25519.PrivateKey
  let clock = TestClock()

  static let notionSecret = "secret_abc"
  static let apiKey = "key-key-key"
  static let cronSecret = "cron-cron-cron"
  static let paths = [
    "/", "/health", "/ready", "/api/dashboard/stats", "/api/sync/run", "/api/cron/sync", "/discord/interactions",
    "/discord/events", "/notion/webhook",
  ]

  init(store: DataStore? = nil) throws {
    let store = try store ?? Self.memory()
    self.store = store
    let key = try Ed25519.PrivateKey(seed: Array(repeating: 7, count: 32))
    self.key = key
    let clock = clock.wall
    let keys = try SealingKeys(current: SealingKey(id: "k", hexadecimal: String(repeating: "ab", count: 32)))
    let secrets = WebhookSecrets(store: store, keys: keys, clock: clock)
    let desk = IssueDesk(
      store: store, queue: JobQueue(store: store, clock: clock), clock: clock, notion: { _, _ in .failing },
      discord: { _ in .failing })
    let signature = DiscordSignature(clock: clock, publicKey: { key.publicKey })
    let volatile = try DataStore.inMemory(accountVolatileMigrations)
    let people = Accounts.People(store: store, keys: keys, clock: clock)
    let sessions = Sessions(store: store, clock: clock)
    let attempts = OAuthAttempts(volatile: volatile, clock: clock)
    let closed = Failure(.unavailable, "Discord is not asked in this test.")
    let panel = Panel(
      publicURL: "http://hall.test", pages: try PageLibrary(targets: ["Web"]), clock: clock, store: store,
      login: Login(people: people, sessions: sessions, attempts: attempts, discord: { throw closed }),
      sessions: sessions, people: people,
      memberships: Memberships(durable: store, volatile: volatile, clock: clock, discord: { .failing }),
      bot: Panel.Bot(servers: { [] }, invitation: { _ in "" }))
    let interactions = IssueInteractions(changing: desk.changing, filing: desk.filing, clock: clock)
    let gate = ProgramGate(
      settingKey: Self.apiKey, keys: APIKeys(store: store, clock: clock),
      rates: KeyRates(volatile: volatile, clock: clock, rate: 600))
    router = Router(
      homeDoorways(panel) + panel.overviewDoorways + healthDoorways(checks: [])
        + dashboardDoorways(store: store, clock: clock, gate: gate)
        + syncDoorways(
          store: store, audit: AuditLog(clock: clock), rereading: desk.rereading, gate: gate,
          cronSecret: Self.cronSecret)
        + InteractionDoor(store: store, signature: signature, interactions: interactions.routes).doorways
        + DiscordEventDoor(signature: signature).doorways
        + NotionDoor(store: store, clock: clock, secrets: secrets, rereading: desk.rereading).doorways)
    if try secrets.secret() == nil {
      try secrets.open()
      try secrets.receive(Self.notionSecret)
    }
  }

  static let migrations =
    accountMigrations + jobMigrations + issueSyncMigrations + webMigrations + [RetentionChoices.migration]

  /// One mapping with one open issue.
  static func memory(name: String = "Bugs", title: String = "Door stuck", status: String = "Open") throws -> DataStore {
    let store = try DataStore.inMemory(migrations)
    try fill(store, name: name, title: title, status: status)
    return store
  }

  static func fill(_ store: DataStore, name: String = "Bugs", title: String = "Door stuck", status: String = "Open")
    throws
  {
    try store.write { transaction in
      try transaction.run(
        """
        INSERT INTO connections (id, service, external_id, label, sealed_token, created_at, updated_at)
        VALUES ('c', 'notion', 'b', 'W', 's', 0, 0)
        """)
      try transaction.run(
        """
        INSERT INTO sync_mappings (id, guild_id, channel_id, channel_kind, connection_id, database_id, data_source_id,
          name, roles, fixed_option, status_options, rules, created_at)
        VALUES ('m', '1000', '2000', 'text', 'c', '22222222-2222-4222-8222-222222222222',
          '11111111-1111-4111-8111-111111111111', \(name),
          '{"title":{"id":"title","type":"title"},"status":{"id":"s","type":"status"}}', 'Fixed', '["Open","Fixed"]',
          \(JSON.text(Rules())), 0)
        """)
      try transaction.run(
        """
        INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
          summary, url, is_fixed, is_removed, reported_at, edited_at, read_at)
        VALUES ('i', 'm', '1000', '00000000-0000-4000-8000-000000000001', \(title), 'LK-1', \(status), '', '', '', '', '',
          '', 0, 0, 1000, 1000, 1000)
        """)
    }
  }

  /// How many rows there are of everything that a request could have changed.
  func traces() throws -> [Int] {
    try store.read { queries in
      try ["interactions", "notion_events", "jobs", "issue_changes"].map { table -> Int in
        let sql: SQL =
          switch table {
          case "interactions": "SELECT count(*) FROM interactions"
          case "notion_events": "SELECT count(*) FROM notion_events"
          case "jobs": "SELECT count(*) FROM jobs"
          default: "SELECT count(*) FROM issue_changes"
          }
        return try queries.value(Int.self, sql) ?? 0
      }
    }
  }

  /// A request as whoever owns the door would send it.
  func request(_ path: String, _ body: [UInt8] = [], method: HTTP.Method = .post) throws -> Request {
    var request = Request(method: method, path: path, headers: ["Content-Type": "application/json"], body: body)
    switch path {
    case "/notion/webhook":
      request.headers["X-Notion-Signature"] =
        "sha256=" + hexadecimal(HMAC.sha256(key: Array(Self.notionSecret.utf8), body))
    case "/api/sync/run", "/api/dashboard/stats": request.headers["Authorization"] = "Bearer \(Self.apiKey)"
    case "/api/cron/sync": request.headers["Authorization"] = "Bearer \(Self.cronSecret)"
    default:
      let stamp = String(clock.now.seconds)
      request.headers["X-Signature-Timestamp"] = stamp
      request.headers["X-Signature-Ed25519"] = hexadecimal(key.signature(for: Array(stamp.utf8) + body))
    }
    return request
  }

  static func interaction(_ type: Int, id: String = #""1""#, data: String) -> String {
    #"{"type":\#(type),"id":\#(id),"token":"t","application_id":"9","guild_id":"1000","channel_id":"2000","data":\#(data),"#
      + #""member":{"nick":"Zoë","roles":[],"permissions":"0","user":{"id":"5","username":"z"}}}"#
  }

  static func click(_ customID: String = "issue.fix:i", id: String = #""1""#, extra: String = "") -> String {
    interaction(3, id: id, data: #"{"custom_id":"\#(customID)","component_type":2\#(extra)}"#)
  }

  static func notionEvent(
    id: String = #""e""#, page: String = #""00000000-0000-4000-8000-000000000001""#, extra: String = ""
  ) -> String {
    #"{"id":\#(id),"type":"page.properties_updated","entity":{"id":\#(page),"type":"page"}\#(extra)}"#
  }
}
