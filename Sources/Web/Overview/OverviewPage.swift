import Accounts
import Basics
import HTTP
import IssueSync
import Jobs
import Store

extension Panel {
  public var overviewDoorways: [Doorway] {
    [
      page("", .seeHall) { visit in
        let now = try present(visit)
        let view = try store.read { queries in
          OverviewView(
            try Stats(of: visit.guild, at: now.time, queries), failedJobs: try failedJobs(visit, queries), now: now,
            at: visit.address())
        }
        return try show("overview", view, title: "Overview", to: visit)
      }
    ]
  }

  /// Nobody hears of jobs who may not look at them.
  private func failedJobs(_ visit: Visit, _ queries: some Queries) throws -> Int {
    guard visit.may(.seeJobs) else { return 0 }
    return try JobShelf.dead.count(of: visit.guild.rawValue, upTo: JobsView.most + 1, queries)
  }
}

/// What the overview of a server shows: what needs somebody first, then how things stand.
struct OverviewView {
  /// Something that will not mend itself.
  struct Attention {
    let sentence: String
    let isBad: Bool
    /// Where to do something about it, and what that place is called.
    let address: String
    let place: String
  }

  struct Status {
    let name: String
    let number: Int
    /// The largest of all, as the meter's end.
    let most: Int
  }

  let open: Int
  let fixed: Int
  let openedToday: Int
  let fixedToday: Int
  let timeToFix: String?
  let attention: [Attention]
  let statuses: [Status]
  let mappings: [MappingRow]
  let chart: DayChart?
  let address: String
  let isEmpty: Bool

  init(_ stats: Stats, failedJobs: Int, now: Present, at address: String) {
    self.address = address
    open = stats.open
    fixed = stats.fixed
    openedToday = stats.days.last?.opened ?? 0
    fixedToday = stats.days.last?.fixed ?? 0
    timeToFix = stats.medianHoursToFix.map { $0 < 48 ? "\(Int($0.rounded())) h" : "\(Int(($0 / 24).rounded())) d" }
    let jobs = Attention(failedJobs: failedJobs, at: address)
    attention = stats.mappings.compactMap { Attention($0, at: address) } + (jobs.map { [$0] } ?? [])
    let most = stats.byStatus.values.max() ?? 0
    statuses = stats.byStatus.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { Status(name: $0.key.isEmpty ? "No status" : $0.key, number: $0.value, most: most) }
    mappings = stats.mappings.map { MappingRow($0, now: now, at: "\(address)/mappings") }
    isEmpty = mappings.isEmpty
    chart = DayChart(stats.days)
  }
}

extension OverviewView.Attention {
  fileprivate init?(_ health: MappingHealth, at hall: String) {
    guard health.state == .failing, let error = health.lastError else { return nil }
    (address, place) = ("\(hall)/mappings/\(health.id)", "Look at the mapping")
    isBad = health.failuresInARow >= MappingHealth.alarming
    if health.failuresInARow == 0 {
      sentence = "“\(health.name)”: \(error)"
      return
    }
    let times = health.failuresInARow == 1 ? "The last sync" : "The last \(health.failuresInARow) syncs"
    sentence = "\(times) of “\(health.name)” failed: \(error)"
  }

  fileprivate init?(failedJobs count: Int, at hall: String) {
    guard count > 0 else { return nil }
    (address, place, isBad) = ("\(hall)/jobs", "Look at the jobs", true)
    let many = count > JobsView.most ? "More than \(JobsView.most) jobs" : "\(count) jobs"
    sentence =
      count == 1
      ? "A job failed, and is not tried again by itself." : "\(many) failed, and are not tried again by themselves."
  }
}

/// Opened and fixed issues of the last thirty days, as bars in an SVG of 720 by 160.
struct DayChart {
  struct Bar {
    let x: Int
    let y: Int
    let height: Int
    let kind: String
  }

  struct Line {
    let y: Int
    let label: Int
  }

  let bars: [Bar]
  let lines: [Line]
  let first: String
  let last: String
  /// For people who do not see the picture.
  let summary: String

  /// Nil while nothing happened.
  init?(_ days: [Stats.Day]) {
    let most = days.map { max($0.opened, $0.fixed) }.max() ?? 0
    guard most > 0, let first = days.first?.day, let last = days.last?.day else { return nil }
    let (top, bottom, left, step) = (12, 132, 36, 22)
    let height = { (number: Int) in (bottom - top) * number / most }
    bars = days.enumerated().flatMap { index, day in
      [(day.opened, "opened", 0), (day.fixed, "fixed", 8)].map { number, kind, shift in
        Bar(x: left + 6 + index * step + shift, y: bottom - height(number), height: height(number), kind: kind)
      }
    }
    lines = [0, (most + 1) / 2, most].map { Line(y: bottom - height($0), label: $0) }
    self.first = first
    self.last = last
    summary =
      "From \(first) to \(last), \(days.map(\.opened).reduce(0, +)) issues were opened and "
      + "\(days.map(\.fixed).reduce(0, +)) fixed."
  }
}
