import Basics
import Foundation
import GRDB

/// Statements inside one transaction of SQLite.
struct SQLiteSession: Session {
  let database: Database

  func query(_ sql: SQL) throws -> [Row] {
    try translatingErrors {
      let statement = try prepared(sql)
      let columns = Row.Columns(statement.columnNames)
      let cursor = try GRDB.Row.fetchCursor(statement)
      var rows: [Row] = []
      while let row = try cursor.next() {
        guard statement.columnCount == columns.names.count else { throw staleStatement() }
        rows.append(Row(columns: columns, values: row.databaseValues.map(SQLValue.init)))
      }
      return rows
    }
  }

  func run(_ sql: SQL) throws -> Int {
    try translatingErrors {
      try prepared(sql).execute()
      return database.changesCount
    }
  }

  func script(_ sql: String) throws { try translatingErrors { try database.execute(sql: sql) } }

  func hasTable(_ name: String) throws -> Bool { try translatingErrors { try database.tableExists(name) } }

  /// Another process migrated since the statement was prepared. SQLite runs it all the same, with other columns than
  /// GRDB knows of.
  private func staleStatement() -> StaleStatement {
    database.clearSchemaCache()
    return StaleStatement()
  }

  private func prepared(_ sql: SQL) throws -> Statement {
    let statement = try database.cachedStatement(sql: sql.text)
    try statement.setArguments(StatementArguments(sql.arguments.map(\.databaseValue)))
    return statement
  }
}

/// The transaction is to be run again, with statements that are prepared anew.
struct StaleStatement: Error {}

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
