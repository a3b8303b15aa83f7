import Basics
import Foundation
import Store
import TestSupport
import Testing

@testable import Batch

@Suite struct ScheduledProgramTests {
  private static let sync = ScheduledProgram.all[0]

  /// Seconds since the hall was made, seconds since the last success (nil: there was none), and the period that a scheduler
  /// has told (nil: only people started it).
  @Test(
    arguments: [
      (3600, nil, nil, false), (3601, nil, nil, true), (86_400, 240, nil, false), (86_400, 241, nil, true),
      (1800, 1200, nil, false), (86_400, 1200, 600, false), (86_400, 1201, 600, true), (86_400, nil, 600, true),
    ] as [(Int64, Int64?, Int64?, Bool)])
  func isOverdueAfterTwoPeriods(hall: Int64, success: Int64?, period: Int64?, isOverdue: Bool) throws {
    let clock = TestClock()
    let made = clock.now - .seconds(hall)
    let store = try DataStore.inMemory(batchMigrations)
    try store.write {
      try $0.run(
        """
        INSERT INTO batch_runs (program, period_ms, slot_is_done, first_started_at, started_at, succeeded_at, failures)
        VALUES ('notion-sync', \(period.map { $0 * 1000 }), 1, \(made), \(made),
          \(success.map { clock.now - .seconds($0) }), 0)
        """)
    }
    let run = try store.read { try $0.first(BatchRun.self, "SELECT * FROM batch_runs") }
    #expect(Self.sync.isOverdue(run, since: made, at: clock.now) == isOverdue)
  }

  @Test(arguments: [("notion-sync", 3601), ("backup", 2 * 86_400 + 1)])
  func whatNeverRanIsOverdueOnceTheHallIsOldEnough(name: String, seconds: Int64) throws {
    let program = try #require(ScheduledProgram.all.first { $0.name == name })
    let now = TestClock().now
    #expect(!program.isOverdue(nil, since: now - .seconds(seconds - 1), at: now))
    #expect(program.isOverdue(nil, since: now - .seconds(seconds), at: now))
  }

  /// The command and the slot of each line, and what it is called in the journal.
  @Test func cronStartsTheseAndNoOthers() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    let text = try String(contentsOf: root.appendingPathComponent("cron.d/guildhall"), encoding: .utf8)
    let lines = text.matches(of: /timeout -k 10 \w+ (.+?) --json --slot (\S+) .*logger -t (\S+)/)
    let started = try lines.map { line in
      "\(line.1) \(try #require(Slot(argument: String(line.2))).period) \(line.3)"
    }
    #expect(Set(started) == Set(ScheduledProgram.all.map { "\($0.command) \($0.period) \($0.unit)" }))
    for program in ScheduledProgram.all {
      let unit = root.appendingPathComponent("systemd/\(program.unit).service")
      #expect(try String(contentsOf: unit, encoding: .utf8).contains("\(program.command) --json --slot"))
    }
  }
}
