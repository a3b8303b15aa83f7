import Basics
import HTTP
import IssueSync
import Pages
import Store

/// The first page a person sees, and the files all pages need.
public func homeRoutes(store: DataStore, pages: PageLibrary, clock: WallClock) -> [Route] {
  [
    .get("/") { _, _ in
      let stats = try store.read { try Stats($0) }
      return try pages.page("home", data: HomeView(stats, now: clock.now()), title: "The hall")
    },
    .get("/assets/:name") { request, path in try pages.asset(path["name"], for: request) },
  ]
}

private struct HomeView {
  struct Status {
    let name: String
    let number: Int
  }

  struct Mapping {
    let name: String
    let issues: Int
    let lastRun: String
    let lastRunExact: String
    let error: String?
    let state: String
  }

  let open: Int
  let fixed: Int
  let statuses: [Status]
  let mappings: [Mapping]
  let isEmpty: Bool

  init(_ stats: Stats, now: Timestamp) {
    open = stats.open
    fixed = stats.fixed
    statuses = stats.byStatus.sorted { $0.value > $1.value }.map { Status(name: $0.key.isEmpty ? "No status" : $0.key, number: $0.value) }
    mappings = stats.mappings.map { health in
      let run = health.lastRun.flatMap { Timestamp(iso8601: $0) }
      return Mapping(
        name: health.name, issues: health.issues, lastRun: run.map { Self.ago($0, now) } ?? "not yet",
        lastRunExact: health.lastRun ?? "", error: health.lastError,
        state: health.lastError != nil ? "bad" : run == nil ? "warn" : "good")
    }
    isEmpty = mappings.isEmpty
  }

  private static func ago(_ time: Timestamp, _ now: Timestamp) -> String {
    let seconds = max(0, (now - time).milliseconds / 1000)
    return switch seconds {
    case ..<60: "\(seconds) s ago"
    case ..<3600: "\(seconds / 60) min ago"
    case ..<86_400: "\(seconds / 3600) h ago"
    default: "\(seconds / 86_400) d ago"
    }
  }
}
