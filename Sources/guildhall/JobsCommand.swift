import ArgumentParser
import Basics
import Batch
import Bootstrap
import Jobs

struct JobsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "The work that is written down to be done.", subcommands: [Run.self, Count.self],
    defaultSubcommand: Count.self)

  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Does the jobs that are due, for cron: what the responder left, or has nobody to do it.")

    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: "For so many seconds at most.")
    var seconds = 50

    func run() throws {
      let environment = try quietEnvironment(common)
      try reporting {
        let lock = try RunLock("jobs", in: environment.stateDirectory)
        try withExtendedLifetime(lock) {
          try JobRunner(queue: environment.queue, kinds: environment.jobKinds(.interactive))
            .drain(threads: 2, until: .now + .seconds(seconds))
        }
      }
    }
  }

  struct Count: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Says how many jobs are waiting, running and dead.")

    @OptionGroup var common: CommonOptions

    func run() throws {
      let environment = try quietEnvironment(common)
      let counts = try reporting { try environment.queue.counts() }
      if common.json { return print(try JSON.text(counts)) }
      print(counts.isEmpty ? "Nothing is waiting." : counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
    }
  }
}
