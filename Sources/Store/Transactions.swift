import Basics
import Synchronization

/// What an engine does inside one transaction. The seam: SQLite is one, PostgreSQL can be another.
protocol Session {
  func each(_ sql: SQL, _ body: (Row) throws -> Void) throws
  func run(_ sql: SQL) throws -> Int
  func script(_ sql: String) throws
  func hasTable(_ name: String) throws -> Bool
}

extension Session {
  func query(_ sql: SQL) throws -> [Row] {
    var rows: [Row] = []
    try each(sql) { rows.append($0) }
    return rows
  }
}

/// Asking, in a reading or a writing transaction.
public protocol Queries {
  func rows(_ sql: SQL) throws -> [Row]
}

extension Queries {
  /// The type may be named or left to inference: `let issues: [Issue] = try queries.all("SELECT …")`.
  public func all<Value: RowDecodable>(_ type: Value.Type, _ sql: SQL) throws -> [Value] { try all(sql) }
  public func all<Value: RowDecodable>(_ sql: SQL) throws -> [Value] { try rows(sql).map(Value.init(row:)) }

  public func first<Value: RowDecodable>(_ type: Value.Type, _ sql: SQL) throws -> Value? { try first(sql) }
  public func first<Value: RowDecodable>(_ sql: SQL) throws -> Value? { try rows(sql).first.map(Value.init(row:)) }

  /// The first column of the first row; nil when there is none or it is NULL.
  public func value<Value: SQLReadable>(_ type: Value.Type, _ sql: SQL) throws -> Value? { try value(sql) }
  public func value<Value: SQLReadable>(_ sql: SQL) throws -> Value? { try rows(sql).first.flatMap { try $0.first() } }

  /// The first column of every row, NULLs left out.
  public func values<Value: SQLReadable>(_ type: Value.Type, _ sql: SQL) throws -> [Value] { try values(sql) }
  public func values<Value: SQLReadable>(_ sql: SQL) throws -> [Value] {
    try rows(sql).compactMap { try $0.first() }
  }
}

/// A consistent view of the store, as of its first query.
public struct ReadTransaction: Queries {
  let session: any Session
  public func rows(_ sql: SQL) throws -> [Row] { try session.query(sql) }

  /// One row after the other, for results that are too many to hold.
  public func each(_ sql: SQL, _ body: (Row) throws -> Void) throws { try session.each(sql, body) }
}

/// All or nothing. It may be run again after a collision, so it does nothing but read and write the store.
public struct WriteTransaction: Queries {
  let session: any Session
  private let effects = Effects()

  init(session: any Session) { self.session = session }

  public func rows(_ sql: SQL) throws -> [Row] { try session.query(sql) }

  /// Runs a statement and answers how many rows it changed.
  @discardableResult
  public func run(_ sql: SQL) throws -> Int { try session.run(sql) }

  /// Runs the body once the transaction is durable, and not at all if it is rolled back.
  public func afterCommit(_ body: @escaping @Sendable () -> Void) { effects.add(body) }

  func committed() { effects.runAll() }

  private final class Effects: Sendable {
    private let bodies = Mutex<[@Sendable () -> Void]>([])
    func add(_ body: @escaping @Sendable () -> Void) { bodies.withLock { $0.append(body) } }
    func runAll() { bodies.withLock { $0 }.forEach { $0() } }
  }
}
