import Basics
import HTTP
import SandboxStage
import Store

/// Connections as the workspace's settings show them, and what tests pull around tokens.
extension Workspace {
  private static let address = "/sandbox/notion/connections"

  var connectionRoutes: [Route] {
    [
      .get(Self.address) { request, _ in
        let lines = try read { transaction in try transaction.connections().map { try line($0, transaction) } }
        guard request.prefersPage else { return try .json(lines) }
        return try stage.pages.page(
          "notion-connections", data: ConnectionsView(lines: lines, isEmpty: lines.isEmpty), title: "Connections")
      },
      .post(Self.address + "/:bot_id") { request, path in
        let form = try request.form()
        if form["do"] == "disconnect" { try write { try $0.disconnect(path["bot_id"]) } }
        if form["do"] == "expire" { try expire(Expiry(bot: path["bot_id"], refresh: false)) }
        return .seeOther(Self.address)
      },
      .delete(Self.address + "/:bot_id") { _, path in
        try write { try $0.disconnect(path["bot_id"]) }
        return .empty()
      },
      .post("/sandbox/notion/oauth/expire") { request, _ in
        try expire(request.json())
        return .empty()
      },
      .get("/sandbox/notion/oauth") { _, _ in try .json(grants.current) },
      .put("/sandbox/notion/oauth") { request, _ in
        grants.change(to: try request.json())
        return try .json(grants.current)
      },
    ]
  }

  private struct Expiry: Decodable {
    /// Whose tokens; nil for all.
    let bot: String?
    /// Whether the refresh tokens become invalid too.
    let refresh: Bool?

    enum CodingKeys: String, CodingKey {
      case bot = "bot_id"
      case refresh
    }
  }

  private func expire(_ order: Expiry) throws {
    let refresh = order.refresh ?? false
    try write { transaction in
      _ = try transaction.run(
        """
        UPDATE notion_tokens SET is_expired = 1, refresh = CASE WHEN \(refresh) THEN NULL ELSE refresh END
        WHERE \(order.bot) IS NULL OR bot_id = \(order.bot)
        """)
    }
  }

  private func line(_ connection: Connection, _ transaction: ReadTransaction) throws -> ConnectionLine {
    let pairs = try transaction.pairs(of: connection.botID)
    let titles = try transaction.pickable().filter { connection.picked.contains($0.id) }.map(\.title)
    return ConnectionLine(
      botID: connection.botID, user: connection.user,
      name: try transaction.users().first { $0.id == connection.user }?.name ?? "",
      picked: connection.picked, shared: titles.joined(separator: ", "),
      working: pairs.count { !$0.isExpired }, refreshable: pairs.count { $0.refresh != nil })
  }
}

struct ConnectionLine: Encodable {
  let botID: String
  let user: String
  let name: String
  let picked: [String]
  let shared: String
  /// Access tokens that work, and refresh tokens that do.
  let working: Int
  let refreshable: Int

  enum CodingKeys: String, CodingKey {
    case botID = "bot_id"
    case user = "user_id"
    case name, picked, shared
    case working = "access_tokens"
    case refreshable = "refresh_tokens"
  }
}

struct ConnectionsView {
  let lines: [ConnectionLine]
  let isEmpty: Bool
}
