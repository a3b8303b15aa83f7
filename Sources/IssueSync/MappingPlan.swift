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
}

/// Looks at a wish, and keeps a sentence about everything that is wrong with it.
struct WishCheck {
  let wish: MappingWish
  let desk: IssueDesk
  private let notes = ProblemNotes()

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
      throw Failure.invalid("“\(wish.channel.cut(to: 60))” is no id of a Discord channel: it is a number of about 19 digits.")
    }
    let channel = try desk.discord().channel(id)
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
      notes.note("This table has no status column. Add one in Notion (type Status), or choose a select.", on: Part.status.field)
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

  private func filter(_ table: DataSource) throws -> RowFilter {
    RowFilter(
      try notes.noting("filter") {
        guard wish.filter.count <= 10 else { throw Failure.invalid("Ten conditions at most.") }
        return try wish.filter.map { try condition($0, table) }
      } ?? [])
  }

  private func condition(_ wished: MappingWish.Condition, _ table: DataSource) throws -> RowFilter.Condition {
    guard let column = table.column(wished.column) else { throw Failure.invalid(table.lacks(wished.column)) }
    guard !wished.values.isEmpty else { throw Failure.invalid("What is “\(column.name)” to be? Name a value.") }
    guard wished.values.count <= 25 else { throw Failure.invalid("25 values of one column at most.") }
    let values = try wished.values.map { try $0.isEmpty || column.options.isEmpty ? $0 : column.option($0) }
    if column.type == "checkbox", let other = values.first(where: { !["Yes", "No"].contains($0) }) {
      throw Failure.invalid("“\(column.name)” is a checkbox: it is Yes or No, not “\(other.cut(to: 60))”.")
    }
    return RowFilter.Condition(column: Roles.Role(column), isNot: wished.isNot, values: values)
  }

  // MARK: Texts and people

  private func templates() throws -> Rules {
    var rules = Rules()
    rules.heading = try notes.noting("heading") {
      try Template(wish.heading, maximumLines: 1, maximumCharacters: 200)
    } ?? rules.heading
    rules.body = try notes.noting("body") {
      wish.body.allSatisfy(\.isWhitespace) ? .nothing : try Template(wish.body, maximumLines: 10, maximumCharacters: 1000)
    } ?? rules.body
    rules.lostMessages = try notes.noting("lost") {
      try named(wish.lost, in: Rules.LostMessages.allCases, "Messages deleted by hand are posted again (repost) or left alone (forget)")
    } ?? rules.lostMessages
    rules.watched = try notes.noting("watched") {
      try wish.watched.map { try named($0, in: Part.allCases, "The parts of an issue") }
    } ?? []
    return rules
  }

  private func named<Value: RawRepresentable<String>>(_ text: String, in all: [Value], _ what: String) throws -> Value {
    if let value = Value(rawValue: text) { return value }
    throw Failure.invalid("\(what): \(all.map(\.rawValue).joined(separator: ", ")). There is no “\(text.cut(to: 60))”.")
  }

  private func callings(_ guild: GuildID, _ priority: Column?, _ rules: inout Rules) throws {
    if wish.pressers.isEmpty && wish.calls.isEmpty { return }
    guard let known = try notes.noting("pressers", { try desk.discord().server(guild).roles }) else { return }
    rules.pressers = try notes.noting("pressers") { try wish.pressers.map { try role($0, known) } } ?? []
    rules.calls = try notes.noting("calls") {
      for name in wish.calls.keys.sorted() where name != "*" {
        guard let priority else { throw Failure.invalid("This mapping has no priority; only “*” can be called for.") }
        if !priority.options.isEmpty { _ = try priority.option(name) }
      }
      return try wish.calls.mapValues { try $0.map { try role($0, known) } }
    } ?? [:]
  }

  /// A role by its id, or by its name with or without the @.
  private func role(_ text: String, _ known: [ServerRole]) throws -> RoleID {
    let name = text.hasPrefix("@") ? String(text.dropFirst()) : text
    let found = known.filter { $0.id.rawValue == text || $0.name == name || $0.name == text }
    guard let role = found.first else { throw Failure.invalid("This server has no role “\(text.cut(to: 60))”.") }
    guard found.count == 1 || role.id.rawValue == text else {
      throw Failure.invalid("Several roles are called “\(text)”. Name one by its id: \(found.map(\.id.rawValue).joined(separator: ", ")).")
    }
    return role.id
  }
}

extension Part {
  fileprivate var field: String { "column.\(rawValue)" }
}

extension DataSource {
  fileprivate func column(_ nameOrID: String) -> Column? {
    columns[nameOrID] ?? columns.values.first { $0.id == nameOrID }
  }

  fileprivate func lacks(_ name: String) -> String {
    "The table has no column “\(name.cut(to: 60))”. It has: \(columns.keys.sorted().joined(separator: ", "))."
  }
}

extension Column {
  fileprivate var optionNames: String { options.map(\.name).joined(separator: ", ") }

  /// - Throws: a sentence with the options there are.
  fileprivate func option(_ text: String) throws -> String {
    guard let option = options.first(where: { $0.name == text }) else {
      throw Failure.invalid("“\(text.cut(to: 60))” is no option of “\(name)”. It has: \(optionNames).")
    }
    return option.name
  }
}
