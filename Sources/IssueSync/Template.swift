import Basics
import Discord

/// A text with places for the parts of an issue: `{number} · {title}`. What stands around them is Discord's markdown;
/// what is filled in is only text.
public struct Template: Sendable, Hashable {
  public let text: String
  private let lines: [[Piece]]

  private enum Piece: Sendable, Hashable {
    case text(String)
    case part(Part)
  }

  static let standardHeading = Template(lenient: "{number} · {title}")
  static let nothing = Template(lenient: "")
  static let standardBody = Template(lenient: "{description}")

  /// - Throws: a sentence about what is wrong: a brace that is not closed, a name that is no part of an issue.
  public init(_ text: String, maximumLines: Int, maximumCharacters: Int) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard text.contains(where: { !$0.isWhitespace }) else { throw Failure.invalid("Write something, such as {title}.") }
    guard lines.count <= maximumLines else {
      throw Failure.invalid(
        "\(maximumLines == 1 ? "One line" : "\(maximumLines) lines") at most; these are \(lines.count).")
    }
    guard text.utf16.count <= maximumCharacters else {
      throw Failure.invalid("\(maximumCharacters) characters at most; these are \(text.utf16.count).")
    }
    self.text = text
    self.lines = try lines.map { try Self.pieces(of: $0) }
  }

  /// A text that is known to be right, or was written down by an older version: what is no part stays as it stands.
  private init(lenient text: String) {
    self.text = text
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      (try? Self.pieces(of: line)) ?? [.text(String(line))]  // shown as it stands
    }
  }

  private static func pieces(of line: Substring) throws -> [Piece] {
    var pieces: [Piece] = []
    var rest = line
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw Failure.invalid("A “{” is not closed in “\(line)”.")
      }
      let name = rest[rest.index(after: open)..<close]
      guard let part = Part(rawValue: String(name)) else {
        let names = Part.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
        throw Failure.invalid("“{\(name)}” is no part of an issue. There are \(names).")
      }
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      pieces.append(.part(part))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    return pieces
  }

  func places(_ part: Part) -> Bool { lines.contains { $0.contains(.part(part)) } }

  /// The text with its parts filled in. A line whose parts are all empty is left out; what is empty at the end of a line
  /// takes its separator along.
  func filled(_ content: Issue.Content) -> String {
    lines.compactMap { filled($0, content) }.joined(separator: "\n")
  }

  private func filled(_ line: [Piece], _ content: Issue.Content) -> String? {
    var (text, parts, empty, endsEmpty) = ("", 0, 0, false)
    for piece in line {
      switch piece {
      case .text(let literal):
        text += parts > 0 && empty == parts && text.isEmpty ? literal.withoutEdge : literal[...]
        if endsEmpty { text.dropEmptyBrackets(around: literal) }
      case .part(let part):
        let value = part == .title ? content.title.orUntitled.markdownEscaped : content[part].markdownEscaped
        text += value
        parts += 1
        endsEmpty = value.isEmpty
        if endsEmpty { empty += 1 }
      }
    }
    if parts > 0, empty == parts { return nil }
    while endsEmpty, let last = text.last, last.isEdge { text.removeLast() }
    return text
  }
}

extension Character {
  fileprivate var isEdge: Bool { " ·-–:|".contains(self) }
}

extension String {
  fileprivate var withoutEdge: Substring { drop(while: \.isEdge) }

  /// Takes away `()` whose inside was empty; the literal that closes it was just added.
  fileprivate mutating func dropEmptyBrackets(around literal: String) {
    guard literal.first == ")", dropLast(literal.count).last == "(" else { return }
    let before = dropLast(literal.count + 1)
    let after = literal.dropFirst()
    self =
      before.isEmpty
      ? String(after.drop(while: \.isEdge)) : String(before.last == " " ? before.dropLast() : before) + after
  }
}

extension Template: Codable {
  public init(from decoder: any Decoder) throws {
    self.init(lenient: try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
