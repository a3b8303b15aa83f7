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

/// The panel over a store in memory, with somebody of every standing logged in. Server 1000 has a mapping with one issue
/// (`Doors.fill`), server 77 is somebody else's.
struct PanelHall {
  let store: DataStore
  let clock = TestClock()
  let router: Router
  let doorways: [Doorway]
  private let tokens: [Standing: String]
  private let folder: TemporaryDirectory
  private let volatile: DataStore

  init(name: String = "Bugs", title: String = "Door stuck", status: String = "Open") throws {
    let store = try Doors.memory(name: name, title: title, status: status)
    self.store = store
    let wall = clock.wall
    let keys = try SealingKeys(current: SealingKey(id: "k", hexadecimal: String(repeating: "ab", count: 32)))
    let volatile = try DataStore.inMemory(accountVolatileMigrations)
    self.volatile = volatile
    let people = Accounts.People(store: store, keys: keys, clock: wall)
    let sessions = Sessions(store: store, clock: wall)
    let closed = Failure(.unavailable, "Discord is not asked in this test.")
    let panel = Panel(
      publicURL: "http://hall.test", pages: try PageLibrary(targets: ["Web"]), clock: wall, store: store,
      login: Login(
        people: people, sessions: sessions, attempts: OAuthAttempts(volatile: volatile, clock: wall),
        discord: { throw closed }),
      sessions: sessions, people: people,
      memberships: Memberships(durable: store, volatile: volatile, clock: wall, discord: { Self.discord }),
      bot: Panel.Bot(servers: { [GuildID("1000")!] }, invitation: { _ in "" }))
    let queue = JobQueue(store: store, clock: wall)
    let desk = IssueDesk(
      store: store, queue: queue, clock: wall, notion: { _, _ in .failing }, discord: { _ in .failing })
    folder = try TemporaryDirectory()
    let records = PersonalRecords(
      durable: store, volatile: volatile, entries: accountPersonalData + desk.personalData + webPersonalData,
      tombstones: folder.file("erasures.jsonl"), clock: wall)
    doorways =
      panel.overviewDoorways + panel.issueDoorways(desk.changing) + panel.jobDoorways(queue) + panel.auditDoorways
      + PersonPages(panel: panel, records: records).doorways
      + SettingsPages(
        panel: panel, keys: APIKeys(store: store, clock: wall), retentions: Self.retentions, roles: { _ in Self.roles }
      ).doorways
    router = Router(doorways + panel.loginDoorways)
    tokens = try Self.logIn(sessions, store, volatile, at: clock.now)
  }

  private static let retentions = [
    Retention(
      "values", in: "audit_details", keep: .seconds(730 * 86_400), chosen: .init("chain", days: 30...3650), because: "r"
    ) {
      "at < \($0)"
    },
    Retention(
      "changes", in: "issue_changes", keep: .seconds(400 * 86_400), chosen: .init("guild_id", days: 30...1100),
      because: "r"
    ) {
      "at < \($0)"
    },
    Retention("jobs", in: "jobs", keep: .seconds(86_400), because: "r") { "at < \($0)" },
  ]

  /// Those that the standings of the hall are given by, and two more.
  private static var roles: [ServerRole] {
    let ids = [31, 32] + Standing.allCases.indices.map { 900 + $0 }
    let text = ids.map {
      #"{"id":"\#($0)","name":"Role \#($0)","position":\#($0),"color":0,"permissions":"0","managed":false}"#
    }
    return try! JSON.decode([ServerRole].self, from: "[\(text.joined(separator: ","))]")  // a literal
  }

  /// What Discord says once it is asked again, the same as what is remembered at first.
  private static var discord: DiscordClient {
    var client = DiscordClient.failing
    client.server = { guild in
      let roles = [(904, Rights.manageServer), (905, Rights.administrator)].map {
        #"{"id":"\#($0)","name":"r","position":1,"color":0,"permissions":"\#($1.rawValue)","managed":false}"#
      }
      let owner = guild.rawValue == "1000" ? "506" : "1"
      return try JSON.decode(
        Server.self,
        from: #"{"id":"\#(guild)","name":"S","owner_id":"\#(owner)","roles":[\#(roles.joined(separator: ","))]}"#)
    }
    client.member = { guild, user in
      guard guild.rawValue == "1000", let number = Int(user.rawValue), number > 500 else {
        throw DiscordRefusal(status: 404, code: 10007, message: "Unknown Member")
      }
      return try JSON.decode(Member.self, from: #"{"nick":"Zoë","roles":["\#(number + 400)"]}"#)
    }
    return client
  }

  private static func logIn(_ sessions: Sessions, _ store: DataStore, _ volatile: DataStore, at now: Timestamp) throws
    -> [Standing: String]
  {
    var tokens: [Standing: String] = [:]
    for (number, standing) in Standing.allCases.enumerated() {
      let user = UserID("\(500 + number)")!
      let role = "\(900 + number)"
      tokens[standing] = try store.write { transaction in
        try transaction.run(
          "INSERT INTO people (user_id, name, servers, servers_at, created_at) VALUES (\(user), 'Zoë', '[]', 0, 0)")
        if [.viewer, .staff].contains(standing) {
          try transaction.run(
            "INSERT INTO role_grants (guild_id, role_id, standing) VALUES ('1000', \(role), \(standing))")
        }
        return try sessions.start(user, browser: "test", transaction)
      }
      let rights: Rights = standing == .admin ? .administrator : standing == .manager ? .manageServer : []
      try volatile.write { transaction in
        for guild in ["1000", "77"] {
          try transaction.run(
            """
            INSERT INTO memberships (guild_id, user_id, name, rights, is_owner, is_member, roles, checked_at)
            VALUES (\(guild), \(user), 'Zoë', \(String(rights.rawValue)), \(guild == "1000" && standing == .owner),
              \(guild == "1000" && standing != .stranger), \(JSON.text([role])), \(now))
            """)
        }
      }
    }
    return tokens
  }

  func get(_ path: String, as standing: Standing? = .owner) -> (status: Int, html: String, headers: Headers) {
    let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
    var request = Request(path: parts[0], query: Fields(encoded: parts.count > 1 ? parts[1] : ""))
    return answer(&request, as: standing)
  }

  /// Sends a form with the key that its page would have held.
  func post(_ path: String, _ fields: Fields = [:], as standing: Standing? = .owner, isOurs: Bool = true)
    -> (status: Int, html: String, headers: Headers)
  {
    var fields = fields
    if isOurs { fields.add("csrf", SHA256.hexadecimalDigest("form|\(standing.flatMap { tokens[$0] } ?? "")")) }
    var request = Request(method: .post, path: path, body: Array(fields.encoded.utf8))
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    return answer(&request, as: standing)
  }

  private func answer(_ request: inout Request, as standing: Standing?) -> (Int, String, Headers) {
    // What Discord said of everybody it has said a moment ago, however long the test takes.
    try? volatile.write { try $0.run("UPDATE memberships SET checked_at = \(clock.now)") }  // in memory: cannot fail
    request.headers["Accept"] = "text/html"
    if let standing, let token = tokens[standing] { request.headers["Cookie"] = "guildhall=\(token)" }
    let response = router.answer(request)
    return (response.status, String(decoding: response.body, as: UTF8.self), response.headers)
  }

  func add(issue id: String, guild: String = "1000", title: String, number: String = "LK-9", url: String = "") throws {
    try store.write { transaction in
      if guild != "1000" {
        try transaction.run(
          """
          INSERT INTO sync_mappings (id, guild_id, channel_id, channel_kind, connection_id, database_id, data_source_id,
            name, roles, fixed_option, status_options, rules, created_at)
          SELECT \("m" + guild), \(guild), '3000', channel_kind, connection_id, database_id, data_source_id, name, roles,
            fixed_option, status_options, rules, created_at FROM sync_mappings WHERE id = 'm'
          """)
      }
      try transaction.run(
        """
        INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
          summary, url, is_fixed, is_removed, reported_at, edited_at, read_at)
        VALUES (\(id), \(guild == "1000" ? "m" : "m" + guild), \(guild), \(UUIDv7.make()), \(title), \(number), 'Open', 'High',
          \(title), '', '', \(title), \(url), 0, 0, 1000, 1000, 1000)
        """)
    }
  }

  func addDeadJob(
    _ id: String, guild: String? = "1000", issue: String = "i", error: String = "Notion said no. [HTTP 400]"
  ) throws {
    try store.write {
      try $0.run(
        """
        INSERT INTO jobs (id, kind, lane, gate, guild_id, payload, priority, state, run_at, attempts, last_error, created_at,
          updated_at)
        VALUES (\(id), 'issue.deliver', \("issue:" + issue), 'g', \(guild), '{}', 10, 'dead', 0, 3, \(error), 0, 0)
        """)
    }
  }

  func count(_ sql: SQL) throws -> Int { try store.read { try $0.value(Int.self, sql) ?? 0 } }
}
