import Accounts
import Basics
import Discord
import HTTP
import IssueSync
import Jobs
import Outbound
import Pages
import Signatures
import Store
import Web

/// What the house is made of, as lists: an entry each.

let durableMigrations: [Migration] = [Connections.migration, WebhookSecrets.migration] + jobMigrations + issueSyncMigrations + webMigrations

let volatileMigrations: [Migration] = outboundMigrations

extension Environment {
  public var syncing: Syncing { Syncing(store: durable, queue: queue, clock: clock) }
  public var mappings: Mappings { Mappings(store: durable, clock: clock) }

  /// All kinds of jobs; the responder runs them all.
  /// - Parameter urgency: whose share of the services' limits they spend.
  public func jobKinds(_ urgency: Urgency) -> [JobKind] {
    [
      changing.kind,
      filing.kind,
      Delivering(store: durable, clock: clock, discord: { try discord(urgency) }).kind,
    ] + rereading.kinds
  }

  public var webhookSecrets: WebhookSecrets {
    WebhookSecrets(store: durable, keys: settings[.encryptionKeys], clock: clock)
  }

  private var rereading: Rereading { Rereading(syncing: syncing, notion: { try notion($0, .batch) }) }

  private var filing: Filing {
    Filing(store: durable, queue: queue, clock: clock, notion: { try notion($0, .interactive) })
  }

  private var changing: Changing {
    Changing(store: durable, queue: queue, clock: clock, notion: { try notion($0, .interactive) })
  }

  /// Every address the responder answers.
  public func routes(pages: PageLibrary) -> [Route] {
    homeRoutes(store: durable, pages: pages, clock: clock)
      + healthRoutes(checks: readinessChecks)
      + dashboardRoutes(store: durable, clock: clock, apiKey: settings[.apiKey])
      + syncRoutes(
        store: durable, rereading: rereading, apiKey: settings[.apiKey], cronSecret: settings[.cronSecret])
      + NotionDoor(store: durable, clock: clock, secrets: webhookSecrets, rereading: rereading).routes
      + DiscordEventDoor(signature: discordSignature).routes
      + InteractionDoor(store: durable, signature: discordSignature, interactions: interactions).routes
  }

  private var interactions: [InteractionRoute] {
    IssueInteractions(changing: changing, filing: filing, clock: clock).routes
  }

  /// The commands that Discord should know.
  public static let commandDefinitions: [CommandDefinition] = IssueInteractions.definitions

  private var discordSignature: DiscordSignature { DiscordSignature(clock: clock, publicKey: discordKey) }

  private var readinessChecks: [ReadinessCheck] {
    [
      ReadinessCheck("database") { try durable.requireSchema(durableMigrations) },
      ReadinessCheck("volatile") { _ = try volatile.write { try $0.run("DELETE FROM spends WHERE at < 0") } },
      ReadinessCheck("discord") { if try connections.discord() == nil { throw Failure(.unavailable, "not connected") } },
    ]
  }

  /// The key of interactions, read again every two seconds at most.
  private var discordKey: @Sendable () throws -> Ed25519.PublicKey? {
    let remembered = Remembered<Ed25519.PublicKey?>(for: .seconds(2), clock: clock) {
      try connections.discord()?.publicKey.map { try Ed25519.PublicKey(hexadecimal: $0) }
    }
    return { try remembered.value() }
  }
}
