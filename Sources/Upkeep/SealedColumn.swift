import Basics
import Signatures
import Store

/// A column of secrets sealed with the keys of the settings. Whoever adds one adds it to the list in Bootstrap.
public struct SealedColumn: Sendable, Hashable {
  public let table: String
  /// The column that names a row; its value is bound into the seal.
  public let key: String
  public let column: String

  public init(_ table: String, key: String = "id", _ column: String) {
    self.table = table
    self.key = key
    self.column = column
  }

  /// What a secret of that row is sealed for (`SealingKeys.seal`).
  func place(_ id: String) -> String { "\(table)|\(id)|\(column)" }

  /// The sealed values, in order of their rows, after one of them.
  func values(after id: String, limit: Int, _ queries: some Queries) throws -> [(id: String, sealed: String)] {
    try queries.rows(
      """
      SELECT \(identifier: key) AS id, \(identifier: column) AS sealed FROM \(identifier: table)
      WHERE \(identifier: column) IS NOT NULL AND \(identifier: key) > \(id)
      ORDER BY \(identifier: key) LIMIT \(limit)
      """
    ).map { (try $0.get("id"), try $0.get("sealed")) }
  }
}
