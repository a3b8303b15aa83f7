import Basics
import Store
import Testing

@testable import Jobs

/// Which job is next, and which are not to be had.
struct ClaimingTests {
  let bench: Bench
  var now: Timestamp { bench.clock.now }

  init() throws { bench = try Bench() }

  @Test func theMostUrgentThenTheOldestDue() throws {
    try bench.enqueue(
      .make("batch"), .make("news", .prompt), .make("late click", .interactive), .make("due earlier", notBefore: now - .seconds(9)),
      .make("click due earlier", .interactive, notBefore: now - .seconds(5)))
    #expect(try bench.claimAll() == ["click due earlier", "late click", "news", "due earlier", "batch"])
  }

  @Test func equalOnesInTheOrderTheyWereWritten() throws {
    try bench.store.write { transaction throws in
      for number in 0..<20 { try bench.queue.enqueue(.make("\(number)"), in: transaction) }
    }
    #expect(try bench.claimAll() == (0..<20).map(String.init))
  }

  @Test func notBeforeItsTime() throws {
    try bench.enqueue(.make("later", notBefore: now + .seconds(5)))
    #expect(try bench.claim() == nil)
    bench.clock.advance(by: .milliseconds(4998))
    #expect(try bench.claim() == nil)
    bench.clock.advance(by: .milliseconds(1))
    #expect(try bench.claim() != nil)
  }

  @Test func onlyKindsThatAreKnownHere() throws {
    try bench.enqueue(.make("strange", kind: "strange"), .make("plain"))
    #expect(try bench.claimAll() == ["plain"])
    #expect(try bench.claim(JobKind("strange") { _ in .done })?.kind == "strange")
  }

  @Test func aLaneOneAtATimeInItsOrder() throws {
    try bench.enqueue(
      .make("a1", lane: "a"), .make("a2", lane: "a", notBefore: now - .seconds(9)), .make("b1", lane: "b"))
    let first = try #require(try bench.claim())
    #expect(try first.payload() == "a1")
    #expect(try bench.claimAll() == ["b1"])
    try bench.queue.settle(first, .done, of: .plain)
    #expect(try bench.claimAll() == ["a2"])
  }

  @Test(
    arguments: [
      (.postponed(.seconds(5), Failure.conflict("later")), false), (.failed(Failure(.unavailable, "down")), false),
      (.unknown(Failure(.outcomeUnknown, "perhaps")), false), (.dead(.invalid("never")), true),
      (.waiting("for you"), true),
      (.done, true),
    ] as [(Verdict, Bool)])
  func aLaneGoesOnOnlyWhenItsFirstIsOver(_ verdict: Verdict, _ goesOn: Bool) throws {
    try bench.enqueue(.make("first", lane: "a"), .make("second", lane: "a"))
    try bench.queue.settle(try #require(try bench.claim()), verdict, of: .plain)
    #expect(try bench.claimAll() == (goesOn ? ["second"] : []))
  }

  @Test func whoeverWaitsForALaneTakesTheOthersInItAlong() throws {
    try bench.enqueue(
      .make("much else"), .make("first", lane: "a"), .make("another lane", lane: "b"),
      .make("click", lane: "a", .interactive))
    let first = try #require(try bench.claim())
    #expect(try first.payload() == "first")
    #expect(first.priority == .interactive)
    try bench.queue.settle(first, .done, of: .plain)
    #expect(try bench.claimAll() == ["click", "much else", "another lane"])
  }

  @Test(
    arguments: [
      (.batch, ["click", "news", "elsewhere"]), (.prompt, ["click", "elsewhere"]), (.interactive, ["elsewhere"]),
    ] as [(Intent.Priority, [String])])
  func aClosedGate(_ priority: Intent.Priority, _ open: [String]) throws {
    try bench.enqueue(
      .make("batch", gate: "g"), .make("click", gate: "g", .interactive), .make("news", gate: "g", .prompt),
      .make("elsewhere", gate: "h"))
    let closed = ClosedGate(name: "g", priority: priority, until: now + .seconds(9))
    #expect(try bench.claimAll(except: [closed]) == open)
  }

  /// The first of all is the first of the firsts of the gates.
  @Test(arguments: 0..<20)
  func whateverTheGatesTheOrderIsTheSame(_ seed: Int) throws {
    var wishes: [(name: String, priority: Intent.Priority, due: Timestamp, gate: String)] = []
    for number in 0..<40 {
      let due = now - .milliseconds(Int64((number * 7919 + seed * 104_729) % 97))
      wishes.append(("\(number)", (number + seed) % 4 == 0 ? .interactive : .batch, due, "\((number * 31 + seed) % 5)"))
    }
    let now = now
    try bench.store.write { transaction throws in
      for wish in wishes {
        try bench.queue.enqueue(
          .make(wish.name, gate: wish.gate, wish.priority, notBefore: wish.due), in: transaction)
      }
    }
    let closed = [
      ClosedGate(name: "1", priority: .interactive, until: now + .seconds(9)),
      ClosedGate(name: "3", priority: .batch, until: now + .seconds(9)),
    ]
    let open = wishes.enumerated().filter { _, wish in
      wish.gate != "1" && (wish.gate != "3" || wish.priority == .interactive)
    }
    let expected = open.sorted {
      ($0.element.priority.rawValue, $0.element.due, $0.offset) < (
        $1.element.priority.rawValue, $1.element.due, $1.offset
      )
    }
    #expect(try bench.claimAll(except: closed) == expected.map(\.element.name))
  }

  @Test func whatAClosedGateHoldsWakesNobody() throws {
    try bench.enqueue(.make("held", gate: "g", notBefore: now + .milliseconds(200)))
    let closed = ClosedGate(name: "g", priority: .batch, until: now + .milliseconds(700))
    #expect(try bench.queue.pause([.plain], since: bench.look(except: [closed])) == .milliseconds(700))
  }

  @Test func thousandsOfClosedGates() throws {
    try bench.enqueue(.make("open", gate: "g"))
    let closed = (0..<3000).map { ClosedGate(name: "gate \($0)", priority: .batch, until: now + .seconds(9)) }
    #expect(try bench.claimAll(except: closed) == ["open"])
  }

  @Test func aLeaseIsShortHoweverLongTheWork() throws {
    let slow = JobKind("plain", limits: .init(attempt: .seconds(600))) { _ in .done }
    try bench.enqueue(.make("plain"))
    #expect(try bench.claim(slow) != nil)
    #expect(try bench.job().leaseUntil == 1_000_000 + 15_000)
    #expect(try bench.job().owner == "us:1")
    #expect(try bench.job().attempts == 1)
  }

  /// What must be durable before the work begins costs no commit of its own.
  @Test func whatAKindPreparesIsWrittenInTheCommitThatTakesTheJob() throws {
    let careful = JobKind(
      "plain",
      preparing: { job, transaction in
        try transaction.run("INSERT INTO notes (id, what) VALUES (\(job.hold), \(job.payload(String.self)))")
      }
    ) { _ in .done }
    try bench.enqueue(.make("first"), .make("second"))
    let first = try #require(try bench.claim(careful))
    #expect(try notes() == ["first"])
    let down = Failure(.unavailable, "down")
    try bench.queue.settle(first, .failed(down), of: careful) { try bench.queue.claim([careful], bench.look(), in: $0) }
    #expect(try notes() == ["first", "second"])
    bench.clock.advance(by: .seconds(9))
    #expect(try bench.claim(careful)?.hold == "\(first.id):2")
    #expect(try notes() == ["first", "second", "first"])
  }

  @Test func whatCannotBePreparedIsNotTaken() throws {
    let failing = JobKind(
      "plain",
      preparing: { job, transaction in
        try transaction.run("INSERT INTO notes (id, what) VALUES (\(job.hold), 'half')")
        throw Failure(.unavailable, "down")
      }
    ) { _ in .done }
    try bench.enqueue(.make("work"))
    #expect(throws: Failure.self) { try bench.claim(failing) }
    #expect(try notes() == [])
    #expect(try bench.job().state == "ready")
  }

  private func notes() throws -> [String] {
    try bench.store.read { try $0.values(String.self, "SELECT what FROM notes ORDER BY rowid") }
  }

  @Test func whatWasDueStaysDueWhenTheClockIsSetBack() throws {
    try bench.enqueue(.make("due"), .make("later", notBefore: now + .seconds(60)))
    bench.clock.advance(by: .seconds(-3600))
    #expect(try bench.claimAll() == ["due"])
  }

  @Test(
    arguments: [
      ([], [], 1000), ([500], [], 500), ([500, 200], [], 200), ([5000], [], 1000), ([-5], [], 1000),
      ([-5, 300], [], 300),
      ([], [40], 40), ([500], [40], 40), ([30], [40], 30), ([], [90_000], 1000),
    ] as [([Int64], [Int64], Int64)])
  func aThreadSleepsUntilTheNextInstantThatMatters(_ due: [Int64], _ gates: [Int64], _ pause: Int64) throws {
    let now = now
    for (number, milliseconds) in due.enumerated() {
      try bench.enqueue(
        .make("\(number)", number == 0 ? .batch : .interactive, notBefore: now + .milliseconds(milliseconds)))
    }
    try bench.enqueue(.make("of another kind", kind: "strange", notBefore: now + .milliseconds(7)))
    bench.clock.now = now
    let closed = gates.map { ClosedGate(name: "g", priority: .batch, until: now + .milliseconds($0)) }
    #expect(try bench.queue.pause([.plain], since: bench.look(except: closed)) == .milliseconds(pause))
  }

  @Test(arguments: [(nil, 3), (3, nil), (nil, 8), (8, nil)] as [(Int64?, Int64?)])
  func whatCameTrueSinceTheLookIsNotSleptThrough(_ due: Int64?, _ opens: Int64?) throws {
    let now = now
    try bench.enqueue(.make("due or held", gate: "g", notBefore: due.map { now + .milliseconds($0) }))
    bench.clock.now = now
    let closed = opens.map { ClosedGate(name: "g", priority: .batch, until: now + .milliseconds($0)) }
    let look = bench.look(except: closed.map { [$0] } ?? [])
    #expect(try bench.queue.claim([.plain], look) == nil)
    bench.clock.advance(by: .milliseconds(8))
    #expect(try bench.queue.pause([.plain], since: look) == .milliseconds(1))
    #expect(try bench.claim() != nil)
  }

  @Test func whatABusyLaneHoldsWakesNobodyTwice() throws {
    try bench.enqueue(.make("at work", lane: "a"), .make("held", lane: "a", notBefore: now + .milliseconds(5)))
    #expect(try bench.claim() != nil)
    let look = bench.look()
    bench.clock.advance(by: .milliseconds(8))
    #expect(try bench.queue.pause([.plain], since: look) == .milliseconds(1))
    #expect(try bench.claim() == nil)
    #expect(try bench.queue.pause([.plain], since: bench.look()) == .seconds(1))
  }
}
