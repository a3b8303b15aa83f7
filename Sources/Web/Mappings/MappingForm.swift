import Basics
import Discord
import HTTP
import IssueSync

/// The form of a mapping, as it is posted: what stands in its fields becomes a wish, whatever it is; IssueSync says what
/// is wrong with it.
extension MappingWish {
  /// Without a field `whole`, nothing but the table and the channel was chosen yet, and everything else is guessed.
  init(_ fields: Fields) {
    self.init(
      connection: fields["connection"] ?? "", database: fields["database"] ?? "", channel: fields["channel"] ?? "")
    dataSource = fields["data_source"] ?? ""
    // A choice of the first page: the database and its data source.
    if let table = fields["table"]?.split(separator: " "), table.count == 2 {
      (database, dataSource) = (String(table[0]), String(table[1]))
    }
    guard fields["whole"] != nil else { return }
    for part in Part.allCases { columns[part] = fields["column.\(part.rawValue)"] ?? "" }
    fixed = fields["fixed"] ?? ""
    closed = fields.all("closed")
    filter = Self.conditions(fields)
    watched = fields.all("watched")
    pressers = fields.all("pressers")
    calls = Self.calls(fields["calls"] ?? "")
    heading = fields["heading"] ?? ""
    body = (fields["body"] ?? "").replacing("\r\n", with: "\n")
    lost = fields["lost"] ?? ""
  }

  /// Rows of a column, "is" or "is not", and values with commas between (Notion's options hold none).
  private static func conditions(_ fields: Fields) -> [Condition] {
    zip(zip(fields.all("filter.column"), fields.all("filter.is")), fields.all("filter.values"))
      .filter { !$0.0.0.isEmpty }
      .map { head, values in
        Condition(column: head.0, isNot: head.1 == "not", values: values.split(separator: ",").map { $0.trimmed })
      }
  }

  /// Lines of "P0 = role, role".
  private static func calls(_ text: String) -> [String: [String]] {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: "=", maxSplits: 1) }
    let pairs = lines.filter { !$0.isEmpty }.map { line in
      (line[0].trimmed, line.count == 2 ? line[1].split(separator: ",").map { $0.trimmed } : [""])
    }
    return Dictionary(pairs.filter { !$0.0.isEmpty }, uniquingKeysWith: +)
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
