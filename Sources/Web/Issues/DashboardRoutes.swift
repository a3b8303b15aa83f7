import HTTP
import IssueSync
import Store

/// Figures for dashboards: totals only, so they need no login.
public func dashboardRoutes(store: DataStore) -> [Route] {
  [.get("/api/dashboard/stats") { _, _ in try .json(store.read { try Stats($0) }) }]
}
