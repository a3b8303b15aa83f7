/// Lines of comma-separated values (RFC 4180) that are safe to open in a spreadsheet.
public enum CSV {
  /// Tells spreadsheets that the file is UTF-8.
  public static let mark = "\u{FEFF}"

  public static func line(_ texts: [String]) -> String { texts.map(cell).joined(separator: ",") + "\r\n" }

  /// A cell of text, for lines that hold numbers too.
  public static func cell(_ text: String) -> String {
    let text = harmless(text)
    guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
    return "\"" + text.unicodeScalars.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
  }

  /// A spreadsheet would take text that begins like this for a formula, some even behind blanks (OWASP: CSV injection;
  /// ASVS 1.2.10).
  private static func harmless(_ text: String) -> String {
    let blanks = text.unicodeScalars.prefix { $0.properties.isWhitespace }
    let isFormula = text.unicodeScalars.dropFirst(blanks.count).first.map("=+-@＝＋－＠".unicodeScalars.contains) ?? false
    return isFormula || blanks.contains(where: "\t\r\n".unicodeScalars.contains) ? "'" + text : text
  }
}
