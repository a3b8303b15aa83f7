import Basics
import Store
import Testing

@testable import Jobs

/// Writing an intent down, once or more than once.
struct EnqueueingTests {
  let bench: Bench
  var now: Timestamp { bench.clock.now }

  init() throws { bench = try Bench() }

  @Test func itIsPartOfTheChangeItBelongsTo() throws {
    struct Refused: Error {}
    #expect(throws: Refused.self) {
      try bench.store.write { transaction throws in
        try bench.queue.enqueue(.make("never"), in: transaction)
        throw Refused()
      }
    }
    #expect(try bench.jobs().isEmpty)
    #expect(bench.queue.bell.wait(since: 0, timeout: .zero) == 0)
    try bench.enqueue(.make("now"))
    #expect(bench.queue.bell.wait(since: 0, timeout: .zero) == 1)
  }

  @Test func itCarriesTheCorrelation() throws {
    try LogContext.with(["correlation": "click-7"]) { try bench.enqueue(.make("x")) }
    #expect(try bench.job().correlation == "click-7")
    #expect(try bench.claim()?.correlation == "click-7")
  }

  @Test func aSecondWishReplacesTheFirstThatNobodyHasBegun() throws {
    try bench.enqueue(.make("old", key: "k"), .make("new", key: "k"))
    #expect(try bench.claimAll() == ["new"])
    #expect(try bench.jobs().count == 1)
  }

  @Test func withoutAKeyEachIsAJob() throws {
    try bench.enqueue(.make("one"), .make("two"), .make("other", key: "k"))
    #expect(try bench.jobs().count == 3)
  }

  @Test(arguments: ["done", "dead", "cancelled"])
  func aKeyIsFreeAgainWhenItsJobIsOver(_ state: String) throws {
    try bench.enqueue(.make("old", key: "k"))
    try bench.store.write { try $0.run("UPDATE jobs SET state = \(state)") }
    try bench.enqueue(.make("new", key: "k"))
    #expect(try bench.jobs().map(\.state).sorted() == [state, "ready"].sorted())
  }

  @Test(
    arguments: [
      (.batch, .batch, 10), (.batch, .interactive, 0), (.interactive, .batch, 0),
    ] as [(Intent.Priority, Intent.Priority, Int)])
  func theMoreUrgentOfTwoWishesCounts(_ first: Intent.Priority, _ second: Intent.Priority, _ priority: Int) throws {
    try bench.enqueue(.make("a", key: "k", lane: "l", first), .make("b", key: "k", lane: "l", second))
    #expect(try bench.job().priority == priority)
  }

  @Test(arguments: [(500, nil, 1), (500, 200, 200), (nil, 500, 0), (200, 500, 200)] as [(Int64?, Int64?, Int64)])
  func theEarlierOfTwoTimesCounts(_ first: Int64?, _ second: Int64?, _ expected: Int64) throws {
    let start = now
    try bench.enqueue(
      .make("a", key: "k", notBefore: first.map { start + .milliseconds($0) }),
      .make("b", key: "k", notBefore: second.map { start + .milliseconds($0) }))
    #expect(try bench.job().runAt == start + .milliseconds(expected))
  }

  @Test func aWishDuringTheWorkIsOneMoreRunAtItsOwnTime() throws {
    try bench.enqueue(.make("first", key: "k"))
    let job = try #require(try bench.claim())
    let later = now + .milliseconds(500)
    try bench.enqueue(.make("second", key: "k", notBefore: later))
    try bench.enqueue(.make("third", key: "k", notBefore: later + .seconds(5)))
    #expect(try bench.claim() == nil)
    try bench.queue.settle(job, .done, of: .plain)
    #expect(try bench.job().state == "ready")
    #expect(try bench.job().runAt == later)
    bench.clock.now = later
    #expect(try bench.claimAll() == ["third"])
  }

  @Test func aWishDuringTheLastRunIsNotLostWithIt() throws {
    try bench.enqueue(.make("first", key: "k"))
    let job = try #require(try bench.claim())
    try bench.enqueue(.make("second", key: "k"))
    try bench.queue.settle(job, .dead(.invalid("no")), of: .plain)
    #expect(try bench.job().failures == 0)
    #expect(try bench.claimAll() == ["second"])
  }

  @Test func aWishWakesAJobThatWaitsForAPerson() throws {
    try bench.enqueue(.make("first", key: "k"))
    try bench.queue.settle(try #require(try bench.claim()), .waiting("Grant the right."), of: .plain)
    #expect(try bench.job().state == "waiting")
    #expect(try bench.job().error == "Grant the right.")
    #expect(try bench.claim() == nil)
    let later = now + .seconds(2)
    try bench.enqueue(.make("second", key: "k", notBefore: later))
    #expect(try bench.job().state == "ready")
    #expect(try bench.job().runAt == later)
  }

  @Test func aWishDoesNotHastenAJobThatBacksOff() throws {
    try bench.enqueue(.make("first", key: "k"))
    try bench.queue.settle(try #require(try bench.claim()), .failed(Failure(.unavailable, "down")), of: .plain)
    let runAt = try bench.job().runAt
    try bench.enqueue(.make("second", key: "k"))
    #expect(try bench.job().runAt == runAt)
    #expect(try bench.job().payload == "second")
  }

  @Test(arguments: [false, true])
  func aWishWhileAnOutcomeIsUnknownIsCarriedOutWhateverIsFound(_ isReclaimed: Bool) throws {
    try bench.enqueue(.make("first", key: "k"))
    let job = try #require(try bench.claim())
    if isReclaimed {
      try bench.enqueue(.make("second", key: "k"))
      bench.machine.end("us:1")
      try bench.queue.reclaim([.plain])
    } else {
      try bench.queue.settle(job, .unknown(Failure(.outcomeUnknown, "?")), of: .plain)
      try bench.enqueue(.make("second", key: "k"))
    }
    bench.clock.advance(by: .seconds(3600))
    let told = Told()
    let kind = JobKind(
      "plain",
      reconcile: { _ in
        told.add("found"); return .done
      },
      perform: { job in
        told.add(try job.payload()); return .done
      })
    try bench.drain(kind)
    #expect(told.all == ["found", "second"])
    #expect(try bench.job().state == "done")
  }
}
