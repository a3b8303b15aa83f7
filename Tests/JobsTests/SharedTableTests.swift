import Basics
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Several runners on one file, and others who hold it.
struct SharedTableTests {
  let folder: TemporaryDirectory
  init() throws { folder = try TemporaryDirectory() }

  private func open(patience: Duration = .seconds(30)) throws -> DataStore {
    let store = try DataStore.open(path: folder.file("jobs.db"), durability: .normal, busyPatience: patience)
    _ = try store.migrate(jobMigrations)
    return store
  }

  /// How often each job was run, and whether two were ever at it, or in its lane, at once.
  private final class Watch: Sendable {
    struct State {
      var runs: [String: Int] = [:]
      var lanes: Set<String> = []
      var collisions: [String] = []
    }
    let state = Mutex(State())

    func run(_ payload: String) {
      let lane = String(payload.prefix { $0 != "/" })
      state.withLock { state in
        if !state.lanes.insert(lane).inserted { state.collisions.append(payload) }
        state.runs[payload, default: 0] += 1
      }
      usleep(.random(in: 0...300))
      state.withLock { _ = $0.lanes.remove(lane) }
    }
  }

  @Test func twoRunnersNeverRunAJobTwiceNorALaneAtOnce() throws {
    let watch = Watch()
    let kind = JobKind("plain") { job in
      watch.run(try job.payload())
      return .done
    }
    let queues = try (0..<2).map { _ in JobQueue(store: try open(), clock: .system) }
    try queues[0].store.write { transaction throws in
      for number in 0..<300 {
        let lane = "lane \(number % 40)"
        try queues[0].enqueue(
          .make("\(lane)/\(number)", lane: lane, number % 7 == 0 ? .interactive : .batch), in: transaction)
      }
    }
    try onThreads(2) { number in
      try JobRunner(queue: queues[number], kinds: [kind]).drain(threads: 3, until: .now + .seconds(600))
    }
    // A runner may leave what is behind a job of the other's; whoever comes next does it.
    try JobRunner(queue: queues[0], kinds: [kind]).drain(threads: 1, until: .now + .seconds(600))
    let result = watch.state.withLock { $0 }
    #expect(result.collisions == [])
    #expect(result.runs.count == 300)
    #expect(result.runs.values.allSatisfy { $0 == 1 })
    #expect(try queues[0].counts() == [:])
  }

  @Test func anOutcomeIsWrittenDownThoughTheFileIsHeldForAWhile() throws {
    let store = try open(patience: .milliseconds(10))
    let other = try open()
    let queue = JobQueue(store: store, clock: .system)
    let runs = Mutex(0)
    let kind = JobKind("plain") { _ in
      runs.withLock { $0 += 1 }
      let holder = try WriteHolder(other)
      Thread.detachNewThread {
        Thread.sleep(forTimeInterval: 0.3)  // long enough for some refusals; the outcome does not depend on it
        holder.release()
      }
      return .done
    }
    try store.write { try queue.enqueue(.make("work"), in: $0) }
    try JobRunner(queue: queue, kinds: [kind]).drain(threads: 1, until: .now + .seconds(600))
    #expect(runs.withLock { $0 } == 1)
    #expect(try store.read { try $0.value(String.self, "SELECT state FROM jobs") } == "done")
    #expect(try store.read { try $0.value(Int.self, "SELECT crashes FROM jobs") } == 0)
  }

  @Test func aThreadOutlivesATableThatCannotBeUsed() throws {
    let store = try open(patience: .milliseconds(10))
    let queue = JobQueue(store: store, clock: .system)
    let done = DispatchSemaphore(value: 0)
    let runner = JobRunner(
      queue: queue,
      kinds: [
        JobKind("plain") { _ in
          done.signal(); return .done
        }
      ])
    try store.write { try $0.run("ALTER TABLE jobs RENAME TO gone") }
    runner.start(threads: 1)
    queue.bell.ring()
    try store.write { try $0.run("ALTER TABLE gone RENAME TO jobs") }
    try store.write { try queue.enqueue(.make("work"), in: $0) }
    done.wait()
    runner.stop(within: .seconds(600))
    #expect(try queue.counts() == [:])
  }
}
