import Basics
import Store
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// A table of jobs, the time, and a machine whose processes the test may end.
struct Bench: Sendable {
  let clock = TestClock()
  let machine = Machine()
  let store: DataStore
  let queue: JobQueue

  init(store: DataStore? = nil) throws {
    self.store = try store ?? .inMemory(jobMigrations + [Bench.notes])
    queue = JobQueue(store: self.store, clock: clock.wall, host: machine.host("us:1"))
  }

  /// Where jobs and their kinds leave traces.
  static let notes = Migration("20260101-0000-notes", "CREATE TABLE notes (id TEXT PRIMARY KEY, what TEXT) STRICT;")

  func enqueue(_ intents: Intent...) throws {
    for intent in intents {
      try store.write { try queue.enqueue(intent, in: $0) }
      clock.advance(by: .milliseconds(1))  // so that ids and times tell them apart
    }
  }

  func claim(_ kinds: JobKind..., except closed: [ClosedGate] = []) throws -> Job? {
    try queue.claim(kinds.isEmpty ? [.plain] : kinds, look(except: closed))
  }

  func look(except closed: [ClosedGate] = []) -> Look { Look(time: clock.now, closed: closed) }

  /// The payloads of all that may be claimed now, in that order.
  func claimAll(except closed: [ClosedGate] = []) throws -> [String] {
    var payloads: [String] = []
    while let job = try claim(except: closed) { payloads.append(try job.payload()) }
    return payloads
  }

  func jobs() throws -> [JobRow] { try store.read { try $0.all("SELECT * FROM jobs ORDER BY id") } }

  /// The one job there is.
  func job() throws -> JobRow {
    let jobs = try jobs()
    #expect(jobs.count == 1)
    return try #require(jobs.first)
  }

  func drain(_ kinds: JobKind..., threads: Int = 1) throws {
    try JobRunner(queue: queue, kinds: kinds).drain(threads: threads, until: clock.now + .milliseconds(1))
  }
}

/// A machine that was started once, with processes that live until the test ends them.
final class Machine: Sendable {
  private struct State {
    var uptime: Int64 = 1_000_000
    var ended: Set<String> = []
  }
  private let state = Mutex(State())

  func host(_ owner: String, boot: String = "boot-1") -> Host {
    Host(
      owner: owner, bootID: boot, monotonic: { self.state.withLock { $0.uptime } },
      isAlive: { owner in self.state.withLock { !$0.ended.contains(owner) } })
  }

  func end(_ owner: String) { state.withLock { _ = $0.ended.insert(owner) } }
  func pass(_ time: Duration) { state.withLock { $0.uptime += time.milliseconds } }
}

struct JobRow: RowDecodable {
  let kind: String
  let state: String
  let payload: String
  let priority: Int
  let runAt: Timestamp
  let attempts: Int
  let failures: Int
  let crashes: Int
  let owner: String?
  let leaseUntil: Int64?
  let error: String?
  let correlation: String?

  init(row: Row) throws {
    kind = try row.get("kind")
    state = try row.get("state")
    payload = try JSON.decode(String.self, from: try row.get("payload", as: String.self))
    priority = try row.get("priority")
    runAt = try row.get("run_at")
    attempts = try row.get("attempts")
    failures = try row.get("failures")
    crashes = try row.get("crashes")
    owner = try row.optional("owner")
    leaseUntil = try row.optional("lease_until")
    error = try row.optional("last_error")
    correlation = try row.optional("correlation_id")
  }
}

extension Intent {
  /// An intent whose payload is a word; each has a lane of its own unless the test names one.
  static func make(
    _ payload: String, kind: String = "plain", key: String? = nil, lane: String? = nil, gate: String = "gate",
    _ priority: Priority = .batch, notBefore: Timestamp? = nil
  ) throws -> Intent {
    try Intent(
      kind: kind, uniqueKey: key, lane: lane ?? "lane of \(payload)", gate: gate, payload: payload, priority: priority,
      notBefore: notBefore)
  }
}

extension JobKind {
  static let plain = JobKind("plain") { _ in .done }
}

/// What happened, in order, told from any thread.
final class Told: Sendable {
  private let words = Mutex<[String]>([])
  func add(_ word: String) { words.withLock { $0.append(word) } }
  var all: [String] { words.withLock { $0 } }
}
