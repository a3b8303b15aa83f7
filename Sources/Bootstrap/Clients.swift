import Accounts
import Basics
import Discord
import Foundation
import Notion
import Outbound
import Signatures

/// Clients for connected services. A token is opened when it is used, so a new one holds at once.
extension Environment {
  public func discord(_ urgency: Urgency, patience: Duration = .zero) throws -> DiscordClient {
    guard let connection = try connections.discord() else {
      throw Failure(
        .unauthenticated, "No Discord application is connected. Run “guildhall discord connect” first.")
    }
    return discord(token: try connections.token(of: connection), urgency, patience: patience)
  }

  func readersDiscord() throws -> DiscordClient { try discord(.interactive, patience: Self.readersPatience) }

  /// A client for a token that is still to be tried, whatever came of it before.
  public func discord(trying token: String) throws -> DiscordClient {
    try outbound.forgetRefusals(of: budgetKey("discord", token))
    return discord(token: token, .interactive, patience: Self.operatorsPatience)
  }

  private func discord(token: String, _ urgency: Urgency, patience: Duration = .zero) -> DiscordClient {
    .live(
      outbound, base: settings[.discordURL], token: token, connection: budgetKey("discord", token), urgency: urgency,
      patience: patience)
  }

  /// Who types a command waits for a limit rather than type it again.
  private static let operatorsPatience: Duration = .seconds(20)

  /// Who looks at a page waits a little for a limit, rather than be told to come again.
  static let readersPatience: Duration = .seconds(2)

  public func notion(_ connection: String, _ urgency: Urgency, patience: Duration = .zero) throws -> NotionClient {
    guard let found = try connections.find(connection) else {
      throw Failure(.unauthenticated, "This Notion workspace is not connected any more. Connect it again.")
    }
    return notion(try connections.token(of: found), urgency, patience: patience) {
      try renewing.renewed(found.id, refused: $0)
    }
  }

  /// A client for a token that is still to be tried, whatever came of it before.
  public func notion(trying token: String) throws -> NotionClient {
    try outbound.forgetRefusals(of: budgetKey("notion", token))
    return notion(token, .interactive, patience: Self.operatorsPatience) { _ in nil }
  }

  private func notion(
    _ token: String, _ urgency: Urgency, patience: Duration,
    renewed: @escaping @Sendable (_ refused: String) throws -> String?
  ) -> NotionClient {
    .live(
      outbound, base: settings[.notionURL],
      credentials: NotionCredentials(token, budgetKey: { budgetKey("notion", $0) }, renewed: renewed), urgency: urgency,
      patience: urgency == .batch ? .seconds(90) : patience)
  }

  private var renewing: Renewing {
    Renewing(connections, sleep: { Thread.sleep(forTimeInterval: Double($0.milliseconds) / 1000) }) { refresh in
      let grant = try notionOAuth().refresh(refresh)
      return ConnectionTokens(grant.access, refresh: grant.refresh)
    }
  }

  func notionOAuth() throws -> NotionOAuth {
    guard let id = settings[.notionClientID], let secret = settings[.notionClientSecret] else {
      throw Failure(
        .unavailable, "Linking with Notion is closed while NOTION_CLIENT_ID and NOTION_CLIENT_SECRET are not set.")
    }
    return .live(
      outbound, base: settings[.notionURL],
      NotionOAuth.Application(id: id, secret: secret, redirect: "\(publicURL)/oauth/notion/callback"))
  }

  /// Lets servers use a workspace in the panel.
  public func link(_ connection: Connection, to servers: [GuildID]) throws {
    try durable.write { transaction in
      for server in servers { try connections.link(connection.id, to: server, transaction) }
    }
  }

  /// How the connection fares: what of its budget is spent, and what is held back.
  public func health(of connection: Connection) throws -> ConnectionHealth {
    let key = try budgetKey(connection.service.rawValue, connections.token(of: connection))
    return try outbound.health(of: key, at: connection.service == .discord ? .discord : .notion)
  }

  /// Names a token's budget without telling the token.
  func budgetKey(_ service: String, _ token: String) -> String {
    "\(service):\(SHA256.hexadecimalDigest(token).prefix(16))"
  }
}
