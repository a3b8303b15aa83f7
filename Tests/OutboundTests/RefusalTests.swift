import Basics
import HTTP
import Testing

@testable import Outbound

/// 429 and 401: what is not sent after them.
struct RefusalTests {
  let bench: Bench
  init() throws { bench = try Bench() }

  private func refusal(_ seconds: String, everything: Bool = false) -> Headers {
    everything ? ["Retry-After": seconds, "Everything": "yes"] : ["Retry-After": seconds]
  }

  @Test func aRouteThatWasRefusedWaitsAndOthersDoNot() throws {
    bench.far.add(.status(429, refusal("7")))
    #expect(bench.outcome(.make("a")) == .failure(.busy(.seconds(7))))
    bench.clock.advance(by: .seconds(2))
    #expect(bench.outcome(.make("a")) == .failure(.busy(.seconds(5))))
    bench.far.add(.status(200), .status(200), .status(200))
    #expect(bench.outcome(.make("b")) == .status(200))
    #expect(bench.outcome(.make("a", connection: "far:2")) == .status(200))
    bench.clock.advance(by: .seconds(5))
    #expect(bench.outcome(.make("a")) == .status(200))
    #expect(bench.far.requests.count == 4)
  }

  @Test func aWholeConnectionThatWasRefusedWaits() throws {
    bench.far.add(.status(429, refusal("90", everything: true)))
    #expect(bench.outcome(.make("a")) == .failure(.busy(.seconds(90))))
    #expect(bench.outcome(.make("b")) == .failure(.busy(.seconds(90))))
    #expect(bench.far.requests.count == 1)
  }

  @Test(arguments: [("60", "2"), ("2", "60")])
  func ofTwoRefusalsTheLongerHolds(_ first: String, _ second: String) throws {
    let news = { (seconds: String) in
      RateNews(refusal: .init(until: bench.clock.now + .seconds(Int64(seconds) ?? 0), isWholeConnection: false))
    }
    try bench.ledger.record(news(first), of: .make("a"))
    try bench.ledger.record(news(second), of: .make("a"))
    #expect(bench.outcome(.make("a")) == .failure(.busy(.seconds(60))))
  }

  @Test func aProviderWithoutNewsIsStillHeardAt429And529() throws {
    let silent = Provider(name: "Far", budget: .init(calls: 9, per: .seconds(1))) { _, _ in RateNews() }
    for status in [429, 529] {
      bench.far.add(.status(status, ["Retry-After": "4"]))
      #expect(bench.outcome(.make(isRepeatable: false), to: silent) == .failure(.busy(.seconds(4))))
    }
  }

  @Test func oneRefusedTokenStopsItsConnectionUntilItIsConnectedAgain() throws {
    bench.far.add(.status(401))
    let told = #expect(throws: Failure.self) { try bench.send(.make("a")) }
    #expect(told?.kind == .unauthenticated)
    #expect(told?.sentence == "Far refuses our token. Connect Far again with a valid one.")
    bench.clock.advance(by: .seconds(90 * 86_400))
    let repeated = #expect(throws: Failure.self) { try bench.send(.make("b", urgency: .batch)) }
    #expect(repeated?.sentence == told?.sentence)
    #expect(bench.far.requests.count == 1)
    bench.far.add(.status(200), .status(200))
    #expect(bench.outcome(.make("b", connection: "far:2")) == .status(200))
    try bench.outbound.forgetRefusals(of: "far:1")
    #expect(bench.outcome(.make("b")) == .status(200))
  }

  @Test func aRefusedTokenIsToldEvenWhileALimitHolds() throws {
    bench.far.add(.status(401))
    #expect(bench.outcome(.make("a")) == .failure(.unauthenticated))
    try bench.ledger.record(
      RateNews(refusal: .init(until: bench.clock.now + .seconds(600), isWholeConnection: true)), of: .make("a"))
    #expect(bench.outcome(.make("a")) == .failure(.unauthenticated))
    try bench.outbound.forgetRefusals(of: "far:1")
    #expect(bench.outcome(.make("a")) == .failure(.busy(.seconds(600))))
  }

  @Test func patienceDoesNotWaitForARefusedToken() throws {
    bench.far.add(.status(401))
    let start = bench.clock.now
    #expect(bench.outcome(.make(patience: .seconds(600))) == .failure(.unauthenticated))
    #expect(bench.clock.now == start)
  }
}
