extension String {
  /// The text with Discord's markdown taken out of force, so that what people wrote in Notion reads as they wrote it.
  public var markdownEscaped: String {
    var escaped: [UInt8] = []
    escaped.reserveCapacity(utf8.count + 16)
    var startsLine = true
    for byte in utf8 {
      if Self.isMarkup(byte, startsLine: startsLine) { escaped.append(UInt8(ascii: "\\")) }
      escaped.append(byte)
      startsLine = byte == UInt8(ascii: "\n") || (startsLine && byte == UInt8(ascii: " "))
    }
    return String(decoding: escaped, as: UTF8.self)
  }

  /// All of it is ASCII, so a byte tells.
  private static func isMarkup(_ byte: UInt8, startsLine: Bool) -> Bool {
    switch Unicode.Scalar(byte) {
    case "\\", "*", "_", "~", "`", "|", "[", "]", "<", "@": true
    case "#", "-", ">": startsLine
    default: false
    }
  }
}
