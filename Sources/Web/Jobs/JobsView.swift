import Accounts
import Basics
import HTTP
import IssueSync
import Jobs
import Store

struct JobsView {
  struct Tab {
    let name: String
    let address: String
    let number: String
    let isHere: Bool
  }

  struct Line {
    let id: String
    /// What the job does.
    let title: String
    let about: String?
    let aboutAddress: String?
    let state: String
    let shape: String
    let attempts: String
    let changed: Moment
    /// Why it failed, or what it waits for.
    let why: String?
  }

  /// Counted no further.
  static let most = 1000

  let address: String
  let tabs: [Tab]
  let lines: [Line]
  let next: String?
  let previous: String?
  let emptySentence: String?
  /// Whether dead jobs are shown to somebody who may replay them.
  let mayReplay: Bool
  let formKey: String

  init(
    _ page: ListPage<JobEntry>, _ shelf: JobShelf, _ counts: [(JobShelf, Int)], _ subjects: [String: JobWords.Subject],
    _ visit: Visit, now: Present
  ) {
    let address = visit.address("jobs")
    self.address = address
    tabs = counts.map { other, count in
      let number = count > Self.most ? "\(Self.most)+" : String(count)
      return Tab(
        name: other.title, address: "\(address)?show=\(other.rawValue)", number: number, isHere: other == shelf)
    }
    lines = page.entries.map { Line($0, subjects[$0.lane], at: visit.address(), now: now) }
    func link(_ place: Keyset?) -> String? {
      place.map { "\(address)?\((["show": shelf.rawValue, "at": $0.description] as Fields).encoded)" }
    }
    next = link(page.next)
    previous = link(page.previous)
    emptySentence = page.entries.isEmpty ? shelf.emptySentence : nil
    mayReplay = shelf == .dead && !page.entries.isEmpty && visit.may(.replayJobs)
    formKey = visit.visitor.formKey
  }
}

extension JobsView.Line {
  init(_ job: JobEntry, _ subject: JobWords.Subject?, at hall: String, now: Present) {
    id = job.id
    title = JobWords.titles[job.kind] ?? job.kind
    about = subject?.name
    aboutAddress = subject?.issue.map { "\(hall)/issues/\($0)" }
    attempts =
      switch job.attempts {
      case 0: "No attempt yet"
      case 1: "1 attempt"
      default: "\(job.attempts) attempts"
      }
    changed = Moment(job.updatedAt, now: now)
    why = job.lastError.map(Self.sentence)
    (state, shape) =
      switch job.state {
      case "running": ("Running", "good")
      case "dead": ("Failed", "bad")
      case "waiting": ("Waits for somebody", "warn")
      case "unknown": ("Looks what came of it", "warn")
      default: job.runAt > now.time ? ("Again later", "quiet") : ("Due", "open")
      }
  }

  /// What stands in brackets behind the sentence is for the log.
  private static func sentence(_ error: String) -> String {
    error.firstRange(of: " [").map { String(error[..<$0.lowerBound]) } ?? error
  }
}

extension JobShelf {
  fileprivate var title: String {
    switch self {
    case .dead: "Failed"
    case .waiting: "Waiting"
    case .running: "Running"
    }
  }

  fileprivate var emptySentence: String {
    switch self {
    case .dead: "No job of this server failed. There is nothing to do here."
    case .waiting: "Nothing is waiting to be done."
    case .running: "Nothing is being done right now."
    }
  }
}
