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
  private let isOver = DispatchSemaphore(value: 0)
  private let thread: Mutex<JoinableThread?>

  init(path: String) throws {
    thread = Mutex(try JoinableThread(name: "checkpointer") { [isOver] in Self.work(path, until: isOver) })
  }

  /// Ends the work. Its connections are closed and its election is over when this returns.
  public func stop() {
    thread.withLock { thread in
      isOver.signal()
      thread?.join()
      thread = nil
    }
  }

  deinit { stop() }

  private static func work(_ path: String, until isOver: DispatchSemaphore) {
    var pair: CheckpointingPair?
    repeat {
      do {
        if pair == nil { pair = try CheckpointingPair(path: path) }
        try pair?.checkpoint()
      } catch {
        log.warning("checkpoint failed", metadata: ["err": .string(String(describing: error))])
        pair = nil
      }
    } while isOver.wait(timeout: .now() + .seconds(1)) == .timedOut
  }
}

/// The elected process's two connections: one holds the write lock, the other checkpoints.
final class CheckpointingPair {
  private let election: FileLock
  private let guardian: DatabaseQueue
  private let worker: DatabaseQueue

  /// Nil when another has been elected.
  init?(path: String, busyPatience: Duration = .seconds(5)) throws {
    guard let election = try FileLock(path: path + "-checkpointer", .exclusive) else { return nil }
    self.election = election
    var configuration = SQLiteEngine.configuration(busyPatience, readers: 1)
    configuration.allowsUnsafeTransactions = true
    guardian = try DatabaseQueue(path: path, configuration: configuration)
    worker = try DatabaseQueue(path: path, configuration: configuration)
  }

  func checkpoint() throws {
    try guardian.writeWithoutTransaction { database in
      try database.beginTransaction(.immediate)
      defer { try? database.rollback() }  // it holds a lock and nothing else
      _ = try worker.writeWithoutTransaction { try $0.checkpoint(.passive) }
    }
  }
}
