import Accounts
import Basics
import Batch
import Discord
import HTTP
import IssueSync
import Jobs
import Metrics
import Outbound
import Pages
import Signatures
import Store
import Upkeep
import Web

/// What the house is made of, as lists: an entry each.

let durableMigrations: [Migration] =
  accountMigrations + jobMigrations + issueSyncMigrations + webMigrations + batchMigrations
  + [RetentionChoices.migration]

let volatileMigrations: [Migration] =
  outboundMigrations + accountVolatileMigrations + [TallyLedger.migration, Presence.migration]

extension Environment {
  public var syncing: Syncing { issues().syncing }
  public var mappings: Mappings { issues().mappings }

  /// All kinds of jobs; the responder runs them all.
  /// - Parameter patience: how long a job waits for one of Discord's limits on the spot. It spares the commits that put
  ///   it off, and keeps its thread from others: for who runs one job after the other.
  public func jobKinds(patience: Duration = .zero) -> [JobKind] { issues(patience: patience).jobKinds }

  /// Every address the responder answers, with who may use it.
  /// - Parameter process: tells how this process stands, for `/metrics`.
  public func doorways(pages: PageLibrary, process: @escaping @Sendable () -> [Sample] = { [] }) -> [Doorway] {
    let pages = hallDoorways(pages)
    let programs = programDoorways(process)
    return pages + programs + apiDescriptionDoorways(of: pages + programs, publicURL: publicURL)
  }

  /// For programs, and for the services that call us.
  private func programDoorways(_ process: @escaping @Sendable () -> [Sample]) -> [Doorway] {
    let rereading = issues().rereading
    return healthDoorways(checks: readinessChecks, troubles: { try troubles() })
      + metricsDoor(process: process).doorways
      + dashboardDoorways(store: durable, clock: clock, gate: gate)
      + syncDoorways(store: durable, audit: audit, rereading: rereading, gate: gate, cronSecret: settings[.cronSecret])
      + ServerDoor(gate: gate, clock: clock, discord: { try discord(.batch) }).doorways
      + InteractionDoor(store: durable, signature: discordSignature, interactions: interactions).doorways
      + DiscordEventDoor(signature: discordSignature).doorways
      + NotionDoor(store: durable, clock: clock, secrets: webhookSecrets, rereading: rereading).doorways
  }

  /// For people.
  private func hallDoorways(_ pages: PageLibrary) -> [Doorway] {
    let desk = issues(patience: Self.readersPatience)
    let panel = panel(pages)
    return homeDoorways(panel)
      + panel.loginDoorways + panel.serverDoorways + panel.overviewDoorways
      + connectionPages(panel, desk.mappings).doorways + mappingPages(panel, desk).doorways
      + panel.issueDoorways(desk.changing) + panel.jobDoorways(queue)
      + panel.auditDoorways + PersonPages(panel: panel, records: personalRecords).doorways
      + settingsPages(panel).doorways
  }

  public var apiKeys: APIKeys { APIKeys(store: durable, clock: clock) }
  var gate: ProgramGate {
    ProgramGate(
      settingKey: settings[.apiKey], keys: apiKeys,
      rates: KeyRates(volatile: volatile, clock: clock, rate: settings[.apiRate]))
  }

  var interactions: [InteractionRoute] {
    let desk = issues()
    return IssueInteractions(changing: desk.changing, filing: desk.filing, clock: clock).routes
  }

  /// The commands that Discord should know.
  public static let commandDefinitions: [CommandDefinition] = IssueInteractions.definitions

  var issueData: [PersonalData] { issues().personalData }

  private func issues(patience: Duration = .zero) -> IssueDesk {
    IssueDesk(
      store: durable, queue: queue, clock: clock, notion: { try notion($0, $1, patience: patience) },
      discord: { try discord($0, patience: patience) },
      waited: { Waits.ofThisThread })
  }

  public var webhookSecrets: WebhookSecrets {
    WebhookSecrets(store: durable, keys: keys, clock: clock)
  }

  private var discordSignature: DiscordSignature { DiscordSignature(clock: clock, publicKey: discordKey) }

  /// Notion is none of them: a hall without a workspace must answer, for people link workspaces in its panel. What is held
  /// back of those there are is among the troubles.
  private var readinessChecks: [ReadinessCheck] {
    [
      ReadinessCheck("database") { try durable.requireSchema(durableMigrations) },
      ReadinessCheck("volatile") { _ = try volatile.write { try $0.run("DELETE FROM spends WHERE at < 0") } },
      ReadinessCheck("discord") {
        if try connections.discord() == nil { throw Failure(.unavailable, "not connected") }
      },
    ]
  }

  /// What is held back of all connections, in words.
  private func troubles() throws -> [String] {
    try ([connections.discord()].compactMap(\.self) + connections.notion()).flatMap { try health(of: $0).troubles }
  }

  /// The key of interactions, read again every two seconds at most.
  private var discordKey: @Sendable () throws -> Ed25519.PublicKey? {
    let remembered = Remembered<Ed25519.PublicKey?>(for: .seconds(2), clock: clock) {
      try connections.discord()?.publicKey.map { try Ed25519.PublicKey(hexadecimal: $0) }
    }
    return { try remembered.value() }
  }
}
