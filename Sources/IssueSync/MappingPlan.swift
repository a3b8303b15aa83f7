import Basics
import Discord
import Notion

/// A wish that was looked at on both sides and found right.
struct MappingPlan {
  let connection: String
  let database: DatabaseID
  let table: DataSource
  let channel: Channel
  let guild: GuildID
  let roles: Roles
  let fixed: String
  let rules: Rules

  var statusOptions: [String] { status?.options.map(\.name) ?? [] }
  var closedOptions: [String] { (rules.closed ?? status?.guessClosedOptions() ?? []).filter { $0 != fixed } }
  private var status: Column? { table.columns.values.first { $0.id == roles.status.id } }

  var kind: Mapping.ChannelKind { channel.isForum ? .forum : .text }

  /// Whether the mapping is so already, and nothing is wrong with it.
  func holds(of mapping: Mapping) -> Bool {
    mapping.roles == roles && mapping.fixedOption == fixed && mapping.closedOptions == closedOptions
      && mapping.statusOptions == statusOptions && mapping.rules == rules && mapping.name == table.displayName
      && mapping.problem == nil
  }
}

/// Looks at a wish, and keeps a sentence about everything that is wrong with it.
struct WishCheck {
  let wish: MappingWish
  let desk: IssueDesk
  let notes = ProblemNotes()

  init(_ wish: MappingWish, _ desk: IssueDesk) {
    self.wish = wish
    self.desk = desk
  }

  /// - Throws: `WishProblems`, or a failure that is not the wish's.
  func plan() throws -> MappingPlan {
    let table = try findTable()
    let place = try notes.noting("channel") { try findChannel() }
    let columns = table.map { chooseColumns(of: $0.table) } ?? [:]
    var rules = try templates()
    if let table = table?.table {
      rules.filter = try filter(table)
      rules.closed = try notes.noting("closed") { try closed(columns[.status]) } ?? nil
    }
    if let guild = place?.guild { try callings(guild, columns[.priority], &rules) }
    let fixed = try columns[.status].flatMap { status in try notes.noting("fixed") { try chooseFixed(status) } }
    try notes.throwIfAny()
    guard let table, let place, let fixed, let roles = Roles(columns) else {
      throw Failure(.unexpected, "A mapping could not be made, and nothing says why.")
    }
    return MappingPlan(
      connection: wish.connection, database: table.database, table: table.table, channel: place.channel,
      guild: place.guild, roles: roles, fixed: fixed, rules: rules)
  }

  private func findTable() throws -> (database: DatabaseID, table: DataSource)? {
    guard let client = try notes.noting("connection", { try desk.notion(wish.connection, .interactive) }) else {
      return nil
    }
    let database = try notes.noting("database") { try Mappings.databaseID(wish.database) }
    guard let database else { return nil }
    return try notes.noting(wish.dataSource.isEmpty ? "database" : "data_source") {
      (database, try client.dataSource(try Mappings.dataSourceID(wish.dataSource, of: database, client)))
    }
  }

  private func findChannel() throws -> (channel: Channel, guild: GuildID) {
    guard let id = ChannelID(wish.channel) else {
      throw Failure.invalid(
        "“\(wish.channel.cut(to: 60))” is no id of a Discord channel: it is a number of about 19 digits.")
    }
    let channel = try desk.discord(.interactive).channel(id)
    guard let guild = channel.guildID, channel.takesMessages || channel.isForum else {
      throw Failure.invalid("This channel takes no messages. Choose a text or forum channel of a server.")
    }
    return (channel, guild)
  }

  // MARK: Columns and options

  private func chooseColumns(of table: DataSource) -> [Part: Column] {
    var chosen = Roles.guess(table)
    for (part, name) in wish.columns {
      chosen[part] = table.column(name)
      if chosen[part] == nil, !name.isEmpty { notes.note(table.lacks(name), on: part.field) }
    }
    for (part, column) in chosen {
      guard let objection = Roles.objection(to: column, as: part) else { continue }
      notes.note(objection, on: part.field)
      chosen[part] = nil
    }
    if chosen[.title] == nil, !notes.isNoted(Part.title.field) {
      notes.note("Every issue needs its title.", on: Part.title.field)
    }
    if chosen[.status] == nil, !notes.isNoted(Part.status.field) {
      notes.note(
        "This table has no status column. Add one in Notion (type Status), or choose a select.", on: Part.status.field)
    }
    return chosen
  }

  private func chooseFixed(_ status: Column) throws -> String {
    if !wish.fixed.isEmpty { return try status.option(wish.fixed) }
    guard let guess = status.guessFixedOption() else {
      throw Failure.invalid("Which status means fixed? Name one of: \(status.optionNames).")
    }
    return guess
  }

  private func closed(_ status: Column?) throws -> [String]? {
    guard let status else { return wish.closed }
    return try wish.closed?.map { try status.option($0) }
  }
}

extension Part {
  fileprivate var field: String { "column.\(rawValue)" }
}

extension DataSource {
  func column(_ nameOrID: String) -> Column? {
    columns[nameOrID] ?? columns.values.first { $0.id == nameOrID }
  }

  func lacks(_ name: String) -> String {
    "The table has no column “\(name.cut(to: 60))”. It has: \(columns.keys.sorted().joined(separator: ", "))."
  }
}

extension Column {
  var optionNames: String { options.map(\.name).joined(separator: ", ") }

  /// - Throws: a sentence with the options there are.
  func option(_ text: String) throws -> String {
    guard let option = options.first(where: { $0.name == text }) else {
      throw Failure.invalid("“\(text.cut(to: 60))” is no option of “\(name)”. It has: \(optionNames).")
    }
    return option.name
  }
}
