extension String {
  /// The text with Discord's markdown taken out of force, so that what people wrote in Notion reads as they wrote it.
  public var markdownEscaped: String {
    var escaped = ""
    var startsLine = true
    for character in unicodeScalars {
      let isMarkup = Self.markup.contains(character) || (startsLine && Self.markupAtStart.contains(character))
      if isMarkup { escaped.append("\\") }
      escaped.unicodeScalars.append(character)
      startsLine = character == "\n" || (startsLine && character == " ")
    }
    return escaped
  }

  private static let markup = Set("\\*_~`|[]<@".unicodeScalars)
  private static let markupAtStart = Set("#->".unicodeScalars)
}
