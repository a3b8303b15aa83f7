import Basics
import Notion

/// Which rows of a table are issues: those for which every condition holds.
public struct RowFilter: Sendable, Hashable, Codable {
  /// "Labels is crash or UI", "Status is not Draft". A value of "" means an empty cell.
  public struct Condition: Sendable, Hashable, Codable {
    public var column: Roles.Role
    public var isNot: Bool
    /// One of these, or none of these.
    public var values: [String]
  }

  public var conditions: [Condition] = []

  public init(_ conditions: [Condition] = []) { self.conditions = conditions }

  func admits(_ row: Page) -> Bool { conditions.allSatisfy { $0.admits(row) } }

  /// What Notion itself can leave out.
  var query: [JSONValue] { conditions.flatMap(\.query) }
}

extension RowFilter.Condition: CustomStringConvertible {
  public var description: String { Self.text(column.name ?? column.id, values, isNot: isNot) }

  static func text(_ column: String, _ values: [String], isNot: Bool) -> String {
    let names = values.map { $0.isEmpty ? "empty" : $0 }.joined(separator: isNot ? " nor " : " or ")
    return "\(column) is \(isNot ? "not " : "")\(names)"
  }

  /// A row that does not show the column proves nothing, so nothing is concluded from it.
  func admits(_ row: Page) -> Bool {
    guard let value = row[column.id] else { return true }
    let words = value.words
    let isMet = words.isEmpty ? values.contains("") : words.contains(where: values.contains)
    return isMet != isNot
  }

  /// Types whose conditions mean to Notion what they mean here; the others are left to our own comparison.
  static let queriedTypes = ["select", "status", "multi_select", "checkbox"]

  fileprivate var query: [JSONValue] {
    guard Self.queriedTypes.contains(column.type) else { return [] }
    let each = values.map { RowQuery.where(column.id, column.type, is: $0, isNot: isNot) }
    return isNot || each.count == 1 ? each : [["or": .array(each)]]
  }
}

extension PropertyValue {
  /// The value as words that can be compared: one for each element of a list.
  fileprivate var words: [String] {
    switch self {
    case .multiSelect(let options): options.map(\.name)
    case .people(let people): people.compactMap(\.name)
    case .computed(let value): value.words
    case .list(let values): values.flatMap(\.words)
    default: text.isEmpty ? [] : [text]
    }
  }
}
