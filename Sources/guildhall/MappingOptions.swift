import ArgumentParser
import Basics
import Bootstrap
import IssueSync

/// The table and the channel of a mapping that is to be made.
struct TableOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("The database: its id, or its address copied from Notion.", valueName: "id or URL"))
  var database: String

  @Option(
    name: .long, help: ArgumentHelp("The channel's id in Discord (right click, Copy Channel ID).", valueName: "id"))
  var channel: String

  @OptionGroup var place: PlaceOptions

  func wish(_ environment: Environment) throws -> MappingWish { try place.wish(database, channel, environment) }
}

struct OptionalTableOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("The database: its id, or its address copied from Notion.", valueName: "id or URL"))
  var database: String?

  @Option(name: .long, help: ArgumentHelp("The channel's id in Discord.", valueName: "id"))
  var channel: String?

  @OptionGroup var place: PlaceOptions

  func wish(_ environment: Environment) throws -> MappingWish {
    guard let database, let channel else {
      throw Failure.invalid("Name a mapping by its id, or a new one with --database and --channel.")
    }
    return try place.wish(database, channel, environment)
  }
}

struct PlaceOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Which data source, when the database has several.", valueName: "id"))
  var dataSource: String?

  @Option(name: .long, help: ArgumentHelp("Which connected workspace, when there are several.", valueName: "id"))
  var workspace: String?

  fileprivate func wish(_ database: String, _ channel: String, _ environment: Environment) throws -> MappingWish {
    var wish = MappingWish(connection: try connectionID(environment), database: database, channel: channel)
    wish.dataSource = dataSource ?? ""
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

/// What can be decided about a mapping. What is not named stays as it is.
struct RuleOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      """
      The column that plays a part: priority=Severity; “labels=” for none. Parts: title, number, status, priority, \
      assignee, labels, due, description. May be repeated.
      """, valueName: "part=column"))
  var column: [String] = []

  @Option(name: .long, help: ArgumentHelp("The status that means fixed.", valueName: "option"))
  var fixed: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Other statuses that end an issue, with commas between; “auto” for those Notion groups as complete, “none”.",
      valueName: "options"))
  var closed: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only rows for which this holds: Labels=crash|UI, Status!=Draft, Labels= for empty ones; “all” for every row. May be repeated.",
      valueName: "column=values"))
  var filter: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only changes of these parts are worth an edit, with commas between; “all” for every one.", valueName: "parts"))
  var watch: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The roles that may change issues, by id or name, with commas between; “all” for everybody.", valueName: "roles"))
  var pressers: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Call a role when a new issue has a priority: P0=ROLE, *=ROLE for any, “P0=” to stop. May be repeated.",
      valueName: "priority=role"))
  var call: [String] = []

  @Option(name: .long, help: "The heading of a message, with {title}, {number}, {status} and the other parts.")
  var heading: String?

  @Option(name: .long, help: "A line below the heading, with the same parts. May be repeated.")
  var body: [String] = []

  @Option(name: .long, help: "Messages deleted by hand: repost or forget.")
  var lost: String?

  /// Whether nothing was named.
  var isEmpty: Bool {
    [column, filter, call, body].allSatisfy(\.isEmpty)
      && [fixed, closed, watch, pressers, heading, lost].allSatisfy { $0 == nil }
  }

  /// The wish with what was named on the command line.
  func applied(to wish: MappingWish) throws -> MappingWish {
    var wish = wish
    for entry in column {
      let (part, name) = try pair(entry, "part=column")
      guard let part = Part(rawValue: part) else {
        throw Failure.invalid(
          "“\(part)” is no part of an issue. There are \(Part.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      wish.columns[part] = name
    }
    if let fixed { wish.fixed = fixed }
    if let closed { wish.closed = closed == "auto" ? nil : closed == "none" ? [] : words(closed) }
    if !filter.isEmpty { wish.filter = try filter.filter { $0 != "all" }.map(condition) }
    if let watch { wish.watched = watch == "all" ? [] : words(watch) }
    if let pressers { wish.pressers = pressers == "all" ? [] : words(pressers) }
    for entry in call {
      let (priority, role) = try pair(entry, "priority=role")
      wish.calls[priority] = role.isEmpty ? nil : [role]
    }
    if let heading { wish.heading = heading }
    if !body.isEmpty { wish.body = body.joined(separator: "\n") }
    if let lost { wish.lost = lost }
    return wish
  }

  private func words(_ text: String) -> [String] {
    text.split(separator: ",").map { String($0.drop { $0 == " " }) }
  }

  private func pair(_ entry: String, _ form: String) throws -> (String, String) {
    let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { throw Failure.invalid("“\(entry)” is no \(form).") }
    return (parts[0], parts[1])
  }

  private func condition(_ entry: String) throws -> MappingWish.Condition {
    let (name, values) = try pair(entry, "column=values")
    let isNot = name.hasSuffix("!")
    return MappingWish.Condition(
      column: isNot ? String(name.dropLast()) : name, isNot: isNot,
      values: values.split(separator: "|", omittingEmptySubsequences: false).map(String.init))
  }
}
