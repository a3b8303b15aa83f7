import GRDB
import GRDBSQLite

/// One use of a statement that GRDB keeps prepared: bound, stepped through and read by SQLite's own calls.
///
/// A click runs a dozen statements, and GRDB's arguments and rows cost more than those statements do.
struct BoundStatement {
  private let database: Database
  private let prepared: Statement
  private let handle: OpaquePointer
  private let columns: Row.Columns

  init(_ sql: SQL, in database: Database) throws {
    self.database = database
    prepared = try database.cachedStatement(sql: sql.text)
    handle = prepared.sqliteStatement
    columns = Row.Columns(prepared.columnNames)
    guard Int(sqlite3_bind_parameter_count(handle)) == sql.arguments.count else {
      throw DatabaseError(
        resultCode: .SQLITE_MISUSE, message: "parameters and arguments differ in number", sql: sql.text)
    }
    for (index, argument) in sql.arguments.enumerated() { try bind(argument, at: Int32(index + 1)) }
  }

  /// Goes to the next row; false when there is none.
  func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw error(code)
    }
  }

  func row() throws -> Row {
    guard Int(sqlite3_column_count(handle)) == columns.names.count else { throw stale() }
    return Row(columns: columns, values: columns.names.indices.map { value(at: Int32($0)) })
  }

  func reset() { sqlite3_reset(handle) }

  /// Another process migrated since the statement was prepared. SQLite runs it all the same, with other columns than
  /// GRDB knows of.
  private func stale() -> StaleStatement {
    database.clearSchemaCache()
    return StaleStatement()
  }

  private func error(_ code: Int32) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(database.sqliteConnection)),
      sql: prepared.sql)
  }
}

extension BoundStatement {
  private func bind(_ value: SQLValue, at index: Int32) throws {
    let code: Int32
    switch value {
    case .null: code = sqlite3_bind_null(handle, index)
    case .integer(let number): code = sqlite3_bind_int64(handle, index, number)
    case .real(let number): code = sqlite3_bind_double(handle, index, number)
    case .text(let text): code = sqlite3_bind_text(handle, index, text, Int32(text.utf8.count), Self.copied)
    case .blob(let bytes):
      code = bytes.withUnsafeBytes {
        $0.isEmpty
          ? sqlite3_bind_zeroblob(handle, index, 0)
          : sqlite3_bind_blob(handle, index, $0.baseAddress, Int32($0.count), Self.copied)
      }
    }
    if code != SQLITE_OK { throw error(code) }
  }

  private func value(at index: Int32) -> SQLValue {
    switch sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER: .integer(sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: .real(sqlite3_column_double(handle, index))
    case SQLITE_TEXT: .text(String(decoding: bytes(sqlite3_column_text(handle, index), index), as: UTF8.self))
    case SQLITE_BLOB: .blob(Array(bytes(sqlite3_column_blob(handle, index), index)))
    default: .null
    }
  }

  /// What a column holds; good until the next step. The pointer has to be asked for before the length.
  private func bytes(_ start: UnsafeRawPointer?, _ index: Int32) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index)))
  }

  /// SQLite takes a copy (SQLITE_TRANSIENT, a macro that Swift does not see).
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
