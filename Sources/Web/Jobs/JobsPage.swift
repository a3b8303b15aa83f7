import Accounts
import Basics
import HTTP
import IssueSync
import Jobs
import Store

extension Panel {
  /// What is written down to be done for a server, and what became of it.
  public func jobDoorways(_ queue: JobQueue) -> [Doorway] {
    [
      page("/jobs", .seeJobs) { try jobList($0) },
      form("/jobs/replay", .replayJobs) { visit, _ in
        let count = try store.write { transaction in
          let count = try queue.replay(nil, of: visit.guild.rawValue, in: transaction)
          if count > 0 { try audit.record(visit.entry(.jobReplayed, after: "\(count) jobs"), in: transaction) }
          return count
        }
        return (count == 0 ? Notice.nothingReplayed : .jobsReplayed).at(visit.address("jobs"))
      },
      form("/jobs/:job/replay", .replayJobs) { visit, _ in
        let count = try change(.jobReplayed, visit) { try queue.replay($0, of: visit.guild.rawValue, in: $1) }
        guard count == 1 else {
          throw Failure.notFound("This job is not among the failed ones, or a newer one does the same.")
        }
        return Notice.jobsReplayed.at(visit.address("jobs"))
      },
      page("/jobs/:job/discard", .replayJobs) { try askToDiscard($0) },
      form("/jobs/:job/discard", .replayJobs) { visit, _ in
        let count = try change(.jobDiscarded, visit) { try queue.discard($0, of: visit.guild.rawValue, in: $1) }
        guard count == 1 else {
          throw Failure.notFound("This job is not among the failed ones any more, so it cannot be given up.")
        }
        return Notice.jobDiscarded.at(visit.address("jobs"))
      },
    ]
  }

  private func change(
    _ event: AuditEvent, _ visit: Visit, _ body: (String, WriteTransaction) throws -> Int
  ) throws -> Int {
    try store.write { transaction in
      let id = visit.path["job"]
      let count = try body(id, transaction)
      if count > 0 { try audit.record(visit.entry(event, on: AuditTarget("job", id)), in: transaction) }
      return count
    }
  }

  private func jobList(_ visit: Visit) throws -> Response {
    let query = visit.request.query
    let shelf = query["show"].flatMap(JobShelf.init) ?? .dead
    let guild = visit.guild.rawValue
    let now = try present(visit)
    let view = try store.read { queries in
      let page = try shelf.page(of: guild, from: query["at"].flatMap(Keyset.init), limit: 50, queries)
      let subjects = try JobWords.subjects(of: page.entries.map(\.lane), in: visit.guild, queries)
      let counts = try JobShelf.allCases.map { ($0, try $0.count(of: guild, upTo: JobsView.most + 1, queries)) }
      return JobsView(page, shelf, counts, subjects, visit, now: now)
    }
    return try show("jobs", view, title: "Jobs", to: visit)
  }

  private func askToDiscard(_ visit: Visit) throws -> Response {
    let found = try store.read { queries in
      try JobShelf.dead.job(visit.path["job"], of: visit.guild.rawValue, queries).map { job in
        (job, try JobWords.subjects(of: [job.lane], in: visit.guild, queries)[job.lane])
      }
    }
    guard let (job, subject) = found else { throw Failure.notFound("There is no failed job here with this id.") }
    let line = try JobsView.Line(job, subject, at: visit.address(), now: present(visit))
    let view = DiscardView(line: line, list: visit.address("jobs"), formKey: visit.visitor.formKey)
    return try show("job-discard", view, title: "Give a job up", to: visit)
  }
}

struct DiscardView {
  let line: JobsView.Line
  let list: String
  let formKey: String
}
