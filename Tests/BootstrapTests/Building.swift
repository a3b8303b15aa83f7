import Accounts
import Basics
import Discord
import Foundation
import HTTP
import Pages
import Signatures
import Store
import TestSupport
import Web

@testable import Bootstrap

/// The whole responder of a hall with two servers, in memory but for its files: all doors, and nobody to call far away.
struct Building {
  static let here = GuildID("1111")!
  static let there = GuildID("2222")!
  static let visitor = UserID("42")!

  let folder: TemporaryDirectory
  let environment: Environment
  let doorways: [Doorway]
  let router: Router

  init() throws {
    folder = try TemporaryDirectory()
    let settings = try folder.write(
      """
      STATE_DIR=\(folder.path)/state
      PUBLIC_URL=http://hall.test
      ENCRYPTION_KEYS=test:\(String(repeating: "ab", count: 32))
      DISCORD_API_URL=http://127.0.0.1:1/api/v10
      NOTION_API_URL=http://127.0.0.1:1/v1
      PLAIN_HOSTS=127.0.0.1:1
      API_KEY=the-api-key-of-the-settings
      CRON_SECRET=the-secret-of-the-schedulers
      """, to: "guildhall.conf")
    _ = try Environment.migrate(settingsFile: settings)
    environment = try Environment(.responder, settingsFile: settings)
    doorways = environment.doorways(pages: try PageLibrary(targets: ["Web"]))
    router = Router(doorways)
    try fill()
  }

  /// A session of the visitor, and a mapping with an issue, a dead job and a key in each server.
  private func fill() throws {
    _ = try environment.connections.keep(
      .discord, externalID: "9", label: "Bot", publicKey: String(repeating: "ab", count: 32),
      tokens: ConnectionTokens("token"))
    try environment.durable.write { transaction in
      try transaction.run(
        """
        INSERT INTO people (user_id, name, servers, servers_at, created_at) VALUES (\(Self.visitor), 'Nelly', '[]',
          \(Timestamp.now), 0)
        """)
      try transaction.run(
        """
        INSERT INTO sessions (id, token_digest, user_id, browser, created_at, seen_at) VALUES ('session',
          \(SHA256.hexadecimalDigest(Self.token)), \(Self.visitor), 'Test', \(Timestamp.now), \(Timestamp.now))
        """)
      for server in [Self.here, Self.there] { try fill(server, transaction) }
    }
  }

  private func fill(_ server: GuildID, _ transaction: WriteTransaction) throws {
    let token = try environment.keys.seal(
      Array("token".utf8), for: "connections|\(id("connection", server))|sealed_token")
    try transaction.run(
      """
      INSERT INTO connections (id, service, external_id, label, sealed_token, created_at, updated_at)
      VALUES (\(id("connection", server)), 'notion', \(id("bot", server)), 'Studio', \(token), 0, 0)
      """)
    try transaction.run(
      """
      INSERT INTO connection_servers (connection_id, guild_id, linked_at) VALUES (\(id("connection", server)), \(server), 0)
      """)
    try transaction.run(
      """
      INSERT INTO sync_mappings (id, guild_id, channel_id, channel_kind, connection_id, database_id, data_source_id, name,
        roles, fixed_option, status_options, rules, created_at)
      VALUES (\(id("mapping", server)), \(server), '2', 'text', \(id("connection", server)), \(notionID(1, server)), \(notionID(2, server)),
        'Bugs', \(Self.roles), 'Done', '["Open","Done"]', '{}', 0)
      """)
    try transaction.run(
      """
      INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
        summary, url, is_fixed, is_removed, reported_at, edited_at, read_at)
      VALUES (\(id("issue", server)), \(id("mapping", server)), \(server), \(notionID(3, server)), 'Door stuck', '', 'Open',
        '', '', '', '', '', '', 0, 0, 0, 0, 0)
      """)
    try transaction.run(
      """
      INSERT INTO jobs (id, kind, lane, gate, guild_id, payload, priority, state, run_at, created_at, updated_at)
      VALUES (\(id("job", server)), 'issue.deliver', \(id("lane", server)), 'g', \(server), '{}', 0, 'dead', 0, 0, 0)
      """)
    try transaction.run(
      """
      INSERT INTO api_keys (id, server_id, label, digest, scopes, addresses, created_by, created_at)
      VALUES (\(id("key", server)), \(server), 'Deploy', 'x', 'stats:read', '', 'test', 0)
      """)
  }

  private static let roles = #"{"title":{"id":"t","type":"title"},"status":{"id":"s","type":"status"}}"#

  /// The id of a thing in a server, by the name that addresses have for it.
  func id(_ kind: String, _ server: GuildID) -> String { "\(kind)-\(server)" }

  private func notionID(_ kind: Int, _ server: GuildID) -> String {
    "0000000\(kind)-0000-4000-8000-00000000\(server)"
  }

  // MARK: Asking

  static let token = String(repeating: "t", count: 43)
  static let formKey = SHA256.hexadecimalDigest("form|\(token)")

  /// Discord said a moment ago that the visitor has this standing here, and none elsewhere.
  func give(_ standing: Standing) throws {
    let rights = standing == .admin ? Rights.administrator : standing == .manager ? .manageServer : []
    try environment.volatile.write { transaction in
      try transaction.run("DELETE FROM memberships WHERE user_id = \(Self.visitor)")
      for (server, isMember) in [(Self.here, standing != .stranger), (Self.there, false)] {
        try transaction.run(
          """
          INSERT INTO memberships (guild_id, user_id, name, rights, is_owner, is_member, roles, checked_at)
          VALUES (\(server), \(Self.visitor), 'Nelly', \(String(rights.rawValue)), \(standing == .owner && isMember),
            \(isMember), '["7"]', \(Timestamp.now))
          """)
      }
    }
    try environment.durable.write {
      let granted = RoleGrants.grantable.contains(standing) && standing != .manager ? standing : nil
      try RoleGrants.set(granted, for: RoleID("7")!, in: Self.here, $0)
    }
  }

  /// - Parameter things: the server whose things the address names.
  func ask(_ doorway: Doorway, as user: Bool, thingsOf things: GuildID = here) -> Response {
    let path = doorway.route.pattern.split(separator: "/").map { segment -> String in
      guard segment.hasPrefix(":") else { return String(segment) }
      let name = String(segment.dropFirst())
      return name == "server" ? Self.here.rawValue : id(name, things)
    }.joined(separator: "/")
    var request = Request(method: doorway.route.method, path: "/" + path)
    request.headers["Accept"] = "text/html"
    if user { request.headers["Cookie"] = "guildhall=\(Self.token)" }
    if doorway.route.method == .post {
      request.headers["Content-Type"] = "application/x-www-form-urlencoded"
      request.body = Array("csrf=\(Self.formKey)".utf8)
    }
    // What Discord said a moment ago it has still said a moment ago, however long the test takes.
    try? environment.volatile.write { try $0.run("UPDATE memberships SET checked_at = \(Timestamp.now)") }  // asked, it fails
    return router.answer(request)
  }

  /// How many rows there are, but in the log of who was refused.
  func rows() throws -> [String: Int] {
    try environment.durable.read { queries in
      let tables = try queries.tables().filter { !$0.hasPrefix("audit_") }
      return Dictionary(
        uniqueKeysWithValues: try tables.map {
          ($0, try queries.value("SELECT count(*) FROM \(identifier: $0)") ?? 0)
        })
    }
  }

  func refusals() throws -> Int {
    try environment.durable.read { try $0.value("SELECT count(*) FROM audit_log WHERE outcome = 'denied'") ?? 0 }
  }
}
