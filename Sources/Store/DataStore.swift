import Basics
import Foundation

/// A database file that all our programs share. Everything that is kept is kept here.
///
///     let store = try DataStore.open(path: "guildhall.db", durability: .full)
///     let open = try store.read { try $0.value(Int.self, "SELECT count(*) FROM issues WHERE state = 'open'") }
///
/// Both kinds of transaction block the calling thread. Neither may be started inside the other, and no call to another
/// service belongs inside: a transaction is milliseconds.
public struct DataStore: Sendable {
  let engine: any Engine

  public enum Durability: Sendable {
    /// A committed write survives a power cut (`synchronous=FULL`): what we acknowledge, and intents.
    case full
    /// It survives a crash of ours, not of the machine (`NORMAL`): budgets, breakers, caches.
    case normal
  }

  /// Opens a SQLite file, creating an empty one where there is none.
  /// - Parameters:
  ///   - busyPatience: how long a writer waits for another before it gives up with `.busy`.
  ///   - readers: connections that read side by side; each may cache 2,000 KiB.
  public static func open(
    path: String, durability: Durability, busyPatience: Duration = .seconds(2), readers: Int = 8
  ) throws -> DataStore {
    DataStore(
      engine: try SQLiteEngine(path: path, durability: durability, busyPatience: busyPatience, readers: readers))
  }

  /// A store that lives as long as the value: for tests.
  public static func inMemory() throws -> DataStore { DataStore(engine: try SQLiteEngine.inMemory()) }

  public func read<Value>(_ body: (ReadTransaction) throws -> Value) throws -> Value {
    try engine.read { try body(ReadTransaction(session: $0)) }
  }

  @discardableResult
  public func write<Value>(_ body: (WriteTransaction) throws -> Value) throws -> Value {
    var done: (transaction: WriteTransaction, value: Value)?
    try engine.write { session in
      let transaction = WriteTransaction(session: session)
      done = (transaction, try body(transaction))
    }
    guard let done else { throw Failure(.unexpected, "A transaction was committed before it was run.") }
    done.transaction.committed()
    return done.value
  }

  /// Between two of many transactions. Who waits to write looks about once a millisecond whether it can.
  public static func letOthersWrite() { usleep(2_000) }

  /// Facts for `doctor` and the health page, by name: versions, settings, sizes.
  public func facts() throws -> [String: String] { try engine.facts() }

  /// Keeps the write-ahead log short until the value returned is let go. One process at a time does the work.
  public func keepCheckpointed() throws -> Checkpointer? { try engine.checkpointer() }
}

/// A kind of database behind `DataStore`.
protocol Engine: Sendable {
  func read<Value>(_ body: (any Session) throws -> Value) throws -> Value
  /// Returns when what the body did is durable.
  func write(_ body: (any Session) throws -> Void) throws
  func facts() throws -> [String: String]
  func checkpointer() throws -> Checkpointer?
  func copy(to path: String) throws
}
