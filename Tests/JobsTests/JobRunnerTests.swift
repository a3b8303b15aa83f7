import Basics
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Threads at work on the table.
struct JobRunnerTests {
  let bench: Bench
  init() throws { bench = try Bench() }

  @Test(arguments: [1, 4])
  func drainReturnsWhenNothingIsLeft(_ threads: Int) throws {
    let told = Told()
    let kind = JobKind("plain") { job in
      told.add(try job.payload()); return .done
    }
    for number in 0..<30 { try bench.enqueue(.make("\(number)")) }
    try bench.enqueue(.make("later", notBefore: bench.clock.now + .seconds(9)), .make("strange", kind: "strange"))
    let attempts = Mutex(0)
    try JobRunner(queue: bench.queue, kinds: [kind])
      .drain(threads: threads, until: bench.clock.now + .milliseconds(1)) { attempt in attempts.withLock { $0 += attempt.isDone && attempt.kind == "plain" ? 1 : 0 } }
    #expect(Set(told.all) == Set((0..<30).map(String.init)))
    #expect(told.all.count == 30)
    #expect(attempts.withLock { $0 } == 30)
    #expect(try bench.queue.counts() == ["ready": 2])
  }

  @Test(arguments: [1, 3])
  func drainDoesWhatTheWorkLeaves(_ threads: Int) throws {
    let bench = bench
    let told = Told()
    let kind = JobKind("plain") { job in
      let number = try #require(Int(try job.payload(String.self)))
      told.add("\(number)")
      if number < 20 {
        try bench.store.write { try bench.queue.enqueue(.make("\(number + 1)", lane: "chain"), in: $0) }
      }
      return .done
    }
    try bench.enqueue(.make("0", lane: "chain"))
    try bench.drain(kind, threads: threads)
    #expect(told.all == (0...20).map(String.init))
  }

  @Test func drainWaitsForGatesThatOpenBeforeItsDeadline() throws {
    let queue = JobQueue(store: bench.store, clock: .system)
    let told = Told()
    let kind = JobKind("plain") { job in
      let name = try job.payload(String.self)
      told.add(name)
      let isFirst = told.all.count == 1
      if isFirst { throw Failure(.busy(retryAfter: .milliseconds(30)), "used up") }
      return .done
    }
    try bench.store.write { transaction throws in
      for name in ["a", "b", "c"] { try queue.enqueue(.make(name, gate: "g"), in: transaction) }
    }
    try JobRunner(queue: queue, kinds: [kind]).drain(threads: 2, until: .now + .seconds(600))
    #expect(told.all.count == 4)
    #expect(try queue.counts() == [:])
  }

  @Test func drainLeavesWhatAGateHoldsBeyondItsDeadline() throws {
    let told = Told()
    let kind = JobKind("plain") { job in
      told.add(try job.payload())
      throw Failure(.busy(retryAfter: .seconds(30)), "used up")
    }
    try bench.enqueue(
      .make("a", gate: "g"), .make("b", gate: "g"), .make("click", gate: "g", .interactive), .make("c", gate: "h"))
    try bench.drain(kind)
    #expect(told.all == ["click", "c"])
    #expect(try bench.queue.counts() == ["ready": 4])
  }

  @Test func aGateClosedForBatchLetsPeopleThrough() throws {
    let told = Told()
    let kind = JobKind("plain") { job in
      told.add(try job.payload())
      if job.priority == .batch { throw Failure(.busy(retryAfter: .seconds(30)), "used up") }
      return .done
    }
    let runner = JobRunner(queue: bench.queue, kinds: [kind])
    try bench.enqueue(.make("a", gate: "g"), .make("b", gate: "g"))
    try runner.drain(threads: 1, until: bench.clock.now + .milliseconds(1))
    try bench.enqueue(.make("click", gate: "g", .interactive))
    try runner.drain(threads: 1, until: bench.clock.now + .milliseconds(1))
    #expect(told.all == ["a", "click"])
  }

  @Test(
    arguments: [
      (nil, ["looked"], "done"), (Failure(.unavailable, "down"), ["looked"], "unknown"),
      (Failure(.busy(retryAfter: .seconds(5)), "used up"), ["looked"], "unknown"),
      (Failure.notFound("gone"), ["looked"], "dead"),
    ] as [(Failure?, [String], String)])
  func lookingComesBeforeRepeating(_ failure: Failure?, _ expected: [String], _ state: String) throws {
    let told = Told()
    let kind = JobKind(
      "plain",
      reconcile: { _ in
        told.add("looked")
        if let failure { throw failure }
        return .done
      },
      perform: { _ in
        told.add("did"); return .done
      })
    try bench.enqueue(.make("work"))
    try bench.queue.settle(try #require(try bench.claim()), .unknown(Failure(.outcomeUnknown, "?")), of: kind)
    bench.clock.advance(by: .seconds(3600))
    try bench.drain(kind)
    #expect(told.all == expected)
    #expect(try bench.job().state == state)
  }

  @Test func whoWatchesIsToldWhatWasDone() throws {
    let kinds = [
      JobKind("good") { _ in .done }, JobKind("bad") { _ in throw Failure(.unavailable, "It has trouble.") },
    ]
    try bench.enqueue(.make("a", kind: "good"), .make("b", kind: "bad"), .make("c", kind: "good"))
    let told = Mutex<[String]>([])
    try JobRunner(queue: bench.queue, kinds: kinds).drain(threads: 1, until: bench.clock.now + .milliseconds(1)) { one in
      told.withLock { $0.append("\(one.kind) \(one.isDone)") }
    }
    #expect(told.withLock { $0 } == ["good true", "bad false", "good true"])
  }

  @Test func aPayloadThatCannotBeReadIsDeadAtOnceWithASentence() throws {
    struct Wish: Codable { let issue: Int }
    let kind = JobKind("plain") { job in
      _ = try job.payload(Wish.self); return .done
    }
    try bench.enqueue(.make("words"))
    try bench.drain(kind)
    #expect(try bench.job().state == "dead")
    #expect(try bench.job().attempts == 1)
    #expect(try bench.job().error?.hasPrefix("This work (plain) was written down by another version") == true)
  }

  @Test func aRunningRunnerStartsWhatIsWrittenDownAndStopWaitsForIt() throws {
    let bench = bench
    let begun = DispatchSemaphore(value: 0)
    let isStopping = DispatchSemaphore(value: 0)
    let kind = JobKind("plain") { _ in
      begun.signal()
      isStopping.wait()
      return .done
    }
    let runner = JobRunner(queue: bench.queue, kinds: [kind])
    runner.start(threads: 3)
    try bench.enqueue(.make("a"), .make("b"))
    begun.wait()
    begun.wait()
    let stop = try JoinableThread(name: "stop") { runner.stop(within: .seconds(3600)) }
    for _ in 1...2 { isStopping.signal() }
    stop.join()
    #expect(try bench.jobs().map(\.state) == ["done", "done"])
    try bench.enqueue(.make("after"))
    #expect(try bench.queue.counts() == ["ready": 1])
  }

  @Test func whoWaitsIsServedWhileAllOthersReadTables() throws {
    let (begun, leave, served) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let table = JobKind("table") { _ in
      begun.signal()
      leave.wait()
      return .done
    }
    let click = JobKind("click") { _ in
      served.signal()
      return .done
    }
    let runner = JobRunner(queue: bench.queue, kinds: [table, click])
    runner.start(threads: 3)
    for name in ["a", "b", "c"] { try bench.enqueue(.make(name, kind: "table")) }
    begun.wait()
    begun.wait()
    try bench.enqueue(.make("now", kind: "click", .interactive))
    #expect(served.wait(timeout: .now() + 60) == .success)
    for _ in 1...3 { leave.signal() }
    begun.wait()
    runner.stop(within: .seconds(3600))
    #expect(try bench.jobs().allSatisfy { $0.state == "done" })
  }

  @Test func oneThreadAloneDoesEverything() throws {
    let done = DispatchSemaphore(value: 0)
    let kind = JobKind("plain") { _ in
      done.signal()
      return .done
    }
    let runner = JobRunner(queue: bench.queue, kinds: [kind])
    runner.start(threads: 1)
    for priority in Intent.Priority.allCases { try bench.enqueue(.make("\(priority)", priority)) }
    for _ in Intent.Priority.allCases { #expect(done.wait(timeout: .now() + 60) == .success) }
    runner.stop(within: .seconds(3600))
  }

  /// Each look asks the clock what time it is.
  @Test func threadsRestWhileALaneIsBusy() throws {
    let looks = Mutex(0)
    let queue = JobQueue(
      store: bench.store,
      clock: WallClock {
        looks.withLock { $0 += 1 }; return .now
      })
    let (begun, leave) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let kind = JobKind("plain") { _ in
      begun.signal()
      leave.wait()
      return .done
    }
    let runner = JobRunner(queue: queue, kinds: [kind])
    runner.start(threads: 3)
    try bench.store.write { transaction throws in
      for _ in 0..<9 { try queue.enqueue(.make("in turn", lane: "a"), in: transaction) }
      try queue.enqueue(.make("soon", lane: "a", notBefore: .now + .milliseconds(50)), in: transaction)
    }
    begun.wait()
    let before = looks.withLock { $0 }
    Thread.sleep(forTimeInterval: 0.3)
    #expect(looks.withLock { $0 } - before < 50)
    for _ in 0..<10 { leave.signal() }
    runner.stop(within: .seconds(3600))
  }

  @Test func stopDoesNotWaitForEver() throws {
    let leave = DispatchSemaphore(value: 0)
    let begun = DispatchSemaphore(value: 0)
    let runner = JobRunner(
      queue: bench.queue,
      kinds: [
        JobKind("plain") { _ in
          begun.signal(); leave.wait(); return .done
        }
      ])
    runner.start(threads: 1)
    try bench.enqueue(.make("stuck"))
    begun.wait()
    runner.stop(within: .milliseconds(20))
    #expect(try bench.job().state == "running")
    leave.signal()
    runner.stop(within: .seconds(3600))
    #expect(try bench.job().state == "done")
  }
}
