import Basics
import HTTP
import SandboxStage
import Signatures
import Store

/// A stand-in for Discord: the part of its REST API that Guildhall and its like use, signed interactions, and a page
/// for each channel where a person can look and click. Written from Discord's documentation and recorded answers.
public struct DiscordSandbox: Sendable {
  let stage: Stage
  let ids: Snowflakes
  let limits: RateLimits
  let key: SigningKey
  let token: String
  let clientSecret: String
  /// Carries signed interactions to the application.
  let transport: Transport

  public static let migrations = discordMigrations

  /// - Parameters:
  ///   - interactionsURL: where the application takes interactions; nil means at the public address, under
  ///     `/discord/interactions`.
  ///   - redirectURIs: where people may be sent back to after they logged in; none means the public address, under
  ///     `/oauth/discord/callback`.
  ///   - transport: carries the interactions; it must reach that address.
  public init(
    stage: Stage, interactionsURL: String? = nil, redirectURIs: [String] = [], transport: @escaping Transport
  ) throws {
    self.stage = stage
    self.transport = transport
    ids = Snowflakes(clock: stage.clock)
    limits = RateLimits(clock: stage.clock, pace: stage.pace)
    key = try Self.signingKey(stage)
    token = try Self.botToken(stage)
    clientSecret = try Self.clientSecret(stage)
    try furnish(
      interactionsURL: interactionsURL ?? stage.publicURL + "/discord/interactions",
      redirectURIs: redirectURIs.isEmpty ? [Self.redirectURI(stage)] : redirectURIs)
  }

  /// Writes the first content into an empty store, and the endpoint of this start in any case.
  private func furnish(interactionsURL: String, redirectURIs: [String]) throws {
    let content = FirstContent(publicKey: key.publicKey, interactionsURL: interactionsURL)
    try stage.store.write { transaction in
      if try transaction.document(.application, Identity.application) == nil { try content.write(transaction) }
      if try transaction.document(.guild, Identity.thirdGuild) == nil { try FurtherContent().write(transaction) }
      try register(redirectURIs, transaction)
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
  public var routes: [Route] {
    stage.api("discord", apiRoutes + consentRoutes) + scriptRoutes + eventRoutes + pageRoutes + formRoutes
      + peopleRoutes + membershipLevers + grantLevers
  }
}

extension DiscordSandbox {
  /// What an outside client needs to join in, by the flat names of `ready.json`.
  public static func identities(_ stage: Stage) throws -> [String: String] {
    let key = try signingKey(stage)
    return [
      "discord_base_url": baseURL(stage), "bot_token": try botToken(stage), "application_id": Identity.application,
      "public_key": key.publicKey, "private_key": key.seed, "guild_id": Identity.guild,
      "channel_id": Identity.bugTracker, "user_id": Identity.nelly, "discord_client_id": Identity.application,
      "discord_client_secret": try clientSecret(stage), "discord_redirect_uri": redirectURI(stage),
      "discord_authorize_url": stage.publicURL + consentPath, "other_guild_id": Identity.otherGuild,
      "third_guild_id": Identity.thirdGuild, "owner_id": Identity.maren, "admin_id": Identity.oda,
      "manager_id": Identity.ines, "staff_id": Identity.nelly, "member_id": Identity.rook,
      "outsider_id": Identity.percy,
    ]
  }

  static func redirectURI(_ stage: Stage) -> String { stage.publicURL + "/oauth/discord/callback" }

  static func clientSecret(_ stage: Stage) throws -> String {
    let made = try RandomToken.base62(bits: 190)
    return try stage.secret("discord.client_secret") { made }
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
