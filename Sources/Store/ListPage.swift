/// A place in a list that is ordered by one column and then by id: what comes behind it is found through an index, however
/// long the list is. It travels in addresses as text.
public struct Keyset: Sendable, Hashable, LosslessStringConvertible {
  public let place: SQLValue
  public let id: String
  /// Whether what comes before this place is wanted, rather than what comes behind it.
  public let isBackwards: Bool

  public init(_ place: SQLValue, id: String, isBackwards: Bool = false) {
    self.place = place
    self.id = id
    self.isBackwards = isBackwards
  }

  /// Text of another form, or longer than any of ours, is no place.
  public init?(_ text: String) {
    let parts = text.split(separator: "~", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts[1].utf8.count <= 64, text.utf8.count <= 2000, let mark = parts[0].first else {
      return nil
    }
    switch parts[0].dropFirst() {
    case "n":
      guard let number = Int64(parts[2]) else { return nil }
      place = .integer(number)
    case "t": place = .text(parts[2])
    default: return nil
    }
    guard mark == "a" || mark == "b" else { return nil }
    isBackwards = mark == "b"
    id = parts[1]
  }

  public var description: String {
    let (kind, value) =
      if case .integer(let number) = place { ("n", String(number)) } else { ("t", String(sqlValue: place) ?? "") }
    return "\(isBackwards ? "b" : "a")\(kind)~\(id)~\(value)"
  }

  public var isNumber: Bool { if case .integer = place { true } else { false } }
}

extension Keyset? {
  /// Which way the rows are read: from a place backwards is against the list's own direction.
  public func descends(in list: Bool) -> Bool { list != (self?.isBackwards ?? false) }

  /// What follows `WHERE …`: only what lies behind the place. The column is one of the list's, followed by its id.
  public func behind(_ column: SQL, descending: Bool) -> SQL {
    guard let self else { return "" }
    return descending
      ? "AND (\(column), id) < (\(self.place), \(self.id))" : "AND (\(column), id) > (\(self.place), \(self.id))"
  }
}

/// A page of a list, with the places where the next and the previous one begin.
public struct ListPage<Entry: Sendable>: Sendable {
  public let entries: [Entry]
  public let next: Keyset?
  public let previous: Keyset?

  /// - Parameters:
  ///   - rows: as read from the place on, one more than the limit where there are more.
  ///   - place: where an entry stands.
  public init(_ rows: [Entry], limit: Int, from start: Keyset?, place: (Entry) -> (SQLValue, id: String)) {
    let isBackwards = start?.isBackwards ?? false
    let hasMore = rows.count > limit
    let kept = Array(rows.prefix(limit))
    entries = isBackwards ? kept.reversed() : kept
    let first = entries.first.map(place).map { Keyset($0.0, id: $0.id, isBackwards: true) }
    let last = entries.last.map(place).map { Keyset($0.0, id: $0.id) }
    next = isBackwards || hasMore ? last : nil
    previous = (isBackwards ? hasMore : start != nil) ? first : nil
  }
}
