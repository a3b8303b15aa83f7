import Basics
import GRDB

/// Statements inside one transaction of SQLite.
struct SQLiteSession: Session {
  let database: Database
  /// The file, when it is only looked into.
  var visited: String?

  func each(_ sql: SQL, _ body: (Row) throws -> Void) throws {
    try translatingErrors(visiting: visited) {
      let statement = try BoundStatement(sql, in: database)
      defer { statement.reset() }
      while try statement.step() { try body(try statement.row()) }
    }
  }

  func run(_ sql: SQL) throws -> Int {
    try translatingErrors(visiting: visited) {
      let statement = try BoundStatement(sql, in: database)
      defer { statement.reset() }
      while try statement.step() {}
      return database.changesCount
    }
  }

  func script(_ sql: String) throws {
    try translatingErrors(visiting: visited) { try database.execute(sql: sql) }
  }

  func hasTable(_ name: String) throws -> Bool {
    try translatingErrors(visiting: visited) { try database.tableExists(name) }
  }
}

/// The transaction is to be run again, with statements that are prepared anew.
struct StaleStatement: Error {}
