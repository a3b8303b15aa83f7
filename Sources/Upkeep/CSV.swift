import Basics
import Store

extension CSV {
  /// A row of a table as it is stored.
  static func line(_ values: [SQLValue]) -> String { values.map(cell).joined(separator: ",") + "\r\n" }

  private static func cell(_ value: SQLValue) -> String {
    switch value {
    case .null: ""
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): cell(text)
    case .blob(let bytes): hexadecimal(bytes)
    }
  }
}
