import Discord

/// A wish as people read it, a line for each decision: for the audit log.
extension MappingWish {
  public var text: String { Self.text(lines.filter { !$0.name.hasPrefix(Self.column) }) }

  /// The lines that differ, as they were and as they are.
  public static func differences(_ old: MappingWish, _ new: MappingWish) -> (before: String, after: String) {
    let (before, after) = (old.lines, new.lines)
    return (text(before.filter { !after.contains($0) }), text(after.filter { !before.contains($0) }))
  }

  /// Columns are told by their ids, which say little until one is changed.
  private static let column = "column of"

  private struct Line: Equatable {
    let name: String
    let value: String
  }

  private static func text(_ lines: [Line]) -> String {
    lines.filter { !$0.value.isEmpty }.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
  }

  private var lines: [Line] {
    [
      Line(name: "channel", value: channel), Line(name: "database", value: database),
      Line(name: "data source", value: dataSource), Line(name: "fixed", value: fixed),
      Line(name: "closed", value: closed?.joined(separator: ", ") ?? ""),
    ] + Part.allCases.map { Line(name: "\(Self.column) \($0.rawValue)", value: columns[$0] ?? "") }
      + filter.map {
        Line(name: "filter", value: RowFilter.Condition.text($0.column, $0.values, isNot: $0.isNot))
      }
      + [
        Line(name: "watched", value: watched.joined(separator: ", ")),
        Line(name: "may change", value: pressers.joined(separator: ", ")),
        Line(
          name: "calls",
          value: calls.sorted { $0.key < $1.key }.map { "\($0) → \($1.joined(separator: " "))" }.joined(separator: ", ")
        ),
        Line(name: "heading", value: heading), Line(name: "body", value: body),
        Line(name: "lost messages", value: lost),
      ]
  }
}
