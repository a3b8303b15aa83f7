import Accounts
import ArgumentParser
import Basics
import Batch
import Bootstrap
import Jobs
import Store
import Synchronization

struct JobsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "The work that is written down to be done.",
    discussion: """
      EXAMPLES
        guildhall jobs list --dead   what has failed for good, and why
        guildhall jobs show ID       all that is known of one
        guildhall jobs replay ID     another chance; “all” for all
        guildhall jobs discard ID    gives one up; “all” for all
        guildhall log ID             what every program logged about it
      """,
    subcommands: [List.self, Show.self, Replay.self, Discard.self, Run.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows jobs that are not done: waiting, running, or dead with the reason.")

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Only those that have failed for good.")
    var dead = false

    @Option(name: .long, help: "At most so many.")
    var limit = 50

    func validate() throws {
      if limit < 1 { throw ValidationError("--limit takes a number of at least 1.") }
    }

    func run() throws {
      let environment = try quietEnvironment(common)
      let states = dead ? ["dead"] : ["running", "waiting", "unknown", "dead", "ready"]
      let jobs = try reporting { try environment.queue.list(states, limit: limit) }
      let now = environment.clock.now()
      try show(jobs, common) {
        jobs.isEmpty ? "There is nothing." : jobs.map { $0.line(at: now) }.joined(separator: "\n")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows all that is known of one job.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The job's id, as “guildhall jobs list” shows it.")
    var id: String

    func run() throws {
      let environment = try quietEnvironment(common)
      let job = try reporting {
        guard let job = try environment.queue.find(id) else {
          throw Failure.notFound("There is no job \(id); one that was done is kept for two weeks.")
        }
        return job
      }
      try show(job, common) { job.text }
    }
  }

  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Gives dead jobs another chance.")

    @OptionGroup var common: CommonOptions

    @OptionGroup var chosen: DeadJobs

    func run() throws {
      let environment = try quietEnvironment(common)
      let count = try chosen.each(environment, .jobReplayed) { try environment.queue.replay($0, alongside: $1) }
      try show(["replayed": count], common) { "\(count) will be tried again." }
    }
  }

  struct Discard: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Gives dead jobs up.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var chosen: DeadJobs

    func run() throws {
      let environment = try quietEnvironment(common)
      let count = try chosen.each(environment, .jobDiscarded) { try environment.queue.discard($0, alongside: $1) }
      try show(["discarded": count], common) { count == 1 ? "Given up." : "Given up: \(count)." }
    }
  }

  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Does the jobs that are due, for cron: what the responder left, or has nobody to do it.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var schedule: SlotOptions

    @Option(name: .long, help: "For so many seconds at most.")
    var seconds = 50

    func run() throws {
      let environment = try quietEnvironment(common, isBatch: true)
      defer { environment.writeCounters() }
      let done = try reporting {
        try environment.batchRuns.run("jobs", slot: schedule.slot) { try work(environment) }
      }
      guard let done else { return try show(["skipped": true], common) { "This slot was run already." } }
      try show(["attempts": done], common) { "\(counted(done, "attempt")) made." }
    }

    private func work(_ environment: Environment) throws -> Int {
      let attempts = Mutex(0)
      try JobRunner(queue: environment.queue, kinds: environment.jobKinds(), knowsAll: true)
        .drain(threads: 2, until: .now + .seconds(seconds)) { _ in attempts.withLock { $0 += 1 } }
      return attempts.withLock { $0 }
    }
  }
}

/// Which of the dead jobs are meant.
struct DeadJobs: ParsableArguments {
  @Argument(help: "The job's id, as “guildhall jobs list” shows it; “all” for every dead one.")
  var id: String

  /// - Parameter body: does it to the job with this id, or to all for nil, and answers to how many.
  func each(
    _ environment: Environment, _ event: AuditEvent,
    _ body: (String?, _ alongside: (WriteTransaction) throws -> Void) throws -> Int
  ) throws -> Int {
    try reporting {
      let count = try body(id == "all" ? nil : id, environment.noting(event, "job", id))
      guard count == 0, id != "all" else { return count }
      throw try environment.queue.find(id)?.entry.state == "dead"
        ? Failure.conflict("What job \(id) was to do is waiting already as another job.")
        : Failure.notFound("There is no dead job \(id). “guildhall jobs list --dead” shows those there are.")
    }
  }
}

extension JobRecord {
  fileprivate var text: String {
    """
    \(entry.id)  \(entry.state)
      kind         \(entry.kind), in the lane \(lane), behind the limit \(gate)\(guild.map { ", server \($0)" } ?? "")
      written      \(createdAt)
      next         \(entry.runAt)
      changed      \(entry.updatedAt)
      attempts     \(entry.attempts), of which \(failures) failed and \(crashes) were cut off
      wish         \(payload)
      correlation  \(entry.correlation ?? "its own id")
    """ + (entry.lastError.map { "\n  last error   \($0)" } ?? "")
  }
}

extension JobEntry {
  /// A job that waits is told by when it is due; any other by when it came to stand so.
  fileprivate func line(at now: Timestamp) -> String {
    let isWaiting = !["running", "dead"].contains(state)
    let time = !isWaiting ? "since \(updatedAt)" : runAt > now ? "due in \(spoken(runAt - now))" : "due now"
    return "\(id)  \(state)  \(kind), \(counted(attempts, "attempt")), \(time)"
      + (lastError.map { "\n    \($0)" } ?? "")
  }
}
