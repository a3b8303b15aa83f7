import Basics
import Foundation
import Store

/// Whose lease it is, and the clock that leases are measured with: one that no change of the wall clock can bend.
public struct Host: Sendable {
  /// This process: its number and when it started, so that a reused number is not mistaken for it.
  let owner: String
  let bootID: String
  /// Milliseconds since the machine was started, sleep included.
  let monotonic: @Sendable () -> Int64
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

  /// `number:start` of a running process (proc(5): field 22 of stat, in clock ticks since boot).
  private static func processIdentity(_ number: String) -> String? {
    guard let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),  // gone: not alive
      let name = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[name...].split(separator: " ")
    return fields.count > 20 ? "\(number):\(fields[20])" : nil
  }
}

extension JobQueue {
  /// Takes back jobs whose worker is gone: killed, restarted with the machine, or past its lease.
  /// What such a worker did is not known, so its jobs are looked into before they are repeated.
  /// - Returns: how many were taken back.
  @discardableResult
  func reclaim(_ kinds: [JobKind]) throws -> Int {
    let held = try store.read {
      try $0.rows(
        "SELECT * FROM jobs WHERE state = 'running' AND kind IN \(list: kinds.map(\.name)) ORDER BY id")
    }
    return try held.filter(isVoid).reduce(0) { count, row in
      guard let kind = kinds.first(where: { $0.name == (try? row.get("kind")) }) else { return count }  // always a text
      return count + (try takeBack(row, kind))
    }
  }

  private func isVoid(_ row: Row) throws -> Bool {
    let owner: String = try row.get("owner")
    return try row.get("boot_id") != host.bootID || row.get("lease_until") < host.monotonic() || !host.isAlive(owner)
  }

  private func takeBack(_ row: Row, _ kind: JobKind) throws -> Int {
    let crashes: Int = try row.get("crashes") + 1
    let state = crashes < kind.limits.crashes ? "unknown" : "dead"
    let failure = Failure(.unavailable, "The program that worked on this was ended \(crashes) times.")
    return try store.write { transaction in
      let taken = try transaction.run(
        """
        UPDATE jobs SET state = \(state), crashes = \(crashes), runs_again = 0, run_at = \(clock.now()),
          owner = NULL, boot_id = NULL, lease_until = NULL, updated_at = \(clock.now()),
          last_error = \(failure.sentence)
        WHERE id = \(row.get("id", as: String.self)) AND state = 'running'
          AND owner = \(row.get("owner", as: String.self)) AND lease_until = \(row.get("lease_until", as: Int64.self))
        """)
      if taken == 1, state == "dead" { try kind.abandoned(Job(row: row), failure, transaction) }
      return taken
    }
  }
}
