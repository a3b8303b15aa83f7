import Accounts
import ArgumentParser
import Basics
import Batch
import Bootstrap
import Discord

struct PersonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "person", abstract: "What is kept of somebody: told, and erased when they ask.",
    discussion: """
      A person is named by their Discord id. With --server only what belongs to that server; otherwise everything.

      EXAMPLES
        guildhall person export 123456789012345678 > person.json
        guildhall person erase 123456789012345678 --yes
      """,
    subcommands: [Export.self, Erase.self])

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes everything that is kept of somebody as JSON.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var who: PersonArgument

    func run() throws {
      let environment = try quietEnvironment(common)
      let export = try reporting {
        try environment.personalRecords.export(try who.user(), in: try who.guild(), by: environment.author)
      }
      print(try JSON.text(export))
    }
  }

  struct Erase: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Erases what is kept of somebody. It cannot be undone, and a restored backup does not bring it back.",
      discussion: """
        Names, ids and values go; that something was done stays, as somebody's. What Notion and Discord keep is \
        theirs: the export tells where. Backups from before hold it until they are removed.
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var who: PersonArgument

    @Flag(name: .long, help: "Really.")
    var yes = false

    func run() throws {
      let environment = try quietEnvironment(common)
      let report = try reporting {
        let (user, guild) = (try who.user(), try who.guild())
        guard yes else {
          let found = try environment.personalRecords.look(user, in: guild)
          let parts = found.parts.map { "  \($0.rows.count)  \($0.what)" }.joined(separator: "\n")
          throw Failure.invalid(
            found.isEmpty ? "Nothing is kept of \(user)." : "This would be erased:\n\(parts)\nSay it again with --yes.")
        }
        return try environment.erasePerson(user, in: guild)
      }
      try show(report, common) {
        report.rows.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)" }.joined(separator: "\n")
          + "\nErased: \(report.total) entries."
      }
    }
  }
}

/// Of whom.
struct PersonArgument: ParsableArguments {
  @Argument(help: "The person's Discord id (right click, Copy User ID).")
  var id: String

  @Option(name: .long, help: ArgumentHelp("Only what belongs to this server.", valueName: "id"))
  var server: String?

  func user() throws -> UserID {
    guard let user = UserID(id) else { throw Failure.invalid("“\(id)” is no id of a person in Discord.") }
    return user
  }

  func guild() throws -> GuildID? { try server.map(serverID) }
}
