/// Text as Discord understands it, parsed to a tree. There is no HTML in it: what is not formatting is text.
///
///     Document(parsing: "**Fixed** by <@42>").blocks
///     // [.paragraph([.bold([.text("Fixed")]), .text(" by "), .mention(.user("42"))])]
///
/// Follows Discord's help page "Markdown Text 101" and its message formatting reference. Whatever is not closed stays
/// text, and no input takes more than about linear time.
public struct Document: Hashable, Sendable {
  public let blocks: [Block]

  public init(parsing text: String) {
    var parser = BlockParser(text)
    blocks = parser.parse()
  }
}

/// A piece of text that has lines of its own.
public enum Block: Hashable, Sendable {
  case paragraph([Inline])
  /// Level 1 to 3.
  case heading(level: Int, [Inline])
  /// `-#`: small and quiet.
  case subtext([Inline])
  case quote([Block])
  case code(language: String?, String)
  /// A bulleted list, or a numbered one that starts at `start`. Nested lists are blocks of an item.
  case list(start: Int?, items: [[Block]])
}

/// A piece of text within a line.
public indirect enum Inline: Hashable, Sendable {
  case text(String)
  case bold([Inline])
  case italic([Inline])
  case underline([Inline])
  case strikethrough([Inline])
  case spoiler([Inline])
  case code(String)
  /// `[label](url)`; the address is http or https.
  case link([Inline], url: String)
  /// An address that stands for itself.
  case address(String)
  case mention(Mention)
  case emoji(name: String, id: String, isAnimated: Bool)
  /// `<t:…>`; the style is one of Discord's letters, nil for the default.
  case time(seconds: Int64, style: Character?)
}

/// Somebody or something that is named by its id.
public enum Mention: Hashable, Sendable {
  case user(String)
  case role(String)
  case channel(String)
  case command(name: String, id: String)
  case everyone
  case here
}
