import Basics
import Store

/// Jobs that no program here can do any more, or not yet: another version wrote them down.
extension JobQueue {
  /// A release may take this long to be rolled out, or back.
  static let grace: Duration = .seconds(3600)

  /// Ends jobs of kinds other than these that have waited for longer than a release takes. Dead they no longer hold up
  /// their lane, and people see them.
  /// - Returns: how many there were.
  func buryUnknown(_ kinds: [JobKind]) throws -> Int {
    let before = clock.now() - Self.grace
    let overdue: SQL = """
      FROM jobs WHERE \(Self.waits) AND run_at <= \(before) AND updated_at <= \(before)
        AND kind NOT IN \(list: kinds.map(\.name))
      """
    guard try store.read({ try $0.value(Int.self, "SELECT 1 \(overdue) LIMIT 1") }) != nil else { return 0 }
    return try store.write { transaction in
      try transaction.run(
        """
        UPDATE jobs SET state = 'dead', updated_at = \(clock.now()),
          last_error = 'No program here knows the work “' || kind || '”; another version wrote it down. Install that ' ||
            'version and replay it, or discard it.'
        WHERE id IN (SELECT id \(overdue))
        """)
    }
  }
}
