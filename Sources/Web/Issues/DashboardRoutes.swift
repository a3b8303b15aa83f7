import Basics
import HTTP
import IssueSync
import Store

/// Figures for dashboards. Totals need no login; whose issues they are is told only to holders of an API key.
public func dashboardDoorways(store: DataStore, clock: WallClock, gate: ProgramGate) -> [Doorway] {
  [
    Doorway(
      .anyone,
      .get("/api/dashboard/stats") { request, _ in
        var stats = try store.read { try Stats(at: clock.now(), $0) }
        if try !gate.admits(.readStats, request) { stats.byAssignee = nil }
        return try .json(stats)
      },
      APIOperation(
        "readStats", "Figures of all issues; whose they are only with a key of the scope stats:read", answers: 200,
        "Stats",
        more: .readStats))
  ]
}
