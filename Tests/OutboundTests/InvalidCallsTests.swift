import Basics
import HTTP
import Store
import Testing

@testable import Outbound

/// Refused calls: too many, and a service shuts our address out.
struct InvalidCallsTests {
  let bench: Bench
  /// A hundred in ten minutes: batch work ends at twenty, people's at fifty.
  let strict = Provider(
    name: "Far", budget: Budget(calls: 1000, per: .seconds(1)),
    invalidCalls: InvalidCalls(limit: 100, per: .seconds(600)) { $0.status == 403 }, news: { _, _ in RateNews() })

  init() throws { bench = try Bench() }

  /// Each at a route of its own connection, as many processes and bots make them.
  private func refuse(_ times: Int, every pause: Duration = .zero) {
    for number in 0..<times {
      bench.far.add(.status(403, [:], "{}"))
      #expect(bench.outcome(.make("r\(number)", connection: "far:\(number % 3)"), to: strict) == .status(403))
      bench.clock.advance(by: pause)
    }
  }

  private func kinds() -> [Bench.Outcome] {
    [Urgency.interactive, .batch].map { urgency in
      bench.far.add(.status(200))
      return bench.outcome(.make("other", connection: "far:9", urgency: urgency), to: strict)
    }
  }

  @Test(
    arguments: [
      (19, [.status(200), .status(200)]), (20, [.status(200), .failure(.busy(.seconds(600)))]),
      (49, [.status(200), .failure(.busy(.seconds(600)))]),
      (50, [.failure(.busy(.seconds(600))), .failure(.busy(.seconds(600)))]),
    ] as [(Int, [Bench.Outcome])])
  func batchWorkEndsWellBeforePeoples(_ refused: Int, _ expected: [Bench.Outcome]) throws {
    refuse(refused)
    #expect(kinds() == expected)
  }

  @Test func whatIsLongAgoDoesNotCount() throws {
    refuse(60, every: .seconds(60))  // never more than eleven in ten minutes
    #expect(kinds() == [.status(200), .status(200)])
    refuse(20)
    bench.clock.advance(by: .seconds(600))
    #expect(kinds() == [.status(200), .status(200)])
  }

  @Test func itSaysSo() throws {
    refuse(20)
    let told = #expect(throws: Failure.self) { try bench.send(.make("x", urgency: .batch), to: strict) }
    #expect(
      told?.sentence.hasPrefix("Far has refused so many calls that it may shut us out; x calls wait until") == true)
    let health = try bench.outbound.health(of: "far:1", at: strict)
    #expect(health.invalid == 20)
    #expect(health.troubles.count == 1 && health.troubles[0].contains("batch calls wait until"))
  }

  private func deny(_ times: Int, _ route: String = "POST /channels/1/messages", status: Int = 403) {
    for _ in 0..<times {
      bench.far.add(.status(status, [:], "{}"))
      #expect(bench.outcome(.make(route, resource: "/channels/1")) == .status(status))
    }
  }

  @Test func aResourceThatIsRefusedAgainAndAgainIsLeftAlone() throws {
    deny(3)
    let told = #expect(throws: Failure.self) {
      try bench.send(.make("POST /channels/1/messages", resource: "/channels/1"))
    }
    #expect(told?.kind == .busy(.seconds(600)))
    #expect(told?.sentence.contains("Far refuses POST /channels/1/messages again and again") == true)
    #expect(told?.sentence.contains(/left alone until \d\d:\d\d:\d\d UTC/) == true)
    #expect(try bench.outbound.health(of: "far:1", at: .test).troubles.count == 1)
    deny(1, "POST /channels/2/messages")
    bench.clock.advance(by: .seconds(600))
    deny(1)  // one more, and it is left alone again
    #expect(
      bench.outcome(.make("POST /channels/1/messages", resource: "/channels/1")) == .failure(.busy(.seconds(600))))
    try bench.outbound.forgetRefusals(of: "far:1")
    deny(2)
  }

  @Test func onlyRefusalsInARowCount() throws {
    for _ in 0..<5 {
      deny(2)
      deny(1, status: 200)
    }
    #expect(try bench.outbound.health(of: "far:1", at: .test).troubles.isEmpty)
  }

  @Test func whatBelongsToNoResourceIsNeverLeftAlone() throws {
    for _ in 0..<9 {
      bench.far.add(.status(403, [:], "{}"))
      #expect(bench.outcome(.make("PATCH /pages")) == .status(403))
    }
  }
}
