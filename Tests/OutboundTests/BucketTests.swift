import Basics
import HTTP
import TestSupport
import Testing

@testable import Outbound

/// Buckets that only the headers of answers tell of.
struct BucketTests {
  let bench: Bench
  init() throws { bench = try Bench() }

  /// So many calls may be begun now, of those that follow.
  private func free(_ call: OutboundCall = .make(), tries: Int = 12) -> Int {
    (0..<tries).count { _ in (try? bench.ledger.reserve(call, budget: Provider.test.budget)) != nil }  // refused
  }

  private func tell(_ id: String = "b", remaining: Int, resetAfter: Int64, _ call: OutboundCall = .make()) throws {
    let bucket = RateNews.Bucket(id: id, remaining: remaining, resetAt: bench.clock.now + .milliseconds(resetAfter))
    try bench.ledger.record(RateNews(bucket: bucket), of: call)
  }

  @Test func whatRemainsIsCountedDownUntilItsReset() throws {
    bench.far.add(.bucket("b", remaining: 2, resetAfter: 5000))
    try bench.send(.make())
    #expect(free() == 2)
    #expect(bench.outcome(.make()) == .failure(.busy(.seconds(5))))
    bench.clock.advance(by: .milliseconds(4999))
    #expect(bench.outcome(.make()) == .failure(.busy(.milliseconds(20))))
    bench.clock.advance(by: .milliseconds(1))
    #expect(free() == 12)
  }

  @Test func answersOfOnePeriodInAnyOrderNeverAddAnything() throws {
    try tell(remaining: 4, resetAfter: 5000)
    #expect(free(tries: 3) == 3)
    for remaining in [1, 3, 2] { try tell(remaining: remaining, resetAfter: 5000) }
    #expect(free() == 1)
    try tell(remaining: 0, resetAfter: 4990)
    #expect(free() == 0)
  }

  @Test func aNewPeriodBeginsAnew() throws {
    try tell(remaining: 0, resetAfter: 1000)
    bench.clock.advance(by: .milliseconds(1001))
    try tell(remaining: 4, resetAfter: 5000)
    #expect(free() == 4)
  }

  @Test func newsOfAnEarlierPeriodIsNone() throws {
    try tell(remaining: 4, resetAfter: 6000)
    try tell(remaining: 0, resetAfter: 1000)
    #expect(free() == 4)
    bench.clock.advance(by: .seconds(2))
    #expect(free() == 0)
  }

  @Test func routesOfOneBucketShareItForEachResource() throws {
    let post = OutboundCall.make("POST /channels/1/messages", resource: "/channels/1")
    let delete = OutboundCall.make("DELETE /channels/1/messages", resource: "/channels/1")
    let elsewhere = OutboundCall.make("POST /channels/2/messages", resource: "/channels/2")
    for call in [post, delete] { try tell("shared", remaining: 5, resetAfter: 9000, call) }
    try tell("shared", remaining: 3, resetAfter: 9000, elsewhere)
    #expect(free(post, tries: 2) == 2)
    #expect(free(delete) == 3)
    #expect(free(post) == 0)
    #expect(free(elsewhere) == 3)
    #expect(free(.make("GET /channels/1", resource: "/channels/1")) == 12)
  }

  @Test func aRouteThatMovesToAnotherBucketFollowsIt() throws {
    try tell("old", remaining: 0, resetAfter: 9000)
    try tell("new", remaining: 2, resetAfter: 9000)
    #expect(free() == 2)
  }

  @Test func connectionsDoNotShareBuckets() throws {
    try tell(remaining: 0, resetAfter: 9000)
    #expect(free(.make(connection: "far:2")) == 12)
  }

  /// A far end that counts in fixed periods, and answers that come back in any order.
  @Test(arguments: [21, 22, 23, 24] as [UInt64])
  func neverMoreThanTheFarEndAllowsOnceItHasSpoken(_ seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let limit = 5
    for _ in 0..<20 {
      var used = 1
      try tell(remaining: limit - used, resetAfter: 3000)
      let resetAt = bench.clock.now + .seconds(3)
      var underWay: [Int] = []
      while bench.clock.now < resetAt - .milliseconds(300) {
        bench.clock.advance(by: .milliseconds(Int64.random(in: 0...120, using: &random)))
        if Bool.random(using: &random), free(tries: 1) == 1 {
          used += 1
          underWay.append(limit - used)
        }
        if Bool.random(using: &random), let index = underWay.indices.randomElement(using: &random) {
          try tell(remaining: underWay.remove(at: index), resetAfter: (resetAt - bench.clock.now).milliseconds)
        }
      }
      #expect(used == limit, "seed \(seed)")
      bench.clock.now = resetAt
    }
  }
}
