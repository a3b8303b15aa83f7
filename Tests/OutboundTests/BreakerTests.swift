import Basics
import HTTP
import Testing

@testable import Outbound

/// A service that does not answer is left alone, and tried again with one call.
struct BreakerTests {
  let bench: Bench
  init() throws { bench = try Bench() }

  private func fail(_ times: Int, _ step: ScriptedTransportStep = .before) {
    for _ in 0..<times {
      bench.far.add(step)
      #expect(bench.outcome(.make()) == .failure(.unavailable))
    }
  }

  @Test(arguments: [.before, .after, .status(500), .status(503), .status(408)] as [ScriptedTransportStep])
  func fiveFailuresInARowOpenIt(_ step: ScriptedTransportStep) throws {
    fail(5, step)
    #expect(bench.outcome(.make()) == .failure(.busy(.seconds(10))))
    bench.clock.advance(by: .milliseconds(9_000))
    #expect(bench.outcome(.make("another route", urgency: .batch)) == .failure(.busy(.seconds(1))))
    #expect(bench.far.requests.count == 5)
    bench.far.add(.status(200))
    #expect(bench.outcome(.make(connection: "far:2")) == .status(200))
  }

  @Test(arguments: [(4, false, 0), (5, true, 0), (5, false, -3600), (5, false, 11)])
  func itIsToldAsBrokenWhileCallsAreHeldBack(_ failures: Int, _ isBroken: Bool, _ later: Int) throws {
    fail(failures)
    bench.clock.advance(by: .seconds(later))
    let health = try bench.outbound.health(of: "far:1", at: .test)
    #expect(health.isBroken == isBroken && health.troubles.isEmpty == !isBroken && health.failuresInARow == failures)
  }

  /// 200, but the page of somebody in between; and JSON of theirs that we cannot read.
  @Test(arguments: [(Array("<!doctype html>".utf8), true), ([], true), (Array("{}".utf8), false)])
  func answersThatAreNotTheServicesOpenIt(_ body: [UInt8], _ isOpened: Bool) throws {
    struct Unreadable: Error {}
    for _ in 0..<5 {
      bench.far.add(.answer(IncomingResponse(status: 200, body: body)))
      #expect(throws: Failure.self) {
        try bench.outbound.send(.make(), to: .test) { _ in throw Unreadable() }
      }
    }
    bench.far.add(.status(200))
    #expect(bench.outcome(.make()) == (isOpened ? .failure(.busy(.seconds(10))) : .status(200)))
  }

  @Test(arguments: [200, 404, 429])
  func anAnswerInBetweenForgetsThem(_ status: Int) throws {
    fail(4)
    bench.far.add(.status(status, [:], "{}"))
    _ = bench.outcome(.make("another route"))
    fail(4)
    bench.far.add(.status(200))
    #expect(bench.outcome(.make()) == .status(200))
  }

  @Test(
    arguments: [(200, .status(200)), (403, .status(403)), (429, .failure(.busy(.seconds(1))))] as [(Int, Bench.Outcome)]
  )
  func oneProbeThenItClosesWhateverTheAnswer(_ status: Int, _ outcome: Bench.Outcome) throws {
    fail(5)
    bench.clock.advance(by: .seconds(10))
    try bench.ledger.reserve(.make(), budget: Provider.test.budget)  // the probe is under way
    #expect(bench.outcome(.make()) == .failure(.busy(.seconds(10))))
    bench.clock.advance(by: .seconds(10))  // it never came back: the next is the probe
    bench.far.add(.status(status, [:], "{}"))
    #expect(bench.outcome(.make("a")) == outcome)
    bench.far.add(.status(200), .status(200))
    for _ in 1...2 { #expect(bench.outcome(.make("b")) == .status(200)) }
  }

  @Test func eachProbeThatFailsMakesItLonger() throws {
    fail(5)
    for seconds in [10, 20, 40, 60, 60] {
      #expect(bench.outcome(.make()) == .failure(.busy(.seconds(seconds))))
      bench.clock.advance(by: .seconds(seconds))
      fail(1)
    }
    #expect(bench.far.requests.count == 10)
    bench.clock.advance(by: .seconds(60))
    bench.far.add(.status(200))
    #expect(bench.outcome(.make()) == .status(200))
    fail(5)
    #expect(bench.outcome(.make()) == .failure(.busy(.seconds(10))))
  }

  @Test func nobodyWaitsForItHoweverPatient() throws {
    fail(5)
    let start = bench.clock.now
    #expect(bench.outcome(.make(patience: .seconds(600))) == .failure(.busy(.seconds(10))))
    #expect(bench.clock.now == start)
  }

  @Test func callsThatWereUnderWayDoNotMakeItLonger() throws {
    for _ in 0..<30 { try bench.ledger.recordBroken(.make()) }
    #expect(bench.outcome(.make()) == .failure(.busy(.seconds(10))))
  }

  @Test func itClosesWhenTheClockIsSetBack() throws {
    fail(5)
    bench.clock.advance(by: .seconds(-3600))
    bench.far.add(.status(200))
    #expect(bench.outcome(.make()) == .status(200))
  }
}
