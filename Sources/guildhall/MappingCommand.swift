import ArgumentParser
import Basics
import Batch
import Bootstrap
import Discord
import IssueSync
import Notion

struct MappingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mapping", abstract: "Which Notion tables appear in which Discord channels.",
    subcommands: [Add.self, List.self, Set.self, Remove.self], defaultSubcommand: List.self)

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Maps a Notion database to a Discord channel.",
      discussion:
        "Looks at both first: the columns are guessed from their names, and told. The issues come with the next notion-sync."
    )

    @OptionGroup var common: CommonOptions

    @Option(
      name: .long,
      help: ArgumentHelp("The database: its id, or its address copied from Notion.", valueName: "id or URL"))
    var database: String

    @Option(
      name: .long, help: ArgumentHelp("The channel's id in Discord (right click, Copy Channel ID).", valueName: "id"))
    var channel: String

    @Option(name: .long, help: ArgumentHelp("Which data source, when the database has several.", valueName: "id"))
    var dataSource: String?

    @Option(
      name: .long, help: ArgumentHelp("The status that means fixed, when the guess is wrong.", valueName: "option"))
    var fixed: String?

    @Option(name: .long, help: ArgumentHelp("Which connected workspace, when there are several.", valueName: "id"))
    var workspace: String?

    func run() throws {
      let environment = try quietEnvironment(common)
      let mapping = try reporting {
        let connection = try connectionID(environment)
        return try environment.mappings.add(
          try wish(connection), notion: environment.notion(connection, .interactive),
          discord: environment.discord(.interactive))
      }
      print(try common.json ? JSON.text(mapping.summary) : mapping.text + "\nNext: notion-sync")
    }

    private func wish(_ connection: String) throws -> Mappings.Wish {
      guard let database = DatabaseID(database) else {
        throw Failure.invalid("“\(self.database)” is no id or address of a Notion database.")
      }
      guard let channel = ChannelID(channel) else {
        throw Failure.invalid("“\(self.channel)” is no id of a Discord channel: it is a number of about 19 digits.")
      }
      let source = try dataSource.map { text in
        guard let id = DataSourceID(text) else { throw Failure.invalid("“\(text)” is no id of a data source.") }
        return id
      }
      var wish = Mappings.Wish(connection: connection, database: database, channel: channel)
      wish.dataSource = source
      wish.fixedOption = fixed
      return wish
    }

    private func connectionID(_ environment: Environment) throws -> String {
      let all = try environment.connections.notion()
      if let workspace {
        guard let chosen = all.first(where: { $0.id == workspace || $0.label == workspace }) else {
          throw Failure.notFound("No connected workspace is called “\(workspace)”.")
        }
        return chosen.id
      }
      guard let only = all.first else {
        throw Failure.notFound("No Notion workspace is connected. Run “guildhall notion connect” first.")
      }
      guard all.count == 1 else {
        throw Failure.invalid(
          "Several workspaces are connected; choose with --workspace: \(all.map(\.label).joined(separator: ", ")).")
      }
      return only.id
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows the mappings there are.")

    @OptionGroup var common: CommonOptions

    func run() throws {
      let environment = try quietEnvironment(common)
      let mappings = try reporting { try environment.mappings.list() }
      if common.json { return print(try JSON.text(mappings.map(\.summary))) }
      print(
        mappings.isEmpty
          ? "No mapping yet. Make one with “guildhall mapping add”." : mappings.map(\.text).joined(separator: "\n"))
    }
  }

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Changes the rules of a mapping.",
      discussion: "What is not named stays as it is. Messages follow with their next change.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The mapping's id, as “guildhall mapping list” shows it.")
    var id: String

    @Option(name: .long, help: "Messages deleted by hand: repost or forget.")
    var lost: String?

    @Option(
      name: .long,
      help: ArgumentHelp(
        "The roles that may change issues, with commas between; “all” for everybody.", valueName: "roles"))
    var pressers: String?

    @Option(
      name: .long,
      help: ArgumentHelp(
        "Call a role when a new issue has a priority: P0=ROLE, “P0=” to stop. May be repeated.",
        valueName: "priority=role"))
    var call: [String] = []

    @Option(
      name: .long,
      help: ArgumentHelp(
        "Only changes of these parts are worth an edit, with commas between; “all” for every one.", valueName: "parts"))
    var watch: String?

    @Option(
      name: .long,
      help: "The heading of a message, with {number}, {title}, {status}, {priority}, {assignee}, {labels}, {due}.")
    var heading: String?

    func run() throws {
      let environment = try quietEnvironment(common)
      try reporting {
        guard let mapping = try environment.mappings.list().first(where: { $0.id == id }) else {
          throw Failure.notFound("There is no mapping \(id). “guildhall mapping list” shows those there are.")
        }
        try environment.mappings.set(try changed(mapping.rules), of: id)
      }
      print(common.json ? "{\"changed\":true}" : "Changed.")
    }

    private func changed(_ old: Rules) throws -> Rules {
      var rules = old
      if let lost { rules.lostMessages = try parsed(lost, "repost or forget", Rules.LostMessages.init(rawValue:)) }
      if let heading { rules.heading = heading }
      if let pressers { rules.pressers = pressers == "all" ? [] : try words(pressers).map { try role($0) } }
      if let watch {
        rules.watched = watch == "all" ? [] : try words(watch).map { try parsed($0, partNames, Part.init(rawValue:)) }
      }
      for entry in call {
        let pair = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { throw Failure.invalid("“\(entry)” is no priority=role.") }
        rules.calls[String(pair[0])] = pair[1].isEmpty ? nil : [try role(String(pair[1]))]
      }
      return rules
    }

    private var partNames: String { "one of \(Part.allCases.map(\.rawValue).joined(separator: ", "))" }
    private func words(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
    private func role(_ text: String) throws -> RoleID { try parsed(text, "the id of a role", RoleID.init(rawValue:)) }

    private func parsed<Value>(_ text: String, _ what: String, _ parse: (String) -> Value?) throws -> Value {
      guard let value = parse(text) else { throw Failure.invalid("“\(text)” is not \(what).") }
      return value
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forgets a mapping and its issues; what stands in Notion and Discord stays.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The mapping's id, as “guildhall mapping list” shows it.")
    var id: String

    func run() throws {
      let environment = try quietEnvironment(common)
      try reporting { try environment.mappings.remove(id) }
      print(common.json ? "{\"removed\":true}" : "Removed.")
    }
  }
}

extension Mapping {
  fileprivate var summary: [String: String] {
    [
      "id": id, "name": name, "guild_id": guild.rawValue, "channel_id": channel.rawValue,
      "database_id": database.rawValue, "data_source_id": dataSource.rawValue, "fixed_option": fixedOption,
    ]
  }

  fileprivate var text: String {
    "\(id)  “\(name)” → channel \(channel), fixed means “\(fixedOption)”"
      + (watermark == nil ? ", never synced" : ", synced")
  }
}
