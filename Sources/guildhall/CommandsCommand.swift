import ArgumentParser
import Basics
import Batch
import Bootstrap
import Discord

struct CommandsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commands", abstract: "The commands people use in Discord.", subcommands: [Register.self])

  struct Register: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tells Discord which commands there are; writes only what differs.",
      discussion:
        "For all servers by default, which Discord's apps may show after a while; --guild shows them in one server at once."
    )

    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: ArgumentHelp("Only in the server with this id.", valueName: "id"))
    var guild: String?

    @Flag(name: .long, help: "Say what differs, and write nothing.")
    var dryRun = false

    func run() throws {
      let environment = try quietEnvironment(common)
      let changes = try reporting { try register(environment) }
      if common.json { return print(try JSON.text(["changed": changes])) }
      let verb = dryRun ? "Would change" : "Changed"
      print(changes.isEmpty ? "Discord knows them all already." : "\(verb): \(changes.joined(separator: ", "))")
    }

    /// The names of commands that differ.
    private func register(_ environment: Environment) throws -> [String] {
      let guild = try guild.map(serverID)
      guard let connection = try environment.connections.discord(),
        let application = ApplicationID(connection.externalID)
      else { throw Failure.notFound("No Discord application is connected. Run “guildhall discord connect” first.") }
      let client = try environment.discord(.interactive)
      let wanted = Environment.commandDefinitions
      let known = try client.commands(application, guild)
      let differing = Set(wanted).symmetricDifference(known)
      if !differing.isEmpty, !dryRun {
        // Before Discord is told: what was tried is written down, whatever comes of it.
        try environment.durable.write(environment.noting(.commandsRegistered, "application", application.rawValue))
        _ = try client.setCommands(application, guild, wanted)
      }
      return Set(differing.map(\.name)).sorted()
    }
  }
}
