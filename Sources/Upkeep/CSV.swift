import Basics
import Store

/// Lines of comma-separated values (RFC 4180).
enum CSV {
  static func line(_ values: [SQLValue]) -> String { values.map(cell).joined(separator: ",") + "\r\n" }

  private static func cell(_ value: SQLValue) -> String {
    switch value {
    case .null: ""
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): quoted(harmless(text))
    case .blob(let bytes): hexadecimal(bytes)
    }
  }

  /// A spreadsheet would take text that begins like this for a formula (OWASP ASVS 1.2.10).
  private static func harmless(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) else { return text }
    return "'" + text
  }

  private static func quoted(_ text: String) -> String {
    let needsQuotes = text.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
    guard needsQuotes else { return text }
    return "\"" + text.unicodeScalars.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
  }
}
