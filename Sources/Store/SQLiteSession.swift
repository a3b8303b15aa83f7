import Basics
import GRDB

/// Statements inside one transaction of SQLite.
struct SQLiteSession: Session {
  let database: Database

  func query(_ sql: SQL) throws -> [Row] {
    try translatingErrors {
      let statement = try BoundStatement(sql, in: database)
      defer { statement.reset() }
      var rows: [Row] = []
      while try statement.step() { rows.append(try statement.row()) }
      return rows
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
