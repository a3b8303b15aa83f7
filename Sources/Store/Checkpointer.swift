import Basics
import Foundation
import GRDB
import Synchronization

private let log = Logger(label: "store")

/// Moves committed pages from the write-ahead log into the database, once a second.
///
/// SQLite before 3.51.3 can lose commits when an automatic checkpoint meets a writer that restarts the log
/// (sqlite.org, "The WAL reset bug"). So no connection of ours checkpoints by itself; one process, elected by a file
/// lock, does it while a second connection of its own holds the write lock.
public final class Checkpointer: Sendable {
  private let isStopped = Mutex(false)

  init(path: String) throws {
    let thread = Thread { [weak self] in Self.work(path) { self?.isStopped.withLock { $0 } ?? true } }
    thread.name = "checkpointer"
    thread.start()
  }

  public func stop() { isStopped.withLock { $0 = true } }
  deinit { isStopped.withLock { $0 = true } }

  private static func work(_ path: String, until isStopped: () -> Bool) {
    var pair: Pair?
    while !isStopped() {
      do {
        if pair == nil { pair = try Pair(path: path) }
        try pair?.checkpoint()
      } catch {
        log.warning("checkpoint failed", metadata: ["err": .string(String(describing: error))])
        pair = nil
      }
      Thread.sleep(forTimeInterval: 1)
    }
  }
}

/// The elected process's two connections: one holds the write lock, the other checkpoints.
private final class Pair {
  private let guardian: DatabaseQueue
  private let worker: DatabaseQueue
  private let lock: Int32

  /// Nil when another process has been elected.
  init?(path: String) throws {
    lock = open(path + "-checkpointer", O_RDWR | O_CREAT | O_CLOEXEC, 0o660)
    guard lock >= 0 else { throw Failure(.unavailable, "The file \(path)-checkpointer cannot be made.") }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      return nil
    }
    var configuration = SQLiteEngine.configuration(.seconds(5), readers: 1)
    configuration.allowsUnsafeTransactions = true
    guardian = try DatabaseQueue(path: path, configuration: configuration)
    worker = try DatabaseQueue(path: path, configuration: configuration)
  }

  deinit { close(lock) }

  func checkpoint() throws {
    try guardian.writeWithoutTransaction { database in
      try database.beginTransaction(.immediate)
      defer { try? database.rollback() }  // it holds a lock and nothing else; a failed begin has nothing to undo
      _ = try worker.writeWithoutTransaction { try $0.checkpoint(.passive) }
    }
  }
}
