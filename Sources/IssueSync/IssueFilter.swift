import Store

/// Which issues somebody wants to see.
public struct IssueFilter: Sendable, Hashable {
  public enum State: String, Sendable, CaseIterable {
    case open, fixed
    /// Ended without a fix.
    case closed
    case all
  }

  public var state = State.open
  public var status: String?
  public var priority: String?
  public var assignee: String?
  /// The mapping's id.
  public var mapping: String?
  /// Pieces of the title or the number, all of which must be there.
  public var text = ""
  /// Whether the pieces may stand in the status too, as in a line of Discord's suggestions.
  var looksAtStatus = false

  public init() {}

  /// Longer texts are cut: nobody types them, and each piece costs a look at every title.
  public static let longestText = 200

  /// What an issue must say; the columns are hidden from the planner, so that it follows the list's order.
  var conditions: SQL {
    let equal: [(SQL, String?)] = [
      ("status", status), ("priority", priority), ("assignee", assignee), ("mapping_id", mapping),
    ]
    let parts =
      equal.compactMap { column, value in value.map { "AND \(column) || '' = \($0)" as SQL } } + pieces.map(holds)
    return parts.reduce("") { "\($0) \($1)" }
  }

  private var pieces: [String] {
    text.prefix(Self.longestText).split(whereSeparator: \.isWhitespace).prefix(8).map(String.init)
  }

  /// SQLite takes capitals for small letters in ASCII only, so other words are looked for in three spellings.
  private func holds(_ piece: String) -> SQL {
    let spellings = piece.utf8.allSatisfy { $0 < 0x80 } ? [piece] : [piece, piece.lowercased(), piece.capitalized]
    let line: SQL = looksAtStatus ? "number || ' · ' || title || ' · ' || status" : "number || ' ' || title"
    let parts = spellings.map { "\(line) LIKE \("%\($0.likeEscaped)%") ESCAPE '!'" as SQL }
    return "AND (\(parts.dropFirst().reduce(parts[0]) { "\($0) OR \($1)" }))"
  }
}

extension String {
  /// As `LIKE` takes it letter by letter, with `!` as its escape.
  fileprivate var likeEscaped: String {
    reduce(into: "") { text, character in
      if "%_!".contains(character) { text.append("!") }
      text.append(character)
    }
  }
}

/// In which order a list stands; equal ones by their age here.
public enum IssueOrder: String, Sendable, CaseIterable {
  case edited, reported, oldest, priority, status

  var column: SQL {
    switch self {
    case .edited: "edited_at"
    case .reported, .oldest: "reported_at"
    case .priority: "priority"
    case .status: "status"
    }
  }

  var isDescending: Bool { self == .edited || self == .reported }

  /// Whether a place belongs to a list in this order.
  func has(_ place: Keyset) -> Bool { place.isNumber == (self != .priority && self != .status) }

  func place(of entry: IssueEntry) -> SQLValue {
    switch self {
    case .edited: entry.editedAt.sqlValue
    case .reported, .oldest: entry.reportedAt.sqlValue
    case .priority: entry.priority.sqlValue
    case .status: entry.status.sqlValue
    }
  }
}
