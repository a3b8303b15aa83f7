import ArgumentParser
import Basics
import Batch
import Bootstrap
import Jobs

struct JobsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "The work that is written down to be done.",
    subcommands: [List.self, Replay.self, Discard.self, Run.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows jobs that are not done: waiting, running, or dead with the reason.")

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Only those that have failed for good.")
    var dead = false

    @Option(name: .long, help: "At most so many.")
    var limit = 50

    func run() throws {
      let environment = try quietEnvironment(common)
      let states = dead ? ["dead"] : ["running", "waiting", "unknown", "dead", "ready"]
      let jobs = try reporting { try environment.queue.list(states, limit: limit) }
      if common.json { return print(try JSON.text(jobs)) }
      print(jobs.isEmpty ? "There is nothing." : jobs.map(\.line).joined(separator: "\n"))
    }
  }

  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Gives dead jobs another chance.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The job's id, as “guildhall jobs list” shows it; “all” for every dead one.")
    var id: String

    func run() throws {
      let environment = try quietEnvironment(common)
      let count = try reporting {
        try environment.queue.replay(id == "all" ? nil : id, alongside: environment.noting(.jobReplayed, "job", id))
      }
      print(common.json ? "{\"replayed\":\(count)}" : "\(count) will be tried again.")
    }
  }

  struct Discard: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Gives a dead job up.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The job's id.")
    var id: String

    func run() throws {
      let environment = try quietEnvironment(common)
      try reporting {
        guard try environment.queue.discard(id, alongside: environment.noting(.jobDiscarded, "job", id)) == 1 else { throw Failure.notFound("There is no dead job \(id).") }
      }
      print(common.json ? "{\"discarded\":1}" : "Given up.")
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
      let environment = try quietEnvironment(common)
      defer { environment.writeCounters() }
      try reporting {
        try environment.batchRuns.run("jobs", slot: schedule.slot) {
          try JobRunner(queue: environment.queue, kinds: environment.jobKinds(.interactive), knowsAll: true)
            .drain(threads: 2, until: .now + .seconds(seconds))
        }
      }
    }
  }
}

extension JobEntry {
  fileprivate var line: String {
    "\(id)  \(state)  \(kind), \(attempts) attempts, \(updatedAt)" + (lastError.map { "\n    \($0)" } ?? "")
  }
}
