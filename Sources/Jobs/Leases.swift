import Basics
import Foundation
import Store

/// Whose lease it is, and the clock that leases are measured with: one that no change of the wall clock can bend.
public struct Host: Sendable {
  /// This process: its number and when it started, so that a reused number is not mistaken for it.
  let owner: String
  public let bootID: String
  /// Milliseconds since the machine was started, sleep included.
  public let monotonic: @Sendable () -> Int64
  let isAlive: @Sendable (_ owner: String) -> Bool

  public init(
    owner: String, bootID: String, monotonic: @escaping @Sendable () -> Int64,
    isAlive: @escaping @Sendable (String) -> Bool
  ) {
    self.owner = owner
    self.bootID = bootID
    self.monotonic = monotonic
    self.isAlive = isAlive
  }

  public static let current = Host(
    owner: processIdentity("\(getpid())") ?? "\(getpid()):0",
    bootID: (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?  // not Linux: no boot id
      .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown",
    monotonic: {
      var time = timespec()
      clock_gettime(CLOCK_BOOTTIME, &time)
      return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    },
    isAlive: { owner in processIdentity(String(owner.prefix { $0 != ":" })) == owner })

  /// `number:start` of a running process (proc(5), stat: fields 3 and 22, the latter in clock ticks since boot).
  private static func processIdentity(_ number: String) -> String? {
    guard let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),  // gone: not alive
      let name = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[name...].split(separator: " ")
    guard fields.count > 20, fields[1] != "Z" else { return nil }  // a zombie was ended, and waits to be noticed
    return "\(number):\(fields[20])"
  }
}

extension JobQueue {
  /// How long a worker holds a job without a sign of life: some beats of `JobRunner`, and a store that was busy meanwhile.
  static let lease: Duration = .seconds(15)

  /// Holds these jobs for another lease. One that was taken back meanwhile stays with whoever has it now.
  func renew(_ jobs: [Job]) throws {
    try store.write { transaction in
      for job in jobs {
        try transaction.run(
          "UPDATE jobs SET lease_until = \(host.monotonic() + Self.lease.milliseconds) WHERE \(held(job))")
      }
    }
  }

  /// Takes back jobs whose worker is gone: killed, restarted with the machine, or silent for longer than its lease.
  /// What such a worker did is not known, so its jobs are looked into before they are repeated.
  /// - Returns: how many were taken back.
  @discardableResult
  func reclaim(_ kinds: [JobKind]) throws -> Int {
    let held = try store.read { try $0.rows(Self.running) }
    return try held.filter(isVoid).reduce(0) { count, row in
      try takeBack(try Job(row: row), crashes: try row.get("crashes") + 1, kinds)
      return count + 1
    }
  }

  static let running: SQL = "SELECT * FROM jobs WHERE state = 'running' ORDER BY id"

  private func isVoid(_ row: Row) throws -> Bool {
    let owner: String = try row.get("owner")
    return try row.get("boot_id") != host.bootID || row.get("lease_until") < host.monotonic() || !host.isAlive(owner)
  }

  /// A kind that only another program knows never dies here: that one decides, and puts its old state back.
  private func takeBack(_ job: Job, crashes: Int, _ kinds: [JobKind]) throws {
    let ended = Failure(.outcomeUnknown, "The program that worked on this was ended.")
    if let kind = kinds.named(job.kind), crashes >= kind.limits.crashes {
      try settle(job, .dead(ended), of: kind)
      return
    }
    try store.write {
      try $0.run(
        """
        UPDATE jobs SET state = 'unknown', crashes = \(crashes), run_at = \(clock.now()),
          last_error = \(ended.sentence), \(released)
        WHERE \(held(job))
        """)
    }
  }
}
