import Basics
import IssueSync

/// What the first page shows.
struct HomeView {
  struct Status {
    let name: String
    let number: Int
  }

  struct Mapping {
    let name: String
    let issues: Int
    let lastRun: String
    let lastRunExact: String
    /// `good`, `warn` or `bad`
    let state: String
    let sentence: String
  }

  let open: Int
  let fixed: Int
  let statuses: [Status]
  let mappings: [Mapping]
  var isEmpty: Bool

  init(_ stats: Stats, now: Timestamp) {
    open = stats.open
    fixed = stats.fixed
    statuses = stats.byStatus.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { Status(name: $0.key.isEmpty ? "No status" : $0.key, number: $0.value) }
    mappings = stats.mappings.map { Mapping($0, now: now) }
    isEmpty = mappings.isEmpty
  }
}

extension HomeView.Mapping {
  fileprivate init(_ health: MappingHealth, now: Timestamp) {
    name = health.name
    issues = health.issues
    lastRun = health.lastRun.map { ago($0, now) } ?? "not yet"
    lastRunExact = health.lastRun?.description ?? ""
    state = health.lastError != nil ? "bad" : health.lastRun == nil ? "warn" : "good"
    sentence = health.lastError ?? (health.lastRun == nil ? "Waiting for the first sync" : "Working")
  }
}

/// How long ago, in the largest unit that fits.
private func ago(_ time: Timestamp, _ now: Timestamp) -> String {
  let seconds = max(0, (now - time).milliseconds / 1000)
  return switch seconds {
  case ..<60: "\(seconds) s ago"
  case ..<3600: "\(seconds / 60) min ago"
  case ..<86_400: "\(seconds / 3600) h ago"
  default: "\(seconds / 86_400) d ago"
  }
}
