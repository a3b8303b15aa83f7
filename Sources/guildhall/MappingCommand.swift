import Accounts
import ArgumentParser
import Basics
import Batch
import Bootstrap
import Discord
import IssueSync

struct MappingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mapping", abstract: "Which Notion tables appear in which Discord channels.",
    subcommands: [
      Add.self, Preview.self, List.self, Show.self, Set.self, Pause.self, Resume.self, Runs.self, Remove.self,
    ],
    defaultSubcommand: List.self)

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Maps a Notion database to a Discord channel.",
      discussion:
        "Looks at both first: the columns are guessed from their names, and told. The issues come with the next notion-sync."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var rules: RuleOptions

    func run() throws {
      let environment = try quietEnvironment(common)
      let mapping = try reporting {
        try environment.mappings.add(rules.applied(to: table.wish(environment))) { mapping, transaction in
          try environment.noting(.mappingAdded, mapping, after: mapping.wish.text)(transaction)
        }
      }
      print(
        try common.json
          ? JSON.text(MappingSummary(mapping)) : mapping.line + "\n" + mapping.details + "\nNext: notion-sync")
    }
  }

  struct Preview: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows the message of a real row, and keeps nothing.",
      discussion: "Of a mapping by its id, with changes that are only tried; or of one that is not made yet.")

    @OptionGroup var common: CommonOptions
    @Argument(help: "The mapping's id; without it, name --database and --channel.") var id: String?
    @OptionGroup var table: OptionalTableOptions
    @OptionGroup var rules: RuleOptions

    func run() throws {
      let environment = try quietEnvironment(common)
      let draft = try reporting {
        let wish = try id.map { try environment.mappings.find($0).wish } ?? table.wish(environment)
        return try environment.mappings.preview(rules.applied(to: wish))
      }
      print(try common.json ? JSON.text(draft) : draft.asText)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows the mappings there are.")

    @OptionGroup var common: CommonOptions

    func run() throws {
      let environment = try quietEnvironment(common)
      let mappings = try reporting { try environment.mappings.list() }
      if common.json { return print(try JSON.text(mappings.map { MappingSummary($0) })) }
      print(
        mappings.isEmpty
          ? "No mapping yet. Make one with “guildhall mapping add”." : mappings.map(\.line).joined(separator: "\n"))
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows everything that was decided about a mapping.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var chosen: MappingArgument

    func run() throws {
      let environment = try quietEnvironment(common)
      let mapping = try reporting { try environment.mappings.find(chosen.id) }
      print(try common.json ? JSON.text(MappingSummary(mapping)) : mapping.line + "\n" + mapping.details)
    }
  }

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Changes what was decided about a mapping.",
      discussion:
        "What is not named stays as it is. Open messages follow at once; every row is compared with the next notion-sync."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var chosen: MappingArgument
    @OptionGroup var rules: RuleOptions

    func validate() throws {
      if rules.isEmpty { throw ValidationError("Name what is to change, for example --fixed Done.") }
    }

    func run() throws {
      let environment = try quietEnvironment(common)
      let (old, mapping) = try reporting {
        let old = try environment.mappings.find(chosen.id)
        let new = try environment.mappings.change(old.id, to: rules.applied(to: old.wish)) { mapping, transaction in
          let (before, after) = MappingWish.differences(old.wish, mapping.wish)
          try environment.noting(.mappingChanged, mapping, before: before, after: after)(transaction)
        }
        return (old, new)
      }
      try show(MappingSummary(mapping), common) {
        (mapping.revision == old.revision ? "It is so already; nothing changed." : "Changed.") + "\n" + mapping.details
      }
    }
  }

  struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Stops reading a table. What people press is still carried out.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var chosen: MappingArgument

    func run() throws { try chosen.change(common, "paused", .mappingPaused) { try $0.pause($1, alongside: $2) } }
  }

  struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Goes on where a mapping was paused: what was edited meanwhile comes with the next notion-sync.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var chosen: MappingArgument

    func run() throws { try chosen.change(common, "resumed", .mappingResumed) { try $0.resume($1, alongside: $2) } }
  }

  struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows the last runs: what each read and changed, how long it took and waited, and what ended it.")

    @OptionGroup var common: CommonOptions
    @Argument(help: "Only of the mapping with this id.") var id: String?
    @Option(name: .long, help: "At most so many.") var limit = 20

    func validate() throws {
      if limit < 1 { throw ValidationError("--limit takes a number of at least 1.") }
    }

    func run() throws {
      let environment = try quietEnvironment(common)
      let runs = try reporting {
        _ = try id.map { try environment.mappings.find($0) }
        return try environment.mappings.runs(of: id, limit: limit)
      }
      if common.json { return print(try JSON.text(runs)) }
      print(runs.isEmpty ? "Nothing was synced yet." : runs.map(\.line).joined(separator: "\n"))
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forgets a mapping and its issues; what stands in Notion and Discord stays.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var chosen: MappingArgument

    func run() throws { try chosen.change(common, "removed", .mappingRemoved) { try $0.remove($1, alongside: $2) } }
  }
}

/// Which mapping is meant.
struct MappingArgument: ParsableArguments {
  @Argument(help: "The mapping's id, as “guildhall mapping list” shows it.")
  var id: String

  func change(
    _ common: CommonOptions, _ done: String, _ event: AuditEvent,
    _ body: (Mappings, String, Mappings.Alongside) throws -> Void
  ) throws {
    let environment = try quietEnvironment(common)
    try reporting {
      try body(environment.mappings, id) { mapping, transaction in
        let before = event == .mappingRemoved ? mapping.wish.text : nil
        try environment.noting(event, mapping, before: before)(transaction)
      }
    }
    print(common.json ? "{\"\(done)\":true}" : done.prefix(1).uppercased() + done.dropFirst() + ".")
  }
}
