import Basics
import Foundation
import GRDB
import Synchronization

private let log = Logger(label: "store")

/// Moves committed pages from the write-ahead log into the database, once a second or as often as keeps the log about as
/// long as SQLite would: a log that begins again costs much less to write than one that grows.
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
    var pace = CheckpointPace()
    repeat {
      do {
        if pair == nil { pair = try CheckpointingPair(path: path) }
        pace.found(frames: try pair?.checkpoint() ?? 0)
      } catch {
        log.warning("checkpoint failed", metadata: ["err": .string(String(describing: error))])
        pair = nil
        pace = CheckpointPace()
      }
    } while isOver.wait(timeout: .now() + .milliseconds(pace.pause)) == .timedOut
  }
}

/// How long to wait until the next checkpoint, from how much there was at the last.
struct CheckpointPace {
  /// SQLite's own measure: 1,000 pages, some 4 MiB.
  static let aim = 1000
  /// Milliseconds; the shortest leaves writers most of the time.
  static let range = 50...1000

  private(set) var pause = range.upperBound

  /// - Parameter frames: the length of the log, in pages.
  mutating func found(frames: Int) {
    let fitting = frames > 0 ? pause * Self.aim / frames : .max
    // It slows down by and by, so that a moment without work does not let the log grow for a second.
    pause = min(max(min(fitting, pause * 2), Self.range.lowerBound), Self.range.upperBound)
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

  /// Answers how many pages the log holds.
  @discardableResult
  func checkpoint() throws -> Int {
    try guardian.writeWithoutTransaction { database in
      try database.beginTransaction(.immediate)
      defer { try? database.rollback() }  // it holds a lock and nothing else
      return try worker.writeWithoutTransaction { try $0.checkpoint(.passive).walFrameCount }
    }
  }
}
