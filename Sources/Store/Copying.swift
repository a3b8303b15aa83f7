import Basics
import Foundation
import GRDB

/// How a database file is found to be, when it is looked at as a whole.
public struct Examination: Sendable, Encodable {
  /// What SQLite found wrong, in its words; empty when nothing.
  public let faults: [String]
  /// Rows that point at rows that are not there: "table: how many".
  public let danglingReferences: [String]
  /// How many rows each table has.
  public let rows: [String: Int]
  public let schema: [String]

  enum CodingKeys: String, CodingKey {
    case faults, rows, schema
    case danglingReferences = "dangling_references"
  }

  public var isSound: Bool { faults.isEmpty && danglingReferences.isEmpty }
}

extension DataStore {
  /// Opens a file to look into it: nothing can be written, and it need not be ours.
  public static func openReadOnly(path: String) throws -> DataStore {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Failure.notFound("There is no file \(path), or it cannot be reached.")
    }
    return DataStore(engine: try SQLiteEngine(readingOnly: path))
  }

  /// Writes the database as it is at this moment into a new file, while others go on writing (SQLite: VACUUM INTO).
  /// The file is complete when this returns, but on the disk only after an fsync.
  public func copy(to path: String) throws { try engine.copy(to: path) }

  /// Whether every page, index and reference of the file is sound. Takes as long as reading all of it.
  public func examine() throws -> Examination {
    try read { transaction in
      let faults = try transaction.values(String.self, "PRAGMA integrity_check").filter { $0 != "ok" }
      let dangling = try transaction.rows("PRAGMA foreign_key_check")
      let byTable = Dictionary(grouping: dangling) { (try? $0.get("table", as: String.self)) ?? "?" }  // a name, always
      return Examination(
        faults: faults, danglingReferences: byTable.map { "\($0.key): \($0.value.count)" }.sorted(),
        rows: try transaction.rowCounts(),
        schema: try transaction.tables().contains("schema_migrations")
          ? transaction.values(String.self, "SELECT id FROM schema_migrations ORDER BY id") : [])
    }
  }

  /// Whether the file is sound, without comparing indexes with rows: seconds where `examine` takes minutes.
  public func quickCheck() throws -> [String] {
    try read { try $0.values(String.self, "PRAGMA quick_check").filter { $0 != "ok" } }
  }

  /// Lets SQLite bring its statistics up to date, where they are worth it.
  public func optimize() throws { try write { try $0.run("PRAGMA optimize") } }
}

extension Queries {
  public func tables() throws -> [String] {
    try values(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
  }

  public func columns(of table: String) throws -> [String] {
    try values("SELECT name FROM pragma_table_info(\(table)) ORDER BY cid")
  }

  public func rowCounts() throws -> [String: Int] {
    let tables = try tables()
    return Dictionary(
      uniqueKeysWithValues: try tables.map { ($0, try value("SELECT count(*) FROM \(identifier: $0)") ?? 0) })
  }
}
