import Basics
import CurlTransport
import Foundation
import HTTP
import Pages
import SandboxDiscord
import SandboxNotion
import SandboxStage
import Store

/// All stand-ins on one stage. A new one is a line in each list.
struct Services {
  let stage: Stage
  let courier: EventCourier
  private let transport: Transport

  /// - Parameter addresses: where the stand-ins may send besides the public address.
  init(_ state: StateOptions, pace: Pace, addresses: [String] = []) throws {
    try FileManager.default.createDirectory(atPath: state.stateDir, withIntermediateDirectories: true)
    let store = try DataStore.open(path: state.stateDir + "/sandbox.db", durability: .normal, busyPatience: .seconds(5))
    _ = try store.migrate(Stage.migrations + DiscordSandbox.migrations + NotionSandbox.migrations)
    stage = Stage(
      store: store, clock: .system, publicURL: state.publicURL,
      pages: try PageLibrary(targets: ["SandboxStage", "SandboxDiscord", "SandboxNotion"]), pace: pace)
    let hosts = try OperatorHosts(([state.publicURL] + addresses).compactMap(host(of:)))
    transport = CurlClient(operatorHosts: hosts).transport
    courier = EventCourier(stage: stage, transport: transport)
  }

  func routes(interactionsURL: String?, discordRedirects: [String], notionRedirects: [String]) throws -> [Route] {
    let discord = try DiscordSandbox(
      stage: stage, interactionsURL: interactionsURL, redirectURIs: discordRedirects, transport: transport)
    return discord.routes + (try NotionSandbox.routes(stage, courier: courier, redirectURIs: notionRedirects))
      + stage.routes(corners: [discord.corner, NotionSandbox.corner(stage)])
  }

  func identities() throws -> [String: String] {
    let notion = try NotionSandbox.identities(stage)
    return try DiscordSandbox.identities(stage).merging([
      "url": stage.publicURL, "notion_base_url": notion.baseURL, "notion_token": notion.token,
      "database_id": notion.databaseID, "data_source_id": notion.dataSourceID,
      "notion_client_id": notion.clientID, "notion_client_secret": notion.clientSecret,
      "notion_authorize_url": notion.authorizeURL, "notion_redirect_uri": notion.redirectURI,
    ]) { $1 }
  }
}

/// The host of an address, with its port where it has one.
private func host(of url: String?) -> String? {
  url?.split(separator: "/").dropFirst().first.map(String.init)
}
