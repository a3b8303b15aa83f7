import Basics
import Foundation
import GRDB

/// SQLite through GRDB: one writing connection and a pool of reading ones in each process.
struct SQLiteEngine: Engine {
  private let connections: any DatabaseWriter
  private let path: String?

  init(path: String, durability: DataStore.Durability, busyPatience: Duration, readers: Int) throws {
    self.path = path
    do {
      connections = try DatabasePool(path: path, configuration: Self.configuration(busyPatience, readers: readers))
    } catch {
      throw Failure(
        .unavailable, "The database \(path) cannot be opened. Does its folder exist, and may this user write there?",
        cause: String(describing: error))
    }
    // GRDB sets NORMAL when it opens a pool, so the level is set afterwards, and then read back.
    try connections.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = \(durability == .full ? "FULL" : "NORMAL")")
      try Self.requireSettings(database, durability)
    }
  }

  private init(inMemory connections: DatabaseQueue) {
    self.connections = connections
    path = nil
  }

  static func inMemory() throws -> SQLiteEngine {
    SQLiteEngine(inMemory: try DatabaseQueue(configuration: configuration(.seconds(1), readers: 1)))
  }

  func read<Value>(_ body: (any Session) throws -> Value) throws -> Value {
    try translatingErrors { try connections.read { try body(SQLiteSession(database: $0)) } }
  }

  func write<Value>(_ body: (any Session) throws -> Value) throws -> Value {
    try translatingErrors { try connections.write { try body(SQLiteSession(database: $0)) } }
  }

  func checkpointer() throws -> Checkpointer? { try path.map(Checkpointer.init(path:)) }

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

private struct SQLiteSession: Session {
  let database: Database

  func query(_ sql: SQL) throws -> [Row] {
    let statement = try prepared(sql)
    let columns = Row.Columns(statement.columnNames)
    var rows: [Row] = []
    let cursor = try GRDB.Row.fetchCursor(statement)
    while let row = try cursor.next() {
      rows.append(Row(columns: columns, values: row.databaseValues.map(SQLValue.init)))
    }
    return rows
  }

  func run(_ sql: SQL) throws -> Int {
    try prepared(sql).execute()
    return database.changesCount
  }

  func script(_ sql: String) throws { try database.execute(sql: sql) }

  func hasTable(_ name: String) throws -> Bool { try database.tableExists(name) }

  private func prepared(_ sql: SQL) throws -> Statement {
    let statement = try database.cachedStatement(sql: sql.text)
    statement.setUncheckedArguments(StatementArguments(sql.arguments.map(\.databaseValue)))
    return statement
  }
}

extension SQLValue {
  fileprivate init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let value): self = .integer(value)
    case .double(let value): self = .real(value)
    case .string(let value): self = .text(value)
    case .blob(let value): self = .blob(Array(value))
    }
  }

  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let value): value.databaseValue
    case .real(let value): value.databaseValue
    case .text(let value): value.databaseValue
    case .blob(let value): Data(value).databaseValue
    }
  }
}

/// SQLite's codes as failures that say what the caller can do.
private func translatingErrors<Value>(_ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let error as DatabaseError {
    let cause = error.description
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      throw Failure(.busy(retryAfter: .seconds(1)), "The database is busy. Try again in a moment.", cause: cause)
    case .SQLITE_FULL:
      throw Failure(.unavailable, "The disk is full, so nothing could be saved. Make room, then try again.", cause: cause)
    case .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN:
      throw Failure(.unavailable, "The database cannot be written at the moment.", cause: cause)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      throw Failure(.unavailable, "The database is damaged. Restore it from a backup; nothing was changed.", cause: cause)
    default:
      throw Failure(.unexpected, "Something went wrong here. The log has the details.", cause: cause)
    }
  }
}
