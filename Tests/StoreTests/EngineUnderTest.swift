import Store
import TestSupport
import Testing

/// A kind of database that must keep the contract. A second engine joins by an entry in `all`.
struct EngineUnderTest: Sendable, CustomTestStringConvertible {
  let testDescription: String
  private let make: @Sendable (TemporaryDirectory) throws -> DataStore

  /// A new and empty store, which the body may use from several threads.
  func withStore(_ migrations: [Migration] = [thingsMigration], _ body: (DataStore) throws -> Void) throws {
    let folder = try TemporaryDirectory()
    let store = try make(folder)
    _ = try store.migrate(migrations)
    try withExtendedLifetime(folder) { try body(store) }
  }

  static let all = [
    EngineUnderTest(testDescription: "SQLite in memory") { _ in try .inMemory() },
    EngineUnderTest(testDescription: "SQLite file") { try .open(path: $0.file("store.db"), durability: .full) },
  ]
}

/// A table with a column of every type, and one that refers to it.
let thingsMigration = Migration(
  "20260101-0000-things",
  """
  CREATE TABLE things (
    id TEXT PRIMARY KEY,
    words TEXT UNIQUE,
    number INTEGER CHECK (number <> 13),
    fraction REAL,
    bytes BLOB
  ) STRICT;
  CREATE TABLE parts (
    id TEXT PRIMARY KEY,
    thing TEXT NOT NULL REFERENCES things (id) ON DELETE CASCADE
  ) STRICT;
  """)

struct Thing: RowDecodable, Equatable {
  let id: String
  let words: String?
  let number: Int?

  init(id: String, words: String? = nil, number: Int? = nil) {
    self.id = id
    self.words = words
    self.number = number
  }

  init(row: Row) throws {
    id = try row.get("id")
    words = try row.optional("words")
    number = try row.optional("number")
  }

  func insert(_ transaction: WriteTransaction) throws {
    try transaction.run("INSERT INTO things (id, words, number) VALUES (\(id), \(words), \(number))")
  }
}

extension DataStore {
  func insert(_ things: Thing...) throws {
    try write { transaction throws in
      for thing in things { try thing.insert(transaction) }
    }
  }

  func things() throws -> [Thing] { try read { try $0.all("SELECT * FROM things ORDER BY id") } }
}
