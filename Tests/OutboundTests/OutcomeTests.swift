import Basics
import HTTP
import Store
import Synchronization
import TestSupport
import Testing

@testable import Outbound

typealias ScriptedTransportStep = ScriptedTransport.Step

/// What a call came to: whether it may have happened, and whether it is made again.
struct OutcomeTests {
  @Test(
    arguments: [
      (.status(200), .status(200), .status(200)), (.status(204), .status(204), .status(204)),
      (.status(302), .failure(.unavailable), .failure(.outcomeUnknown)), (.status(400), .status(400), .status(400)),
      (.status(403, [:], "{}"), .status(403), .status(403)),
      (.status(403), .failure(.unavailable), .failure(.unavailable)),
      (.status(409), .status(409), .status(409)),
      (.status(401), .failure(.unauthenticated), .failure(.unauthenticated)),
      (.status(429), .failure(.busy(.seconds(1))), .failure(.busy(.seconds(1)))),
      (.status(529), .failure(.busy(.seconds(1))), .failure(.busy(.seconds(1)))),
      (.status(408), .failure(.unavailable), .failure(.outcomeUnknown)),
      (.status(500), .failure(.unavailable), .failure(.outcomeUnknown)),
      (.status(502), .failure(.unavailable), .failure(.outcomeUnknown)),
      (.status(503), .failure(.unavailable), .failure(.outcomeUnknown)),  // Notion: the write may have been saved
      (.before, .failure(.unavailable), .failure(.unavailable)),
      (.after, .failure(.unavailable), .failure(.outcomeUnknown)),
    ] as [(ScriptedTransportStep, Bench.Outcome, Bench.Outcome)])
  func unknownOnlyWhenItMayHaveHappened(
    _ step: ScriptedTransportStep, _ repeatable: Bench.Outcome, _ once: Bench.Outcome
  ) throws {
    for (isRepeatable, expected) in [(true, repeatable), (false, once)] {
      let bench = try Bench()
      bench.far.add(step)
      #expect(bench.outcome(.make(isRepeatable: isRepeatable)) == expected)
      #expect(bench.far.requests.count == 1)
    }
  }

  @Test(
    arguments: [
      ([.before, .status(200)], true, .status(200)), ([.after, .status(503), .status(200)], true, .status(200)),
      ([.after, .after, .after], true, .failure(.unavailable)), ([.after], false, .failure(.outcomeUnknown)),
      ([.status(500)], false, .failure(.outcomeUnknown)), ([.before], false, .failure(.unavailable)),
      ([.status(429), .status(200)], false, .status(200)),
      ([.status(429), .status(529), .status(200)], true, .status(200)),
      ([.status(404)], true, .status(404)),
      ([.status(429), .after, .status(429), .status(500), .status(429), .status(200)], true, .status(200)),
    ] as [([ScriptedTransportStep], Bool, Bench.Outcome)])
  func withPatience(_ steps: [ScriptedTransportStep], _ isRepeatable: Bool, _ expected: Bench.Outcome) throws {
    let bench = try Bench()
    for step in steps { bench.far.add(step) }
    #expect(bench.outcome(.make(isRepeatable: isRepeatable, patience: .seconds(30))) == expected)
    #expect(bench.far.requests.count == steps.count)
  }

  @Test(arguments: [(true, Bench.Outcome.failure(.unavailable)), (false, .failure(.outcomeUnknown))])
  func anAnswerThatCannotBeReadTellsNothing(_ isRepeatable: Bool, _ expected: Bench.Outcome) throws {
    struct Unreadable: Error {}
    let bench = try Bench()
    bench.far.add(.status(200))
    let told = #expect(throws: Failure.self) {
      try bench.outbound.send(.make(isRepeatable: isRepeatable), to: .test) { _ in throw Unreadable() }
    }
    #expect(told.map { Bench.Outcome.failure($0.kind) } == expected)
    #expect(told?.sentence == "Far's answer could not be read.")
  }

  @Test func aRefusalReachesTheCallerAsItIs() throws {
    let bench = try Bench()
    bench.far.add(.status(404))
    let told = #expect(throws: Failure.self) {
      try bench.outbound.send(.make(isRepeatable: false), to: .test) { _ in throw Failure.notFound("No such thing.") }
    }
    #expect(told?.kind == .notFound)
  }

  @Test func patienceIsNeverExceeded() throws {
    let bench = try Bench()
    let start = bench.clock.now
    bench.far.add(.status(429, ["Retry-After": "5"]), .status(429, ["Retry-After": "5"]))
    #expect(bench.outcome(.make(patience: .seconds(9))) == .failure(.busy(.seconds(5))))
    #expect(bench.clock.now == start + .seconds(5))
    #expect(bench.far.requests.count == 2)
  }

  @Test func patienceWaitsForTheBudget() throws {
    let bench = try Bench()
    let provider = Provider.test(Budget(calls: 2, per: .seconds(60)))
    let start = bench.clock.now
    for _ in 0..<5 {
      bench.far.add(.status(200))
      #expect(bench.outcome(.make(isRepeatable: false, patience: .seconds(90)), to: provider) == .status(200))
    }
    #expect(bench.clock.now == start + .seconds(120))
  }

  @Test(
    arguments: [
      (.bucket("b", remaining: 1, resetAfter: 1), .status(200)), (.status(500), .failure(.outcomeUnknown)),
      (.after, .failure(.outcomeUnknown)), (.status(401), .failure(.unauthenticated)),
      (.status(429, ["Retry-After": "4"]), .failure(.busy(.seconds(4)))),
    ] as [(ScriptedTransportStep, Bench.Outcome)])
  func whatCameOfACallIsToldThoughItsLimitsCannotBeWrittenDown(
    _ step: ScriptedTransportStep, _ expected: Bench.Outcome
  ) throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("volatile.db")
    let store = try DataStore.open(path: path, durability: .normal, busyPatience: .milliseconds(10))
    _ = try store.migrate(outboundMigrations)
    let other = try DataStore.open(path: path, durability: .normal, busyPatience: .seconds(30))
    let holder = Mutex<WriteHolder?>(nil)
    let bench = try Bench(store: store, before: { holder.withLock { $0 = try? WriteHolder(other) } })  // none: fails below
    bench.far.add(step)
    #expect(bench.outcome(.make(isRepeatable: false)) == expected)
    let held = try #require(holder.withLock { $0 })
    held.release()
    #expect(try store.read { try $0.value(Int.self, "SELECT count(*) FROM blocks") } == 0)
  }

  @Test func withoutALedgerNothingIsSent() throws {
    let bench = try Bench(store: .inMemory())
    #expect(bench.outcome(.make()) == .failure(.unexpected))
    #expect(bench.far.requests.isEmpty)
  }
}
