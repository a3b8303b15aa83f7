import Basics
import Foundation
import GRDB

/// SQLite through GRDB: one writing connection and a pool of reading ones in each process.
struct SQLiteEngine: Engine {
  private let connections: any DatabaseWriter
  private let path: String?
  /// The file, when it is only looked into.
  private let visited: String?
  private let use: FileLock?
  private let commits = SharedCommits()

  init(path: String, durability: DataStore.Durability, busyPatience: Duration, readers: Int) throws {
    self.path = path
    visited = nil
    use = try DataStore.use(of: path)
    connections = try translatingErrors(opening: path) {
      let pool = try Self.pool(path, Self.configuration(busyPatience, readers: readers), patience: busyPatience)
      // GRDB sets NORMAL when it opens a pool, so the level is set afterwards, and then read back.
      try pool.writeWithoutTransaction { database in
        // What a savepoint may have to take back is kept in memory (SQLite would put it into a file of its own).
        try database.execute(
          sql: "PRAGMA synchronous = \(durability == .full ? "FULL" : "NORMAL"); PRAGMA temp_store = MEMORY")
        try Self.requireSettings(database, durability)
      }
      return pool
    }
  }

  /// When several open a new file at once, all turn it to write-ahead logging, and for that SQLite has no busy handler.
  private static func pool(_ path: String, _ configuration: Configuration, patience: Duration) throws -> DatabasePool {
    let deadline = ContinuousClock.now + patience
    while true {
      do {
        return try DatabasePool(path: path, configuration: configuration)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && .now < deadline {
        Thread.sleep(forTimeInterval: .random(in: 0.005...0.02))
      }
    }
  }

  private init(inMemory connections: DatabaseQueue) {
    self.connections = connections
    path = nil
    visited = nil
    use = nil
  }

  /// A file that is looked into and left as it is.
  init(readingOnly path: String) throws {
    var configuration = Configuration()
    configuration.readonly = true
    connections = try translatingErrors(visiting: path) { try DatabaseQueue(path: path, configuration: configuration) }
    self.path = nil
    visited = path
    use = nil
  }

  static func inMemory() throws -> SQLiteEngine {
    SQLiteEngine(inMemory: try DatabaseQueue(configuration: configuration(.seconds(1), readers: 1)))
  }

  func read<Value>(_ body: (any Session) throws -> Value) throws -> Value {
    try freshly { try connections.read { try body(SQLiteSession(database: $0, visited: visited)) } }
  }

  func write(_ body: (any Session) throws -> Void) throws {
    try commits.write(body) { group in
      try freshly {
        try connections.writeWithoutTransaction { database in
          try database.inTransaction(.immediate) {
            try group.run(in: SQLiteSession(database: database))
            return .commit
          }
        }
      }
    }
  }

  /// Runs a transaction again when a migration by another process got between; each connection notices by itself.
  private func freshly<Value>(_ transaction: () throws -> Value) throws -> Value {
    for _ in 1...16 {
      do {
        return try translatingErrors(visiting: visited, transaction)
      } catch is StaleStatement {
        continue
      }
    }
    throw Failure(.busy(retryAfter: .seconds(1)), "The database is being migrated. Try again in a moment.")
  }

  func checkpointer() throws -> Checkpointer? { try path.map(Checkpointer.init(path:)) }

  func copy(to path: String) throws {
    try translatingErrors(visiting: visited) {
      try connections.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
    }
  }

  func facts() throws -> [String: String] {
    try translatingErrors {
      try connections.writeWithoutTransaction { database in
        var facts = ["sqlite_version": try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? "?"]
        for name in ["journal_mode", "synchronous", "wal_autocheckpoint", "page_size", "page_count", "foreign_keys"] {
          facts[name] = try String.fetchOne(database, sql: "PRAGMA \(name)") ?? "?"
        }
        return facts
      }
    }
  }
}

extension SQLiteEngine {
  /// The settings of every connection, decided by measurement; see docs/decisions/0003-sqlite-settings.md.
  static func configuration(_ patience: Duration, readers: Int) -> Configuration {
    var configuration = Configuration()
    configuration.maximumReaderCount = readers
    configuration.busyMode = .callback(jitteredWait(upTo: patience))
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -2000;
          PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
          """)
    }
    return configuration
  }

  /// SQLite's own back-off starves old waiters; a short random sleep treats all alike.
  private static func jitteredWait(upTo patience: Duration) -> @Sendable (Int) -> Bool {
    let meanPause: Duration = .milliseconds(1)
    return { tries in
      guard meanPause * tries < patience else { return false }
      usleep(UInt32.random(in: 500...1500))
      return true
    }
  }

  private static func requireSettings(_ database: Database, _ durability: DataStore.Durability) throws {
    let expected = [
      "journal_mode": "wal", "synchronous": durability == .full ? "2" : "1", "wal_autocheckpoint": "0",
      "page_size": "4096", "foreign_keys": "1",
    ]
    for (name, value) in expected {
      let actual = try String.fetchOne(database, sql: "PRAGMA \(name)") ?? "?"
      guard actual == value else {
        throw Failure(.unexpected, "SQLite runs with \(name) = \(actual), which is not safe here; \(value) is needed.")
      }
    }
  }
}
