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

  init(_ state: StateOptions, pace: Pace) throws {
    try FileManager.default.createDirectory(atPath: state.stateDir, withIntermediateDirectories: true)
    let store = try DataStore.open(path: state.stateDir + "/sandbox.db", durability: .normal, busyPatience: .seconds(5))
    _ = try store.migrate(Stage.migrations + DiscordSandbox.migrations + NotionSandbox.migrations)
    stage = Stage(
      store: store, clock: .system, publicURL: state.publicURL,
      pages: try PageLibrary(targets: ["SandboxStage", "SandboxDiscord", "SandboxNotion"]), pace: pace)
  }

  func routes(interactionsURL: String?) throws -> [Route] {
    let curl = CurlClient(operatorHosts: try OperatorHosts([stage.publicURL, interactionsURL].compactMap(host(of:))))
    let discord = try DiscordSandbox(stage: stage, interactionsURL: interactionsURL, transport: curl.transport)
    return discord.routes + (try NotionSandbox.routes(stage))
      + stage.routes(corners: [discord.corner, NotionSandbox.corner(stage)])
  }

  func identities() throws -> [String: String] {
    let notion = try NotionSandbox.identities(stage)
    return try DiscordSandbox.identities(stage).merging([
      "url": stage.publicURL, "notion_base_url": notion.baseURL, "notion_token": notion.token,
      "database_id": notion.databaseID, "data_source_id": notion.dataSourceID,
    ]) { $1 }
  }
}

/// The host of an address, with its port where it has one.
private func host(of url: String?) -> String? {
  url?.split(separator: "/").dropFirst().first.map(String.init)
}
