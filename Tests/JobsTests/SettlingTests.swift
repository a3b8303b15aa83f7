import Basics
import Store
import Testing

@testable import Jobs

/// What becomes of a job after an attempt.
struct SettlingTests {
  let bench: Bench
  var now: Timestamp { bench.clock.now }

  init() throws {
    bench = try Bench()
    try bench.enqueue(.make("work", key: "k"))
  }

  private static let down = Failure(.unavailable, "The service is down.", cause: "secret detail")

  @Test(
    arguments: [
      (Failure(.busy(retryAfter: .seconds(7)), "later"), "postponed 7000", "postponed 7000"),
      (Failure(.busy(retryAfter: nil), "later"), "postponed 1000", "postponed 1000"),
      (Failure(.unavailable, "down"), "failed", "unknown"), (Failure(.outcomeUnknown, "perhaps"), "unknown", "unknown"),
      (Failure(.unexpected, "our fault"), "unknown", "unknown"), (Failure(.invalid, "no"), "dead", "dead"),
      (Failure(.unauthenticated, "who"), "dead", "dead"), (Failure(.denied, "no"), "dead", "dead"),
      (Failure(.notFound, "gone"), "dead", "dead"), (Failure(.conflict, "moved"), "dead", "dead"),
      (Told404(), "dead", "dead"), (Stranger(), "unknown", "unknown"),
    ] as [(any Error, String, String)])
  func theKindOfFailureDecides(_ error: any Error, _ working: String, _ looking: String) {
    #expect(Verdict(error).word == working)
    #expect(Verdict(error, isLooking: true).word == looking)
  }

  struct Stranger: Error {}
  struct Told404: FailureConvertible { var failure: Failure { .notFound("gone") } }

  @Test func aPostponedAttemptDoesNotCount() throws {
    for _ in 1...20 {
      let job = try #require(try bench.claim())
      let failure = Failure(.busy(retryAfter: nil), "used up")
      try bench.queue.settle(job, .postponed(.seconds(3), failure), of: .plain)
      let row = try bench.job()
      #expect((row.state, row.attempts, row.failures, row.crashes) == ("ready", 0, 0, 0))
      #expect(row.runAt == now + .seconds(3))
      #expect(row.error == "used up")
      bench.clock.advance(by: .seconds(3))
    }
  }

  @Test func failuresBackOffLongerAndLongerAndThenTheJobDies() throws {
    for failures in 1...7 {
      let job = try #require(try bench.claim())
      try bench.queue.settle(job, .failed(Self.down), of: .plain)
      let row = try bench.job()
      #expect((row.state, row.attempts, row.failures) == ("ready", failures, failures))
      #expect((200...(1000 << (failures - 1))).contains((row.runAt - now).milliseconds))
      bench.clock.now = row.runAt
    }
    try bench.queue.settle(try #require(try bench.claim()), .failed(Self.down), of: .plain)
    #expect(try bench.job().state == "dead")
    #expect(try bench.job().failures == 8)
    #expect(try bench.job().error == "The service is down. [secret detail]")
    #expect(try bench.job().owner == nil)
  }

  @Test func theLongestBackOffIsAnHour() throws {
    let patient = JobKind("plain", limits: .init(failures: 1000)) { _ in .done }
    try bench.store.write { try $0.run("UPDATE jobs SET failures = 900") }
    try bench.queue.settle(try #require(try bench.claim()), .failed(Self.down), of: patient)
    #expect((200...3_600_000).contains(try (bench.job().runAt - now).milliseconds))
  }

  @Test func successForgetsEarlierTroubles() throws {
    try bench.store.write { try $0.run("UPDATE jobs SET failures = 3, crashes = 2, last_error = 'x'") }
    try bench.queue.settle(try #require(try bench.claim()), .done, of: .plain)
    let row = try bench.job()
    #expect((row.state, row.failures, row.crashes, row.error) == ("done", 0, 0, nil))
  }

  @Test func theOldStateComesBackInTheTransactionInWhichTheJobDies() throws {
    let kind = JobKind(
      "plain", limits: .init(failures: 1),
      abandoned: { job, failure, transaction in
        let state = try transaction.value(String.self, "SELECT state FROM jobs WHERE id = \(job.id)")
        try transaction.run("INSERT INTO notes VALUES (\(state), \(failure.sentence))")
      }, perform: { _ in throw Self.down })
    try bench.drain(kind)
    let note = try #require(try bench.store.read { try $0.rows("SELECT * FROM notes") }.first)
    #expect(try note.get("id") == "dead")
    #expect(try note.get("what") == "The service is down.")
  }

  @Test func aJobDiesEvenIfTheOldStateCannotBePutBack() throws {
    let kind = JobKind(
      "plain",
      abandoned: { _, _, transaction in
        try transaction.run("INSERT INTO notes VALUES ('half', NULL)")
        throw Failure.invalid("cannot")
      }, perform: { _ in throw Failure.notFound("The message is gone.") })
    try bench.drain(kind)
    #expect(try bench.job().state == "dead")
    #expect(try bench.job().error == "The message is gone.")
    #expect(try bench.store.read { try $0.rows("SELECT * FROM notes") }.isEmpty)
  }

  @Test(
    arguments: [
      .done, .again(Timestamp(milliseconds: 1)), .waiting("you"), .postponed(.seconds(9), down), .failed(down),
      .unknown(down), .dead(down),
    ] as [Verdict])
  func whoLostTheLeaseChangesNothing(_ verdict: Verdict) throws {
    let told = Told()
    let kind = JobKind("plain", limits: .init(failures: 1), abandoned: { _, _, _ in told.add("abandoned") }) { _ in
      .done
    }
    let slow = try #require(try bench.claim())
    bench.machine.pass(.seconds(121))
    #expect(try bench.queue.reclaim([kind]) == 1)
    for state in ["unknown", "running", "done"] {
      if state == "running" { #expect(try bench.claim(kind) != nil) }
      if state == "done" {
        try bench.store.write {
          try $0.run("UPDATE jobs SET state = 'done', owner = NULL, boot_id = NULL, lease_until = NULL")
        }
      }
      try bench.queue.settle(slow, verdict, of: kind)
      #expect(try bench.job().state == state)
    }
    #expect(told.all.isEmpty)
  }

  /// Keeps a note as part of its outcome.
  private func keeping(_ outcome: JobKind.Outcome, failing: Failure? = nil) -> JobKind {
    JobKind("plain") { _ in
      .keeping(
        { transaction in
          try transaction.run("INSERT INTO notes VALUES ('found', NULL)")
          if let failing { throw failing }
        }, outcome)
    }
  }

  private func notes() throws -> Int { try bench.store.read { try $0.rows("SELECT * FROM notes") }.count }

  @Test(
    arguments: [
      (.done, nil, "done", 1), (.waiting("you"), nil, "waiting", 1),
      (.done, Failure(.unexpected, "no such table"), "unknown", 0), (.done, Failure.notFound("gone"), "dead", 0),
    ] as [(JobKind.Outcome, Failure?, String, Int)])
  func whatTheWorkKeepsIsWrittenWithItsOutcomeOrNeither(
    _ outcome: JobKind.Outcome, _ failure: Failure?, _ state: String, _ count: Int
  ) throws {
    try bench.drain(keeping(outcome, failing: failure))
    #expect(try bench.job().state == state)
    #expect(try notes() == count)
  }

  @Test func whatTheWorkFoundOutIsKeptThoughTheLeaseWasLost() throws {
    let slow = try #require(try bench.claim())
    bench.machine.pass(.seconds(121))
    try bench.queue.reclaim([.plain])
    try bench.queue.settle(slow, Verdict(keeping(.done).perform(slow)), of: .plain)
    #expect(try bench.job().state == "unknown")
    #expect(try notes() == 1)
  }

  @Test func theNextJobIsTakenInTheSameCommitOrNotAtAll() throws {
    try bench.enqueue(.make("behind it", lane: "lane of work"), .make("another"))
    let first = try #require(try bench.claim())
    let next = { try bench.queue.claim([.plain], bench.look(), in: $0) }
    #expect(throws: Failure.self) {
      try bench.queue.settle(first, .done, of: .plain) { transaction in
        _ = try next(transaction)
        throw Failure(.unavailable, "The disk is full.")
      }
    }
    #expect(try bench.jobs().map(\.state) == ["running", "ready", "ready"])
    let second = try #require(try bench.queue.settle(first, .done, of: .plain, andTake: next))
    #expect(try second.payload() == "behind it")
    #expect(try bench.jobs().map(\.state) == ["done", "running", "ready"])
  }
}

@Suite("Once more")
struct AgainTests {
  @Test func aJobThatIsToRunAgainWaitsForItsInstant() throws {
    let bench = try Bench()
    try bench.enqueue(.make("once"))
    let job = try #require(try bench.claim())
    let later = bench.queue.clock.now() + .seconds(5)
    try bench.queue.settle(job, .again(later), of: JobKind("plain") { _ in .done })
    #expect(try bench.job().state == "ready")
    #expect(try bench.claim() == nil)
    bench.clock.advance(by: .seconds(5))
    #expect(try bench.claim() != nil)
  }
}

extension Verdict: CustomTestStringConvertible {
  var word: String {
    switch self {
    case .done: "done"
    case .again(let time): "again \(time)"
    case .waiting: "waiting"
    case .postponed(let pause, _): "postponed \(pause.milliseconds)"
    case .failed: "failed"
    case .unknown: "unknown"
    case .dead: "dead"
    case .keeping(_, let verdict): "keeping, \(verdict.word)"
    }
  }

  public var testDescription: String { word }
}
