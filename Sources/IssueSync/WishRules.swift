import Basics
import Discord
import Notion

/// The part of a wish that becomes the mapping's rules.
extension WishCheck {
  func filter(_ table: DataSource) throws -> RowFilter {
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

  func templates() throws -> Rules {
    var rules = Rules()
    rules.heading =
      try notes.noting("heading") {
        try Template(wish.heading, maximumLines: 1, maximumCharacters: 200)
      } ?? rules.heading
    rules.body =
      try notes.noting("body") {
        wish.body.allSatisfy(\.isWhitespace)
          ? .nothing : try Template(wish.body, maximumLines: 10, maximumCharacters: 1000)
      } ?? rules.body
    rules.lostMessages =
      try notes.noting("lost") {
        try named(
          wish.lost, in: Rules.LostMessages.allCases,
          "Messages deleted by hand are posted again (repost) or left alone (forget)")
      } ?? rules.lostMessages
    rules.watched =
      try notes.noting("watched") {
        try wish.watched.map { try named($0, in: Part.allCases, "The parts of an issue") }
      } ?? []
    return rules
  }

  private func named<Value: RawRepresentable<String>>(_ text: String, in all: [Value], _ what: String) throws -> Value {
    if let value = Value(rawValue: text) { return value }
    throw Failure.invalid("\(what): \(all.map(\.rawValue).joined(separator: ", ")). There is no “\(text.cut(to: 60))”.")
  }

  func callings(_ guild: GuildID, _ priority: Column?, _ rules: inout Rules) throws {
    if wish.pressers.isEmpty && wish.calls.isEmpty { return }
    guard let known = try notes.noting("pressers", { try desk.discord(.interactive).server(guild).roles }) else {
      return
    }
    rules.pressers = try notes.noting("pressers") { try wish.pressers.map { try role($0, known) } } ?? []
    rules.calls =
      try notes.noting("calls") {
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
      throw Failure.invalid(
        "Several roles are called “\(text)”. Name one by its id: \(found.map(\.id.rawValue).joined(separator: ", ")).")
    }
    return role.id
  }
}
