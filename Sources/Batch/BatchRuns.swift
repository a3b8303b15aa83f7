import ArgumentParser
import Basics
import Jobs
import Store

public let batchMigrations = [
  Migration(
    "20261121-1100-batch-runs",
    """
    CREATE TABLE batch_runs (
      program TEXT PRIMARY KEY,
      period_ms INTEGER,
      slot INTEGER,
      slot_is_done INTEGER NOT NULL CHECK (slot_is_done IN (0, 1)),
      slot_taken_boot TEXT,
      slot_taken_monotonic INTEGER,
      first_started_at INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      finished_at INTEGER,
      succeeded_at INTEGER,
      duration_ms INTEGER,
      error TEXT,
      failures INTEGER NOT NULL
    ) STRICT;
    """)
]

/// The ledger of batch programs: one run at a time, a slot once, and how the last one went.
public struct BatchRuns: Sendable {
  let store: DataStore
  private let clock: WallClock
  private let host: Host
  private let lockDirectory: String

  public init(store: DataStore, clock: WallClock, lockDirectory: String, host: Host = .current) {
    self.store = store
    self.clock = clock
    self.lockDirectory = lockDirectory
    self.host = host
  }

  /// Runs the body as the program's one run, and writes down how it went. Nothing is done when the slot was run already.
  /// - Parameters:
  ///   - slot: what a scheduler asked for; nil always runs.
  ///   - lock: programs of one lock never run side by side; nil takes the program's name.
  /// - Returns: what the body answered; nil when the slot was run already.
  /// - Throws: `.busy` when another run is at work, and whatever the body throws.
  @discardableResult
  public func run<Result>(
    _ program: String, slot: Slot?, lock: String? = nil, _ body: () throws -> Result
  ) throws -> Result? {
    let lock = try RunLock(lock ?? program, in: lockDirectory)
    return try withExtendedLifetime(lock) {
      guard try begin(program, slot) else { return nil }
      return try recorded(program, slot, body)
    }
  }

  /// Every program that ever ran, by name.
  public func list() throws -> [BatchRun] {
    try store.read { try $0.all("SELECT * FROM batch_runs ORDER BY program") }
  }
}

extension BatchRuns {
  /// Takes the slot and writes down that the run has begun; false when the slot was run already.
  private func begin(_ program: String, _ slot: Slot?) throws -> Bool {
    let now = clock.now()
    return try store.write { transaction in
      try transaction.run(
        """
        INSERT INTO batch_runs (program, slot_is_done, first_started_at, started_at, failures)
        VALUES (\(program), 1, \(now), \(now), 0)
        ON CONFLICT (program) DO NOTHING
        """)
      if let slot {
        guard let start = try next(slot, after: taken(program, transaction), at: now) else { return false }
        try take(start, slot, program, transaction)
      }
      try transaction.run("UPDATE batch_runs SET started_at = \(now), finished_at = NULL WHERE program = \(program)")
      return true
    }
  }

  /// The slot to run now; nil when there is none. Slots only ever grow, so none is run twice.
  private func next(_ slot: Slot, after last: TakenSlot?, at now: Timestamp) -> Timestamp? {
    let current = slot.start(at: now)
    guard let last, current <= last.start else { return current }
    // The lock is ours, so a run that is not done was ended half-way: it is taken up.
    if !last.isDone { return last.start }
    // The clock was set back: what comes next is told by a clock that nobody sets.
    let hasPassed = last.boot != host.bootID || host.monotonic() - last.monotonic >= slot.period.milliseconds
    return current < last.start && hasPassed ? last.start + slot.period : nil
  }

  private func taken(_ program: String, _ transaction: WriteTransaction) throws -> TakenSlot? {
    try transaction.first("SELECT * FROM batch_runs WHERE program = \(program) AND slot IS NOT NULL")
  }

  private func take(_ start: Timestamp, _ slot: Slot, _ program: String, _ transaction: WriteTransaction) throws {
    try transaction.run(
      """
      UPDATE batch_runs SET period_ms = \(slot.period.milliseconds), slot = \(start), slot_is_done = 0,
        slot_taken_boot = \(host.bootID), slot_taken_monotonic = \(host.monotonic())
      WHERE program = \(program)
      """)
  }

  private func recorded<Result>(_ program: String, _ slot: Slot?, _ body: () throws -> Result) throws -> Result {
    let begun = host.monotonic()
    do {
      let result = try body()
      try end(program, slot, since: begun, error: nil)
      return result
    } catch {
      try end(program, slot, since: begun, error: Self.sentence(error))
      throw error
    }
  }

  private func end(_ program: String, _ slot: Slot?, since begun: Int64, error: String?) throws {
    let now = clock.now()
    let isSlotDone = slot == nil ? SQL("") : SQL(", slot_is_done = 1")
    let outcome: SQL = error == nil ? "succeeded_at = \(now), failures = 0" : "failures = failures + 1"
    try store.write {
      try $0.run(
        """
        UPDATE batch_runs SET finished_at = \(now), duration_ms = \(host.monotonic() - begun), error = \(error),
          \(outcome)\(isSlotDone)
        WHERE program = \(program)
        """)
    }
  }

  /// Programs that found something to complain of have said what, and end with a code.
  private static func sentence(_ error: any Error) -> String? {
    guard let code = error as? ExitCode else { return Failure(error).sentence }
    return code.isSuccess ? nil : "Some of it failed; the log says what."
  }
}

private struct TakenSlot: RowDecodable {
  let start: Timestamp
  let isDone: Bool
  let boot: String
  let monotonic: Int64

  init(row: Row) throws {
    start = try row.get("slot")
    isDone = try row.get("slot_is_done")
    boot = try row.get("slot_taken_boot")
    monotonic = try row.get("slot_taken_monotonic")
  }
}
