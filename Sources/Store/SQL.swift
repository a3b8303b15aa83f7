/// A statement whose interpolated values become bound parameters, so that no value can ever become SQL.
///
///     try store.read { try $0.all(Issue.self, "SELECT * FROM issues WHERE guild_id = \(guild) ORDER BY id") }
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// With a `?` for each argument.
  public let text: String
  public let arguments: [SQLValue]

  public init(stringLiteral text: String) {
    self.text = text
    arguments = []
  }

  public init(stringInterpolation parts: Parts) {
    text = parts.text
    arguments = parts.arguments
  }

  public struct Parts: StringInterpolationProtocol {
    var text = ""
    var arguments: [SQLValue] = []

    public init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount)
      arguments.reserveCapacity(interpolationCount)
    }

    public mutating func appendLiteral(_ literal: String) { text += literal }

    public mutating func appendInterpolation(_ value: some SQLBindable) {
      text += "?"
      arguments.append(value.sqlValue)
    }

    public mutating func appendInterpolation(_ value: (some SQLBindable)?) {
      text += "?"
      arguments.append(value?.sqlValue ?? .null)
    }

    /// `IN \(list: ids)` becomes `IN (?, ?, …)`. Nothing is in an empty list, and everything is `NOT IN` it: `(NULL)`
    /// would get the second wrong.
    public mutating func appendInterpolation(list values: [some SQLBindable]) {
      let marks = values.map { _ in "?" }.joined(separator: ", ")
      text += values.isEmpty ? "(SELECT NULL WHERE 1 = 0)" : "(\(marks))"
      arguments += values.map { $0.sqlValue }  // a key path of a generic type is made anew each time
    }

    /// SQL of our own, such as a direction or a list of columns. Never for anything that came from outside.
    public mutating func appendInterpolation(raw sql: StaticString) { text += sql.description }

    /// The name of a table or a column that is known only at run time.
    public mutating func appendInterpolation(identifier name: String) {
      text += "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }

    /// A fragment with its own parameters.
    public mutating func appendInterpolation(_ fragment: SQL) {
      text += fragment.text
      arguments += fragment.arguments
    }
  }
}
