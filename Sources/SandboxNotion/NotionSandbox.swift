import Basics
import HTTP
import SandboxStage
import Store

/// The stand-in for Notion: its API in three versions, a first content, and a table page to look at and edit.
///
///     let courier = EventCourier(stage: stage, transport: curl.transport)
///     let routes = try NotionSandbox.routes(stage, courier: courier)
///     let known = try NotionSandbox.identities(stage)   // token, database and data source for settings and tests
public enum NotionSandbox {
  /// Where its API answers, below the stage's address. Clients that add `/v1` themselves take it without.
  public static let basePath = "/sandbox/notion/v1"

  public static let migrations = [notionTables, webhookTables, connectionTables]

  /// What a client needs to join in.
  public struct Identities: Sendable, Equatable {
    /// Internal integration token (`ntn_…`), made once for each store.
    public let token: String
    /// A token that Notion has revoked: every call answers 401.
    public let revokedToken: String
    public let databaseID: String
    public let dataSourceID: String
    /// A data source the integration may not see: 404.
    public let privateDataSourceID: String
    public let botID: String
    /// The API's address, with `/v1`.
    public let baseURL: String
    /// Of the public connection, for OAuth.
    public let clientID: String
    public let clientSecret: String
    public let authorizeURL: String
    /// Where people are sent back to, unless others are registered.
    public let redirectURI: String
  }

  public static func identities(_ stage: Stage) throws -> Identities {
    Identities(
      token: try stage.secret("notion-token", make: newToken),
      revokedToken: try stage.secret("notion-revoked-token", make: newToken), databaseID: Constants.databaseID,
      dataSourceID: Constants.dataSourceID, privateDataSourceID: Constants.privateSourceID, botID: Constants.botID,
      baseURL: stage.publicURL + basePath, clientID: Constants.clientID,
      clientSecret: try stage.secret("notion-client-secret") { newToken().replacing("ntn_", with: "secret_") },
      authorizeURL: stage.publicURL + Workspace.consentPath, redirectURI: stage.publicURL + "/oauth/notion/callback")
  }

  /// All routes, API and pages. Fills an empty store with the first content.
  /// - Parameters:
  ///   - courier: carries webhooks; events are told only once it was started.
  ///   - redirectURIs: where people may be sent back to after they connected; none means the public address, under
  ///     `/oauth/notion/callback`.
  public static func routes(_ stage: Stage, courier: EventCourier, redirectURIs: [String] = []) throws -> [Route] {
    let known = try identities(stage)
    let workspace = Workspace(
      stage: stage, identities: known, courier: courier,
      redirects: redirectURIs.isEmpty ? [known.redirectURI] : redirectURIs)
    try workspace.write { try FirstContent(now: stage.clock.now()).fill($0) }
    return stage.api("notion", workspace.apiRoutes + workspace.consentRoutes) + workspace.pageRoutes
      + workspace.leverRoutes
      + workspace.webhookRoutes + workspace.connectionRoutes
  }

  /// What the sandbox's first page shows.
  public static func corner(_ stage: Stage) -> Corner {
    Corner(
      title: "Notion", sentence: "The workspace “\(Constants.workspaceName)”: tables whose cells can be edited.",
      baseURL: stage.publicURL + basePath
    ) {
      try stage.store.read { try $0.sharedDataSources(as: .integration) }.map {
        Corner.Link($0.name, href: "/sandbox/notion/databases/\($0.databaseID)")
      } + [
        Corner.Link("Webhook", href: "/sandbox/notion/webhook", note: "what is told of changes"),
        Corner.Link("Connections", href: "/sandbox/notion/connections", note: "made with Notion's login"),
      ]
    }
  }

  private static func newToken() -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return "ntn_" + String((0..<46).map { _ in letters[Int.random(in: 0..<letters.count)] })
  }
}

extension Workspace {
  /// Whether the token is the integration's, and not revoked (`PUT /sandbox/notion/token`).
  func isValid(token: String) throws -> Bool {
    try token == identities.token && read { try $0.counter("token revoked") } == 0
  }
}
