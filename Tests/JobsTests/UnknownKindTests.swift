import Basics
import Store
import Testing

@testable import Jobs

/// Jobs that another version of the program wrote down.
struct UnknownKindTests {
  let bench: Bench

  init() throws {
    bench = try Bench()
    try bench.enqueue(.make("strange", kind: "strange", lane: "one"), .make("after", lane: "one"))
  }

  @Test(arguments: [(3590, false, 0), (3610, false, 2), (3610, true, 0)])
  func itDiesAfterAReleasesGraceAndItsLaneGoesOn(_ seconds: Int64, _ isKnown: Bool, _ done: Int) throws {
    bench.clock.advance(by: .seconds(seconds))
    let strange = JobKind("strange") { _ in .done }
    #expect(try bench.queue.buryUnknown(isKnown ? [.plain, strange] : [.plain]) == (done > 0 ? 1 : 0))
    let first = try #require(try bench.jobs().first)
    #expect(first.state == (done > 0 ? "dead" : "ready"))
    #expect(try bench.claim()?.payload() == (done > 0 ? "after" : nil))
    guard done > 0 else { return }
    #expect(first.error?.hasPrefix("No program here knows the work “strange”") == true)
  }

  @Test func oneThatIsNotDueYetWaits() throws {
    let bench = try Bench()
    try bench.enqueue(.make("later", kind: "strange", notBefore: bench.clock.now + .seconds(7200)))
    bench.clock.advance(by: .seconds(7200))
    #expect(try bench.queue.buryUnknown([.plain]) == 0)
    bench.clock.advance(by: .seconds(3600))
    #expect(try bench.queue.buryUnknown([.plain]) == 1)
  }

  @Test(arguments: [true, false])
  func onlyAProgramThatKnowsAllBuriesThem(_ knowsAll: Bool) throws {
    bench.clock.advance(by: .seconds(3610))
    try JobRunner(queue: bench.queue, kinds: [.plain], knowsAll: knowsAll)
      .drain(threads: 1, until: bench.clock.now + .milliseconds(1))
    #expect(try bench.jobs().map(\.state) == (knowsAll ? ["dead", "done"] : ["ready", "ready"]))
  }

  @Test func oneOfThemCanBeReplayedByTheVersionThatKnowsIt() throws {
    bench.clock.advance(by: .seconds(3610))
    _ = try bench.queue.buryUnknown([.plain])
    #expect(try bench.queue.replay(nil) == 1)
    #expect(try bench.claim(JobKind("strange") { _ in .done })?.kind == "strange")
  }
}
