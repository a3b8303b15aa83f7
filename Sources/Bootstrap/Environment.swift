import Accounts
import Basics
import Batch
import Discord
import Foundation
import HTTP
import IssueSync
import Jobs
import Metrics
import Notion
import Outbound
import Settings
import Signatures
import Store
import Web

/// The live pieces of the house, put together from the settings. Each program makes one.
public struct Environment: Sendable {
  public let premises: Premises
  public let durable: DataStore
  public let volatile: DataStore
  public let clock = WallClock.system
  public let connections: Connections
  public let queue: JobQueue
  /// How the batch programs fare, for `doctor` and `/metrics`, and the way they run.
  public let batchRuns: BatchRuns
  /// What secrets are sealed with. Follows the settings, so that keys can be rotated while programs run.
  public let keys: SealingKeys
  /// Calls other services without budgets, for looking whether they can be reached.
  public let transport: Transport
  /// Which responders are at work, and what they seal with.
  public let presence: Presence
  let tally: Tally
  let outbound: Outbound
  /// Whom the audit log names for what this program does by itself, or for whoever runs it at a command line.
  public let author: AuditActor

  /// Who is asking decides how long a write may wait for another: a click must be answered, a batch can be patient.
  public enum Role: Sendable {
    case responder
    case batch

    var busyPatience: Duration { self == .responder ? .seconds(2) : .seconds(30) }
    var readers: Int { self == .responder ? 8 : 2 }
  }

  /// Opens the stores of a schema that is in use.
  /// - Parameter file: a settings file named on the command line.
  public init(_ role: Role, settingsFile file: String? = nil) throws {
    let premises = try Premises(settingsFile: file)
    guard premises.hasDatabase else {
      throw Failure.notFound(
        "There is no database in \(premises.stateDirectory) yet. Run “guildhall migrate”, then start it again.")
    }
    try self.init(role, premises, following: file)
    try durable.requireSchema(durableMigrations)
  }

  init(_ role: Role, _ premises: Premises, following file: String?) throws {
    self.premises = premises
    let settings = premises.settings
    durable = try DataStore.open(
      path: premises.databasePath, durability: .full, busyPatience: role.busyPatience, readers: role.readers)
    volatile = try Self.openVolatile(premises.volatilePath, role)
    keys = SealingKeys(following: premises.keys, settingsFile: file, clock)
    connections = Connections(store: durable, keys: keys, clock: clock)
    author = role == .responder ? .program("responder") : .operator(Self.userName)
    queue = JobQueue(store: durable, clock: clock)
    batchRuns = BatchRuns(store: durable, clock: clock, lockDirectory: premises.stateDirectory)
    presence = Presence(volatile: volatile, keys: keys, clock: clock)
    tally = Tally()
    transport = premises.transport
    outbound = Outbound(
      transport: CallMetrics.counted(
        transport, into: tally, providers: [(settings[.discordURL], "discord"), (settings[.notionURL], "notion")]),
      volatile: volatile, clock: clock, sleep: { Waits.sleep($0) })
  }

  private static func openVolatile(_ path: String, _ role: Role) throws -> DataStore {
    do {
      let store = try DataStore.open(path: path, durability: .normal, busyPatience: role.busyPatience, readers: 2)
      _ = try store.migrate(volatileMigrations)
      return store
    } catch let failure as Failure where failure.kind == .unavailable {
      throw Failure(
        .unavailable,
        "\(path) cannot be used. Nothing in it is missed: stop everything, remove it, and start again.",
        cause: failure.description)
    }
  }

  /// Brings the schema up to date, making the files first where there are none, and answers what was applied.
  public static func migrate(settingsFile file: String? = nil) throws -> [String] {
    let premises = try Premises(settingsFile: file)
    umask(0o007)
    try Folder.make(premises.stateDirectory, mode: 0o770)
    let environment = try Environment(.batch, premises, following: file)
    let applied = try environment.durable.migrate(durableMigrations)
    try environment.personalRecords.reapply()
    return applied
  }

  /// The person at the machine, also when they work as somebody else.
  private static var userName: String {
    ProcessInfo.processInfo.environment["SUDO_USER"] ?? ProcessInfo.processInfo.userName
  }

  public var audit: AuditLog { AuditLog(clock: clock) }
  public var settings: SettingValues { premises.settings }
  public var stateDirectory: String { premises.stateDirectory }
  public var publicURL: String { premises.publicURL }
  public var workers: Int { settings[.workers] }
  public var jobThreads: Int { settings[.jobThreads] }
  /// The log of a program that ends: for the journal all that the settings ask for, for somebody who watches only trouble.
  public func installBatchLog() {
    let isWatched = isatty(STDERR_FILENO) == 1 && logLevel != .debug
    JSONLineHandler.install(level: isWatched ? .warning : logLevel)
  }

  public var logLevel: Logger.Level { premises.logLevel }
}
