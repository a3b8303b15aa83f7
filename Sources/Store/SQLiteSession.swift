import Basics
import GRDB

/// Statements inside one transaction of SQLite.
struct SQLiteSession: Session {
  let database: Database

  func each(_ sql: SQL, _ body: (Row) throws -> Void) throws {
    try translatingErrors {
      let statement = try BoundStatement(sql, in: database)
      defer { statement.reset() }
      while try statement.step() { try body(try statement.row()) }
    }
  }

  func run(_ sql: SQL) throws -> Int {
    try translatingErrors {
      let statement = try BoundStatement(sql, in: database)
      defer { statement.reset() }
      while try statement.step() {}
      return database.changesCount
    }
  }

  func script(_ sql: String) throws { try translatingErrors { try database.execute(sql: sql) } }

  func hasTable(_ name: String) throws -> Bool { try translatingErrors { try database.tableExists(name) } }
}

/// The transaction is to be run again, with statements that are prepared anew.
struct StaleStatement: Error {}
