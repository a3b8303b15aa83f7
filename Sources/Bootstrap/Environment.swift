import Accounts
import Basics
import CurlTransport
import Discord
import Foundation
import IssueSync
import Jobs
import Notion
import Outbound
import Settings
import Signatures
import Store
import Web

/// The live pieces of the house, put together from the settings. Each program makes one.
public struct Environment: Sendable {
  public let settings: SettingValues
  public let durable: DataStore
  public let volatile: DataStore
  public let clock = WallClock.system
  public let connections: Connections
  public let queue: JobQueue
  let outbound: Outbound

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
    try self.init(role, settings: SettingValues(allSettings, from: .process(file: file)))
    try durable.requireSchema(durableMigrations)
  }

  init(_ role: Role, settings: SettingValues) throws {
    self.settings = settings
    let directory = settings[.stateDirectory]
    durable = try DataStore.open(
      path: "\(directory)/guildhall.db", durability: .full, busyPatience: role.busyPatience, readers: role.readers)
    volatile = try DataStore.open(
      path: "\(directory)/volatile.db", durability: .normal, busyPatience: role.busyPatience, readers: 2)
    _ = try volatile.migrate(volatileMigrations)
    connections = Connections(store: durable, keys: settings[.encryptionKeys], clock: clock)
    queue = JobQueue(store: durable, clock: clock)
    outbound = Outbound(
      transport: CurlClient(operatorHosts: settings[.plainHosts]).transport, volatile: volatile, clock: clock,
      sleep: { Waits.sleep($0) })
  }

  /// Brings the schema up to date, making the files first where there are none, and answers what was applied.
  public static func migrate(settingsFile file: String? = nil) throws -> [String] {
    let settings = try SettingValues(allSettings, from: .process(file: file))
    umask(0o007)
    try FileManager.default.createDirectory(atPath: settings[.stateDirectory], withIntermediateDirectories: true)
    return try Environment(.batch, settings: settings).durable.migrate(durableMigrations)
  }

  public var stateDirectory: String { settings[.stateDirectory] }
  public var publicURL: String { settings[.publicURL] }
  public var workers: Int { settings[.workers] }
  public var jobThreads: Int { settings[.jobThreads] }
  public var logLevel: Logger.Level { Logger.Level(rawValue: settings[.logLevel]) ?? .info }
}
