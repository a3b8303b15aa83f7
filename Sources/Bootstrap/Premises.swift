import Accounts
import Basics
import CurlTransport
import Foundation
import HTTP
import Settings
import Signatures
import Store
import Synchronization
import Upkeep

/// The settings in force, and what follows from them alone: for what is done while no database is open.
public struct Premises: Sendable {
  public let settings: SettingValues
  public let sources: SettingSources

  /// - Parameter file: a settings file named on the command line.
  public init(settingsFile file: String? = nil) throws {
    sources = try .process(file: file)
    settings = try SettingValues(allSettings, from: sources)
  }

  public var stateDirectory: String { settings[.stateDirectory] }
  public var databasePath: String { "\(stateDirectory)/guildhall.db" }
  public var volatilePath: String { "\(stateDirectory)/volatile.db" }
  public var backupDirectory: String { settings[.backupDirectory] ?? "\(stateDirectory)/backups" }
  public var publicURL: String { settings[.publicURL] }
  public var discordURL: String { settings[.discordURL] }
  public var notionURL: String { settings[.notionURL] }
  public var logLevel: Logger.Level { Logger.Level(rawValue: settings[.logLevel]) ?? .info }
  public var keys: SealingKeys { settings[.encryptionKeys] }

  /// What stands in the settings file and is read by nobody, a sentence each.
  public var unread: [String] { sources.unread(by: allSettings) }

  /// Where the keys are kept; nil when they come from a place we cannot write to.
  public var keyPlace: SettingSources.Place? {
    get throws { try sources.place(of: Setting.encryptionKeys.name) }
  }

  /// False only when it is certain that no database was made yet.
  public var hasDatabase: Bool { access(databasePath, F_OK) == 0 || errno != ENOENT }

  /// Calls other services without budgets, for looking whether they can be reached.
  public var transport: Transport { CurlClient(operatorHosts: settings[.plainHosts]).transport }

  /// The same for our own address, whose name may lead to a private address on this machine (/etc/hosts). Only for
  /// addresses of our own making.
  public var ownTransport: Transport {
    CurlClient(operatorHosts: settings[.plainHosts].adding(hostOf: publicURL)).transport
  }

  public var restoring: Restoring {
    Restoring(
      path: databasePath, columns: sealedColumns, keys: keys, schema: durableMigrations.map(\.id), clock: .system)
  }

  /// The export of a backup. Of a file that is not sound nobody could say what is missing, so there is none.
  public static func export(of file: String) throws -> Export {
    let store = try DataStore.openReadOnly(path: file)
    let faults = try store.quickCheck()
    guard faults.isEmpty else {
      throw Failure.invalid("\(file) is not sound: \(faults.prefix(3).joined(separator: "; ")). Take an older backup.")
    }
    return Export(store: store, withheld: withheldColumns)
  }

  /// The name, meaning and form of every setting.
  public static var entries: [any SettingEntry] { allSettings }
}

extension SealingKeys {
  /// The keys as the settings name them now, looked at again every two seconds at most. What cannot be read at the moment
  /// changes nothing.
  init(following first: SealingKeys, settingsFile file: String?, _ clock: WallClock) {
    let last = Mutex(first)
    let remembered = Remembered<SealingKeys>(for: Self.noticed, clock: clock) {
      let now = try SettingValues([Setting.encryptionKeys], from: .process(file: file))[.encryptionKeys]
      last.withLock { $0 = now }
      return now
    }
    self.init(following: { (try? remembered.value()) ?? last.withLock { $0 } })  // unreadable: as they were
  }

  /// How long a changed setting may go unnoticed.
  static let noticed: Duration = .seconds(2)
}
