import Basics
import HTTP
import SandboxStage
import Store

/// A stand-in for Discord: the part of its REST API that Guildhall and its like use, signed interactions, and a page
/// for each channel where a person can look and click. Written from Discord's documentation and recorded answers.
public struct DiscordSandbox: Sendable {
  let stage: Stage
  let ids: Snowflakes
  let limits: RateLimits
  let key: SigningKey
  let token: String
  /// Carries signed interactions to the application.
  let transport: Transport

  public static let migrations = discordMigrations

  /// - Parameters:
  ///   - interactionsURL: where the application takes interactions; nil means at the public address, under
  ///     `/discord/interactions`.
  ///   - transport: carries the interactions; it must reach that address.
  public init(stage: Stage, interactionsURL: String? = nil, transport: @escaping Transport) throws {
    self.stage = stage
    self.transport = transport
    ids = Snowflakes(clock: stage.clock)
    limits = RateLimits(clock: stage.clock, pace: stage.pace)
    key = try Self.signingKey(stage)
    token = try Self.botToken(stage)
    try furnish(interactionsURL: interactionsURL ?? stage.publicURL + "/discord/interactions")
  }

  /// Writes the first content into an empty store, and the endpoint of this start in any case.
  private func furnish(interactionsURL: String) throws {
    let content = FirstContent(publicKey: key.publicKey, interactionsURL: interactionsURL)
    try stage.store.write { transaction in
      if try transaction.document(.application, Identity.application) == nil { try content.write(transaction) }
      try change(.application, Identity.application, transaction) {
        $0["interactions_endpoint_url"] = .string(interactionsURL)
      }
    }
  }

  func change(
    _ kind: Kind, _ id: String, _ transaction: WriteTransaction, _ body: (inout [String: JSONValue]) -> Void
  ) throws {
    guard case .object(var object)? = try transaction.document(kind, id) else { return }
    body(&object)
    try transaction.put(kind, id, parent: object["guild_id"]?.string ?? "", .object(object))
  }

  /// All of it: the API under `/sandbox/discord/api/v10` (and v9), the pages, and what scripts use.
  public var routes: [Route] { stage.api("discord", apiRoutes) + scriptRoutes + eventRoutes + pageRoutes + formRoutes }
}

extension DiscordSandbox {
  /// What an outside client needs to join in, by the flat names of `ready.json`.
  public static func identities(_ stage: Stage) throws -> [String: String] {
    let key = try signingKey(stage)
    return [
      "discord_base_url": baseURL(stage), "bot_token": try botToken(stage), "application_id": Identity.application,
      "public_key": key.publicKey, "private_key": key.seed, "guild_id": Identity.guild,
      "channel_id": Identity.bugTracker, "user_id": Identity.nelly,
    ]
  }

  static func baseURL(_ stage: Stage) -> String { stage.publicURL + "/sandbox/discord/api/v10" }

  static func signingKey(_ stage: Stage) throws -> SigningKey {
    let seed = try SigningKey.newSeed()
    return try SigningKey(hexadecimal: stage.secret("discord.private_key") { seed })
  }

  static func botToken(_ stage: Stage) throws -> String { try stage.secret("discord.bot_token", make: makeBotToken) }
}

/// As Discord's look: the application's id, a stamp and a secret, in three parts.
private func makeBotToken() -> String {
  let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
  let random = { (count: Int) in String((0..<count).map { _ in letters.randomElement() ?? "A" }) }
  return "MTQ3Nzk1NzI3MzQ2MzU1NDA0OQ.\(random(6)).\(random(38))"
}
