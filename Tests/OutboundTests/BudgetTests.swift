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
    var made: [Timestamp] = []
    for _ in 0..<400 {
      clock.advance(by: .milliseconds(Int64.random(in: 0...150, using: &random)))
      let urgency: Urgency = Bool.random(using: &random) ? .interactive : .batch
      let inWindow = made.count { $0 > clock.now - .seconds(1) }
      let allowance = urgency == .interactive ? 10 : 6
      do {
        try ledgers.randomElement(using: &random)?.reserve(.make(urgency: urgency), budget: Self.budget)
        #expect(inWindow < allowance, "seed \(seed)")
        made.append(clock.now)
      } catch let failure as Failure {
        #expect(inWindow >= allowance, "seed \(seed)")
        let wait = max(.milliseconds(20), made[made.count - allowance] + .seconds(1) - clock.now)
        #expect(failure.kind == .busy(wait), "seed \(seed)")
      }
    }
    #expect(made.count > 100)
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
