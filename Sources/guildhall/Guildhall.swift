import ArgumentParser

/// The admin's program: everything that is done once, or looked into.
@main
struct Guildhall: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sets up and looks after a Guildhall.",
    discussion: """
      A first setup: guildhall migrate, guildhall discord connect, guildhall notion connect, guildhall mapping add,
      and then notion-sync. guildhall doctor says in words what is still missing.
      """,
    version: "0.1.0",
    subcommands: [
      Migrate.self, DiscordCommand.self, NotionCommand.self, MappingCommand.self, CommandsCommand.self, JobsCommand.self,
      Doctor.self,
    ])
}
