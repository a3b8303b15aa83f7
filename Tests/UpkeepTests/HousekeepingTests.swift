import Basics
import Store
import TestSupport
import Testing

@testable import Upkeep

@Suite("Housekeeping") struct HousekeepingTests {
  let clock = TestClock()
  let store: DataStore

  init() throws {
    store = try DataStore.inMemory([
      Migration("1", "CREATE TABLE events (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT")
    ])
    let now = clock.now
    try store.write { transaction in
      for age in 0..<1000 {
        try transaction.run("INSERT INTO events VALUES (\("\(age)"), \(now - .seconds(age)))")
      }
    }
  }

  private var housekeeping: Housekeeping {
    let retention = Retention("events", in: "events", keep: .seconds(100), because: "for the test") { "at < \($0)" }
    return Housekeeping(store: store, retentions: [retention], clock: clock.wall)
  }

  private func left() throws -> Int { try store.read { try $0.value("SELECT count(*) FROM events") } ?? 0 }

  @Test(arguments: [1, 33, 899, 5000]) func whatIsOldGoesInSmallBatches(chunk: Int) throws {
    #expect(try housekeeping.run(chunk: chunk).map(\.removed) == [899])
    #expect(try left() == 101)
    #expect(try housekeeping.run(chunk: chunk).map(\.removed) == [0])
  }

  @Test func aDryRunOnlyCounts() throws {
    #expect(try housekeeping.run(isDryRun: true).map(\.removed) == [899])
    #expect(try left() == 1000)
  }

  @Test func aClockSetBackRemovesNothing() throws {
    clock.advance(by: .seconds(-3600))
    #expect(try housekeeping.run().map(\.removed) == [0])
  }
}
