import Accounts
import Basics
import Discord
import HTTP
import Notion
import Store

/// The services a server's hall is wired to.
public struct ConnectionPages: Sendable {
  let panel: Panel
  let connections: Connections
  let notion: Linking
  /// What the bot may and may not do in the channels of a server that are in use.
  let channels: @Sendable (GuildID) throws -> [ChannelCheck]
  /// Names of the mappings of a server that read a workspace.
  let uses: @Sendable (_ connection: String, GuildID) throws -> [String]

  /// Calls to Notion for linking.
  public struct Linking: Sendable {
    /// Throws where no public integration is set up.
    let oauth: @Sendable () throws -> NotionOAuth
    /// Tries a token.
    let bot: @Sendable (_ token: String) throws -> Bot
    let attempts: OAuthAttempts

    public init(
      oauth: @escaping @Sendable () throws -> NotionOAuth, bot: @escaping @Sendable (String) throws -> Bot,
      attempts: OAuthAttempts
    ) {
      self.oauth = oauth
      self.bot = bot
      self.attempts = attempts
    }
  }

  /// A channel, and what the bot lacks there.
  public struct ChannelCheck: Sendable {
    public let name: String
    /// Nil where all is well.
    public let problem: String?

    public init(name: String, problem: String?) {
      self.name = name
      self.problem = problem
    }
  }

  public init(
    panel: Panel, connections: Connections, notion: Linking,
    channels: @escaping @Sendable (GuildID) throws -> [ChannelCheck],
    uses: @escaping @Sendable (String, GuildID) throws -> [String]
  ) {
    self.panel = panel
    self.connections = connections
    self.notion = notion
    self.channels = channels
    self.uses = uses
  }

  public var doorways: [Doorway] {
    [
      panel.page("/connections", .seeConnections) { visit in try show(visit) },
      panel.form("/connections/notion", .manageConnections) { visit, fields in try paste(visit, fields) },
      panel.form("/connections/:connection/unlink", .manageConnections) { visit, _ in try unlink(visit) },
      panel.ownPage("/oauth/notion/start") { try start($0) },
      panel.ownPage("/oauth/notion/callback") { visitor in try comeBack(visitor) },
      panel.ownForm("/account/connections/:connection/unlink") { visitor, _ in try unlinkOwn(visitor) },
    ]
  }

  func show(_ visit: Visit, fault: String? = nil) throws -> Response {
    let view = try ConnectionsView(
      discord: connections.discord(), notion: connections.notion(of: visit.guild),
      channels: Result { try channels(visit.guild) }.mapError { Failure($0) }, canLink: canLink,
      mayManage: visit.may(.manageConnections),
      fault: fault, visit, now: panel.present(visit))
    return try panel.show("connections", view, title: "Connections", to: visit, status: fault == nil ? 200 : 422)
  }

  private var canLink: Bool { (try? notion.oauth()) != nil }  // why not is the operator's affair

  // MARK: By a token

  private func paste(_ visit: Visit, _ fields: Fields) throws -> Response {
    let token = (fields["token"] ?? "").filter { !$0.isWhitespace }
    guard !token.isEmpty, token.utf8.count <= 200 else {
      return try show(visit, fault: "Paste the integration's token: it begins with “ntn_” or “secret_”.")
    }
    let bot: Bot
    do { bot = try notion.bot(token) } catch let failure as Failure where failure.kind == .unauthenticated {
      return try show(visit, fault: "Notion does not accept this token. Copy it again from the integration's page.")
    }
    _ = try connections.keep(
      .notion, externalID: bot.id.rawValue, label: bot.workspace ?? bot.name ?? "Notion",
      tokens: ConnectionTokens(token), alongside: linking(visit.visitor, visit))
    return Notice.workspaceLinked.at(visit.address("connections"))
  }

  /// Written in the transaction that keeps a workspace: whose it is, and who linked it.
  /// - Parameter visit: to the server it is for; nil: it is the visitor's own.
  private func linking(_ visitor: Visitor, _ visit: Visit?) -> (Connection, WriteTransaction) throws -> Void {
    { connection, transaction in
      let target = AuditTarget("connection", connection.id, name: connection.label)
      if let visit {
        try connections.link(connection.id, to: visit.guild, transaction)
      } else {
        try connections.link(connection.id, toPerson: visitor.person.id, transaction)
      }
      let entry = visit?.entry(.connected, on: target) ?? visitor.entry(.connected, on: target)
      try panel.audit.record(entry, in: transaction)
    }
  }

  // MARK: By OAuth

  /// To Notion's page of consent: for a server, or (without one) for the visitor alone. A link, not a form, because
  /// forms of ours may lead nowhere but here (`form-action`).
  private func start(_ visitor: Visitor) throws -> Response {
    let request = visitor.request
    let server = request.query["server"]
    if let server {
      guard let guild = GuildID(server) else { throw Failure.nothingHere }
      _ = try panel.visit(visitor, in: guild, for: .manageConnections, at: "GET /oauth/notion/start")
    }
    let oauth = try notion.oauth()
    let attempt = try notion.attempts.begin(
      "notion", browserKey: panel.browserKey(request),
      purpose: ["user": visitor.person.id.rawValue, "server": server ?? ""])
    return panel.sending(attempt, to: oauth.address(attempt.state))
  }

  /// Back from it. What was decided there holds for whoever began, and for what they still may.
  private func comeBack(_ visitor: Visitor) throws -> Response {
    let request = visitor.request
    let attempt = try notion.attempts.finish(
      "notion", state: request.query["state"], browserKey: panel.browserKey(request))
    guard attempt.purpose["user"] == visitor.person.id.rawValue else {
      throw Failure.denied("Somebody else began this. Start it again as yourself.")
    }
    let visit = try GuildID(attempt.purpose["server"] ?? "").map {
      try panel.visit(visitor, in: $0, for: .manageConnections, at: "GET /oauth/notion/callback")
    }
    let home = visit?.address("connections") ?? "/account"
    guard let code = request.query["code"], (1...2000).contains(code.utf8.count) else {
      return Notice.linkDeclined.at(home)
    }
    let grant = try notion.oauth().exchange(code)
    _ = try connections.keep(
      .notion, externalID: grant.bot.rawValue, label: grant.workspace ?? "Notion",
      tokens: ConnectionTokens(grant.access, refresh: grant.refresh),
      alongside: linking(visitor, visit))
    return Notice.workspaceLinked.at(home)
  }

  // MARK: Ending

  private func unlink(_ visit: Visit) throws -> Response {
    let connection = try connections.find(visit.path["connection"], of: visit.guild)
    let used = try uses(connection.id, visit.guild)
    guard used.isEmpty else {
      return try show(
        visit,
        fault:
          "“\(connection.label)” is read by \(used.map { "“\($0)”" }.joined(separator: ", ")). Remove that mapping first."
      )
    }
    let token = try connections.token(of: connection)
    let isForgotten = try panel.store.write { transaction in
      try connections.unlink(connection.id, from: visit.guild, transaction)
      let target = AuditTarget("connection", connection.id, name: connection.label)
      try panel.audit.record(visit.entry(.disconnected, on: target), in: transaction)
      return try connections.forgetUnused(connection.id, transaction)
    }
    if isForgotten { revoke(token, of: connection) }
    return Notice.workspaceUnlinked.at(visit.address("connections"))
  }

  private func unlinkOwn(_ visitor: Visitor) throws -> Response {
    let id = visitor.path["connection"]
    let own = try panel.store.read { try Connections.notion(ofPerson: visitor.person.id, $0) }
    guard let connection = own.first(where: { $0.id == id }) else {
      throw Failure.notFound("There is no such workspace here.")
    }
    let token = try connections.token(of: connection)
    let isForgotten = try panel.store.write { transaction in
      try connections.unlink(connection.id, fromPerson: visitor.person.id, transaction)
      let target = AuditTarget("connection", connection.id, name: connection.label)
      try panel.audit.record(visitor.entry(.disconnected, on: target), in: transaction)
      // A token that was pasted is the hall's own.
      return try connection.isRenewed && connections.forgetUnused(connection.id, transaction)
    }
    if isForgotten { revoke(token, of: connection) }
    return Notice.workspaceUnlinked.at("/account")
  }

  /// What we forgot nobody can use through us, whether or not Notion hears of it now.
  private func revoke(_ token: String, of connection: Connection) {
    guard connection.isRenewed else { return }
    try? notion.oauth().revoke(token)  // as said
  }
}
