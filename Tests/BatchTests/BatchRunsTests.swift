import ArgumentParser
import Basics
import Jobs
import Store
import Synchronization
import TestSupport
import Testing

@testable import Batch

@Suite struct BatchRunsTests {
  /// Which starts of a scheduler run, given the slot. Each start is seconds later on the wall clock and, where a third
  /// number says otherwise, in truth.
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let slot: String
    let starts: [(at: String, elapsed: Int64, runs: Bool)]
  }

  static let cases = [
    Case(
      testDescription: "cron every two minutes, a second late now and then", slot: "2min",
      starts: [
        ("2026-11-21T12:00:01Z", 0, true), ("2026-11-21T12:02:00Z", 119, true), ("2026-11-21T12:04:01Z", 121, true),
      ]),
    Case(
      testDescription: "two starts in one slot", slot: "2min",
      starts: [
        ("2026-11-21T12:00:01Z", 0, true), ("2026-11-21T12:00:01Z", 0, false), ("2026-11-21T12:01:59Z", 118, false),
      ]),
    Case(
      testDescription: "started every hour, run once a day, late after a night without power", slot: "daily@02:00",
      starts: [
        ("2026-11-21T01:17:00Z", 0, true), ("2026-11-21T02:17:00Z", 3600, true), ("2026-11-21T03:17:00Z", 3600, false),
        ("2026-11-22T01:17:00Z", 79_200, false), ("2026-11-22T09:17:00Z", 28_800, true),
        ("2026-11-23T02:17:00Z", 61_200, true),
      ]),
    Case(  // Europe/Berlin, 25 October 2026: 02:30 comes twice, at 00:30Z and 01:30Z
      testDescription: "an hour that a local clock shows twice", slot: "daily",
      starts: [
        ("2026-10-24T00:30:00Z", 0, true), ("2026-10-25T00:30:00Z", 86_400, true),
        ("2026-10-25T01:30:00Z", 3600, false),
      ]),
    Case(  // Europe/Berlin, 29 March 2026: 02:30 does not come; cron starts the job at 03:00, 01:00Z
      testDescription: "an hour that a local clock leaves out", slot: "daily",
      starts: [
        ("2026-03-28T01:30:00Z", 0, true), ("2026-03-29T01:00:00Z", 84_600, true),
        ("2026-03-30T00:30:00Z", 84_600, true),
      ]),
    Case(
      testDescription: "the clock is set back by an hour: no slot twice, and no hour of silence", slot: "2min",
      starts: [
        ("2026-11-21T12:00:00Z", 0, true), ("2026-11-21T11:00:30Z", 30, false), ("2026-11-21T11:01:30Z", 60, false),
        ("2026-11-21T11:02:30Z", 60, true), ("2026-11-21T11:03:30Z", 60, false), ("2026-11-21T11:04:30Z", 60, true),
      ]),
    Case(
      testDescription: "the clock was 400 days ahead for a while", slot: "daily",
      starts: [
        ("2026-11-21T02:00:00Z", 0, true), ("2027-12-26T03:00:00Z", 3600, true), ("2026-11-21T04:00:00Z", 3600, false),
        ("2026-11-22T03:00:00Z", 82_800, true), ("2026-11-22T04:00:00Z", 3600, false),
      ]),
  ]

  @Test(arguments: cases) func runsEachSlotOnce(_ example: Case) throws {
    let bench = try Bench()
    let slot = try #require(Slot(argument: example.slot))
    for start in example.starts {
      bench.clock.now = try instant(start.at)
      bench.elapsed.withLock { $0 += start.elapsed * 1000 }
      #expect((try bench.runs.run("job", slot: slot) {} != nil) == start.runs, "\(start.at)")
    }
  }

  @Test func aRestartedMachineWhoseClockIsBehindStillWorks() throws {
    let bench = try Bench()
    let slot = try #require(Slot(argument: "daily"))
    try bench.runs.run("job", slot: slot) {}
    bench.clock.advance(by: .seconds(-400 * 86_400))
    let later = bench.runs(boot: "another boot")
    #expect(try later.run("job", slot: slot) { true } == true)
    #expect(try later.run("job", slot: slot) { true } == nil)
  }

  @Test func whatWasEndedHalfWayIsTakenUp() throws {
    let bench = try Bench()
    let slot = try #require(Slot(argument: "daily"))
    try bench.runs.run("job", slot: slot) {}
    // As a killed run leaves it.
    try bench.store.write { try $0.run("UPDATE batch_runs SET slot_is_done = 0, finished_at = NULL") }
    #expect(try bench.runs.run("job", slot: slot) { true } == true)
    #expect(try bench.runs.run("job", slot: slot) { true } == nil)
  }

  @Test func manyStartsAtOnceAreOneRun() throws {
    let bench = try Bench()
    let slot = try #require(Slot(argument: "2min"))
    let done = Mutex(0)
    for _ in 1...25 {
      bench.clock.advance(by: .seconds(120))
      try onThreads(4) { _ in
        do {
          try bench.runs.run("job", slot: slot) { done.withLock { $0 += 1 } }
        } catch let failure as Failure where failure.kind == .busy(retryAfter: nil) {
          return  // the other one is at work
        }
      }
    }
    #expect(done.withLock { $0 } == 25)
  }

  @Test func programsOfOneLockKeepOutOfEachOthersWay() throws {
    let bench = try Bench()
    try bench.runs.run("full", slot: nil, lock: "sync") {
      #expect(throws: Failure.self) { try bench.runs.run("quick", slot: nil, lock: "sync") {} }
    }
    #expect(try bench.runs.list().map(\.program) == ["full"])
  }

  @Test func tellsHowTheLastRunWent() throws {
    let bench = try Bench()
    let slot = try #require(Slot(argument: "hourly"))
    try bench.runs.run("job", slot: slot) { bench.pass(seconds: 3) }
    let succeeded = bench.clock.now
    bench.pass(seconds: 3600)
    #expect(throws: Failure.self) { try bench.runs.run("job", slot: slot) { throw Failure.invalid("No such table.") } }
    let run = try #require(try bench.runs.list().first)
    #expect(run.duration == .zero && run.succeededAt == succeeded && run.finishedAt == bench.clock.now)
    #expect(run.error == "No such table." && run.failuresInARow == 1 && run.period == .seconds(3600))
    bench.pass(seconds: 3600)
    #expect(throws: ExitCode.self) { try bench.runs.run("job", slot: slot) { throw ExitCode.someFailed } }
    #expect(try bench.runs.list().first?.failuresInARow == 2)
    try bench.runs.run("job", slot: nil) { bench.pass(seconds: 2) }
    let mended = try #require(try bench.runs.list().first)
    #expect(mended.failuresInARow == 0 && mended.error == nil && mended.duration == .seconds(2))
  }
}

/// A ledger in memory, with clocks that the test moves.
private struct Bench: Sendable {
  let clock = TestClock()
  let elapsed = Shared()
  let store: DataStore
  let folder: TemporaryDirectory

  init() throws {
    store = try .inMemory(batchMigrations)
    folder = try TemporaryDirectory()
  }

  var runs: BatchRuns { runs(boot: "this boot") }

  func runs(boot: String) -> BatchRuns {
    let host = Host(
      owner: "1:1", bootID: boot, monotonic: { [elapsed] in elapsed.withLock { $0 } }, isAlive: { _ in true })
    return BatchRuns(store: store, clock: clock.wall, lockDirectory: folder.path, host: host)
  }

  func pass(seconds: Int64) {
    clock.advance(by: .seconds(seconds))
    elapsed.withLock { $0 += seconds * 1000 }
  }

  /// Milliseconds of the clock that nobody sets.
  final class Shared: Sendable {
    private let value = Mutex<Int64>(0)
    func withLock<Result>(_ body: (inout Int64) -> Result) -> Result { value.withLock { body(&$0) } }
  }
}
