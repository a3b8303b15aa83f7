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

  public static let migrations = [notionTables, webhookTables]

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
  }

  public static func identities(_ stage: Stage) throws -> Identities {
    Identities(
      token: try stage.secret("notion-token", make: newToken),
      revokedToken: try stage.secret("notion-revoked-token", make: newToken), databaseID: Constants.databaseID,
      dataSourceID: Constants.dataSourceID, privateDataSourceID: Constants.privateSourceID, botID: Constants.botID,
      baseURL: stage.publicURL + basePath)
  }

  /// All routes, API and pages. Fills an empty store with the first content.
  /// - Parameter courier: carries webhooks; events are told only once it was started.
  public static func routes(_ stage: Stage, courier: EventCourier) throws -> [Route] {
    let workspace = Workspace(stage: stage, identities: try identities(stage), courier: courier)
    try workspace.write { try FirstContent(now: stage.clock.now()).fill($0) }
    return stage.api("notion", workspace.apiRoutes) + workspace.pageRoutes + workspace.leverRoutes
      + workspace.webhookRoutes
  }

  /// What the sandbox's first page shows.
  public static func corner(_ stage: Stage) -> Corner {
    Corner(
      title: "Notion", sentence: "The workspace “\(Constants.workspaceName)”: tables whose cells can be edited.",
      baseURL: stage.publicURL + basePath
    ) {
      try stage.store.read { try $0.sharedDataSources() }.map {
        Corner.Link($0.name, href: "/sandbox/notion/databases/\($0.databaseID)")
      } + [Corner.Link("Webhook", href: "/sandbox/notion/webhook", note: "what is told of changes")]
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
