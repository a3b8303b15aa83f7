import Accounts
import Basics
import HTTP
import IssueSync
import Store

extension Panel {
  public var overviewDoorways: [Doorway] {
    [
      page("", .seeHall) { visit in
        let now = clock.now()
        let stats = try store.read { try Stats(of: visit.guild, at: now, $0) }
        return try show("overview", OverviewView(stats, now: now), title: "Overview", to: visit)
      }
    ]
  }
}

/// What the overview of a server shows.
struct OverviewView {
  struct Status {
    let name: String
    let number: Int
  }

  struct Mapping {
    let name: String
    let issues: Int
    let lastRun: Moment?
    /// `good`, `warn` or `bad`
    let state: String
    let sentence: String
  }

  let open: Int
  let fixed: Int
  let openedToday: Int
  let fixedToday: Int
  let statuses: [Status]
  let mappings: [Mapping]
  var isEmpty: Bool { mappings.isEmpty }

  init(_ stats: Stats, now: Timestamp) {
    open = stats.open
    fixed = stats.fixed
    openedToday = stats.days.last?.opened ?? 0
    fixedToday = stats.days.last?.fixed ?? 0
    statuses = stats.byStatus.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { Status(name: $0.key.isEmpty ? "No status" : $0.key, number: $0.value) }
    mappings = stats.mappings.map { Mapping($0, now: now) }
  }
}

extension OverviewView.Mapping {
  fileprivate init(_ health: MappingHealth, now: Timestamp) {
    name = health.name
    issues = health.issues
    lastRun = health.lastRun.map { Moment($0, now: now) }
    state = health.lastError != nil ? "bad" : health.lastRun == nil ? "warn" : "good"
    sentence = health.lastError ?? (health.lastRun == nil ? "Waiting for the first sync" : "Working")
  }
}
