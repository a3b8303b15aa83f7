import ArgumentParser
import Basics
import Batch

/// The admin's program: everything that is done once, or looked into.
@main
struct Guildhall: Program {
  static let configuration = CommandConfiguration(
    abstract: "Sets up and looks after a Guildhall.",
    discussion: """
      FIRST
        guildhall setup              asks for what is needed, and tries it
        guildhall mapping add --database URL --channel ID
        guildhall commands register
        notion-sync
        guildhall doctor             says in words what is still missing

      EVERY DAY
        guildhall doctor             whether all is well; --json for monitors
        guildhall jobs list --dead   what has failed for good, and why
        guildhall log ID             what became of one click, request or job
        guildhall backup             a checked copy of the database

      Every command explains itself: guildhall help key rotate. With --json each writes one line of JSON. What goes \
      wrong is said on standard error, with --json as {"error":{"kind":…,"sentence":…}} in a line of its own; the exit \
      code is 0 when all is done, 1 when something failed, 64 for wrong use, 75 when another run is at work, 78 when \
      the settings must be mended. Completions for your shell, bash, zsh or fish, are written by:

        guildhall --generate-completion-script bash
      """,
    version: Version.current,
    subcommands: [],
    groupedSubcommands: [
      CommandGroup(
        name: "Setting up",
        subcommands: [
          Setup.self, Migrate.self, DiscordCommand.self, NotionCommand.self, MappingCommand.self, CommandsCommand.self,
          KeyCommand.self,
        ]),
      CommandGroup(name: "Looking after", subcommands: [Doctor.self, JobsCommand.self, LogCommand.self]),
      CommandGroup(
        name: "Keeping",
        subcommands: [
          BackupCommand.self, RestoreCommand.self, ExportCommand.self, HousekeepingCommand.self, AuditCommand.self,
          PersonCommand.self,
        ]),
    ])
}
