import Basics
import HTTP
import Store
import Synchronization
import TestSupport
import Testing

@testable import Outbound

/// At most so many calls in any window, whoever makes them, and a share of them only for people.
struct BudgetTests {
  static let budget = Budget(calls: 10, per: .seconds(1))

  @Test(arguments: [(10, 6), (50, 30), (180, 108), (1, 1), (2, 1), (3, 1)])
  func batchLeavesFourTenths(_ calls: Int, _ forBatch: Int) throws {
    let bench = try Bench()
    let budget = Budget(calls: calls, per: .seconds(1))
    func count(_ urgency: Urgency) -> Int {
      (0..<calls + 5).count { _ in (try? bench.ledger.reserve(.make(urgency: urgency), budget: budget)) != nil }  // refused
    }
    #expect(count(.batch) == forBatch)
    #expect(count(.interactive) == calls - forBatch)
  }

  @Test func connectionsHaveBudgetsOfTheirOwn() throws {
    let bench = try Bench()
    for connection in ["far:1", "far:2"] {
      for _ in 0..<10 { try bench.ledger.reserve(.make(connection: connection), budget: Self.budget) }
      #expect(throws: Failure.self) { try bench.ledger.reserve(.make(connection: connection), budget: Self.budget) }
    }
  }

  @Test(arguments: [11, 12, 13, 14, 15] as [UInt64])
  func neverMoreInAnyWindowAndNeverLongerThanNeeded(_ seed: UInt64) throws {
    let folder = try TemporaryDirectory()
    let clock = TestClock()
    let ledgers = try (0..<2).map { _ in
      let store = try DataStore.open(path: folder.file("volatile.db"), durability: .normal)
      _ = try store.migrate(outboundMigrations)
      return RateLedger(store: store, clock: clock.wall)
    }
    var random = RandomSource(seed: seed)
    var places: [Timestamp] = []
    for _ in 0..<400 {
      clock.advance(by: .milliseconds(Int64.random(in: 0...150, using: &random)))
      let urgency: Urgency = Bool.random(using: &random) ? .interactive : .batch
      let patience: Duration = .milliseconds([0, 0, 30, 200, 5000].randomElement(using: &random) ?? 0)
      let allowance = urgency == .interactive ? 10 : 6
      let wait =
        places.count < allowance ? .zero : max(.zero, places[places.count - allowance] + .seconds(1) - clock.now)
      do {
        let told = try ledgers.randomElement(using: &random)?.reserve(
          .make(urgency: urgency), budget: Self.budget, patience: patience)
        #expect(told == wait && wait <= min(patience, .seconds(1)), "seed \(seed)")
        places = (places + [clock.now + wait]).sorted()
      } catch let failure as Failure {
        #expect(wait > min(patience, .seconds(1)), "seed \(seed)")
        #expect(failure.kind == .busy(max(.milliseconds(20), wait)), "seed \(seed)")
      }
    }
    #expect(zip(places, places.dropFirst(10)).allSatisfy { $1 - $0 >= .seconds(1) }, "seed \(seed)")
    #expect(places.count > 100)
  }

  /// Everybody who waits has a place of their own, so nobody wakes for somebody else's.
  @Test(
    arguments: [
      (0, ["0", "0", "busy 1000", "busy 1000", "busy 1000"]), (999, ["0", "0", "busy 1000", "busy 1000", "busy 1000"]),
      (1000, ["0", "0", "1000", "1000", "busy 2000"]), (90_000, ["0", "0", "1000", "1000", "busy 2000"]),
    ] as [(Int64, [String])])
  func thePatientTakePlacesInAdvance(_ patience: Int64, _ expected: [String]) throws {
    let bench = try Bench()
    let budget = Budget(calls: 2, per: .seconds(1))
    let told = try expected.map { _ in
      do {
        return "\(try bench.ledger.reserve(.make(), budget: budget, patience: .milliseconds(patience)).milliseconds)"
      } catch let failure as Failure {
        guard case .busy(let wait?) = failure.kind else { throw failure }
        return "busy \(wait.milliseconds)"
      }
    }
    #expect(told == expected)
  }

  @Test func whoWaitsForTheBudgetWaitsOnce() throws {
    let waits = Mutex<[Duration]>([])
    let bench = try Bench(whileWaiting: { wait in waits.withLock { $0.append(wait) } })
    let provider = Provider.test(Budget(calls: 2, per: .seconds(1)))
    for _ in 0..<6 {
      bench.far.add(.status(200))
      #expect(bench.outcome(.make(patience: .seconds(1)), to: provider) == .status(200))
    }
    #expect(waits.withLock { $0 } == [.seconds(1), .seconds(1)])
  }

  @Test func whatIsRefusedWhileSomebodyWaitsIsNotSent() throws {
    let ledger = Mutex<RateLedger?>(nil)
    let bench = try Bench(whileWaiting: { _ in try? ledger.withLock { $0 }?.recordUnauthorized(.make()) })  // else: sent
    ledger.withLock { $0 = bench.ledger }
    let provider = Provider.test(Budget(calls: 1, per: .seconds(1)))
    bench.far.add(.status(200))
    #expect(bench.outcome(.make(), to: provider) == .status(200))
    #expect(bench.outcome(.make(patience: .seconds(1)), to: provider) == .failure(.unauthenticated))
    #expect(bench.far.requests.count == 1)
  }

  @Test func processesTogetherStayInsideTheBudget() throws {
    let folder = try TemporaryDirectory()
    let clock = TestClock()
    let taken = Mutex(0)
    try onThreads(4) { _ in
      let store = try DataStore.open(path: folder.file("volatile.db"), durability: .normal, busyPatience: .seconds(30))
      _ = try store.migrate(outboundMigrations)
      let ledger = RateLedger(store: store, clock: clock.wall)
      for _ in 0..<20 {
        do {
          try ledger.reserve(.make(), budget: Budget(calls: 50, per: .seconds(1)))
          taken.withLock { $0 += 1 }
        } catch let failure as Failure {
          #expect(failure.kind == .busy(.seconds(1)))
        }
      }
    }
    #expect(taken.withLock { $0 } == 50)
  }

  @Test func whatWasSpentBeforeTheClockWasSetBackIsForgotten() throws {
    let bench = try Bench()
    for _ in 0..<10 { try bench.ledger.reserve(.make(), budget: Self.budget) }
    bench.clock.advance(by: .seconds(-3600))
    for _ in 0..<10 { try bench.ledger.reserve(.make(), budget: Self.budget) }
    #expect(throws: Failure.self) { try bench.ledger.reserve(.make(), budget: Self.budget) }
  }

  @Test func aRefusedCallCostsNothing() throws {
    let bench = try Bench()
    bench.far.add(.bucket("b", remaining: 3, resetAfter: 60_000))
    try bench.send(.make(), to: .test(Self.budget))
    for _ in 0..<9 { try bench.ledger.reserve(.make("GET /others"), budget: Self.budget) }
    for _ in 0..<5 { #expect(throws: Failure.self) { try bench.ledger.reserve(.make(), budget: Self.budget) } }
    bench.clock.advance(by: .seconds(1))
    for _ in 0..<3 { try bench.ledger.reserve(.make(), budget: Self.budget) }
    #expect(throws: Failure.self) { try bench.ledger.reserve(.make(), budget: Self.budget) }
  }
}
