import Basics
import Foundation
import Signatures
import Store

/// Brings sealed secrets under the current key, and proves what the keys can open.
public struct Resealing: Sendable {
  let store: DataStore
  let columns: [SealedColumn]

  public init(store: DataStore, columns: [SealedColumn]) {
    self.store = store
    self.columns = columns
  }

  /// Seals again what is not under the current key, a few rows a transaction. Ended half-way, it goes on where it was:
  /// what is done tells itself.
  /// - Returns: how many were sealed again.
  public func run(_ keys: SealingKeys, chunk: Int = 100, progress: (Int) -> Void = { _ in }) throws -> Int {
    var count = 0
    for column in columns {
      var last = ""
      while let end = try reseal(column, after: last, chunk, keys, &count) {
        last = end
        progress(count)
        DataStore.letOthersWrite()
      }
    }
    return count
  }

  /// - Returns: the last row looked at; nil at the end.
  private func reseal(_ column: SealedColumn, after id: String, _ chunk: Int, _ keys: SealingKeys, _ count: inout Int)
    throws -> String?
  {
    let (last, changed) = try store.write { transaction in
      let values = try column.values(after: id, limit: chunk, transaction)
      let stale = values.filter { !keys.isCurrent($0.sealed) }
      for (id, sealed) in stale {
        let fresh = try keys.seal(open(column, id, sealed, keys), for: column.place(id))
        try transaction.run(
          """
          UPDATE \(identifier: column.table) SET \(identifier: column.column) = \(fresh)
          WHERE \(identifier: column.key) = \(id) AND \(identifier: column.column) = \(sealed)
          """)
      }
      return (values.last?.id, stale.count)
    }
    count += changed
    return last
  }

  /// Opens every sealed secret there is with these keys.
  /// - Returns: how many there are.
  /// - Throws: for the first that does not open, naming its row and the key it wants.
  @discardableResult
  public func prove(_ keys: SealingKeys) throws -> Int {
    try store.read { queries in
      let there = Set(try queries.tables())
      return try columns.filter { there.contains($0.table) }.reduce(0) { try $0 + prove($1, keys, queries) }
    }
  }

  private func prove(_ column: SealedColumn, _ keys: SealingKeys, _ queries: ReadTransaction) throws -> Int {
    var count = 0
    var last = ""
    while true {
      let values = try column.values(after: last, limit: 500, queries)
      for (id, sealed) in values { _ = try open(column, id, sealed, keys) }
      guard let end = values.last?.id else { return count }
      last = end
      count += values.count
    }
  }

  private func open(_ column: SealedColumn, _ id: String, _ sealed: String, _ keys: SealingKeys) throws -> [UInt8] {
    do {
      return try keys.open(sealed, for: column.place(id))
    } catch {
      let failure = Failure(error)
      throw Failure(failure.kind, "\(column.table), row \(id): \(failure.sentence)", cause: failure.cause)
    }
  }

  /// How many secrets are not under the current key.
  public func outstanding(_ keys: SealingKeys) throws -> Int {
    try store.read { queries in
      let mark = "v2:\(keys.ids[0]):"
      return try columns.reduce(0) { sum, column in
        try sum
          + (queries.value(
            """
            SELECT count(*) FROM \(identifier: column.table) WHERE \(identifier: column.column) IS NOT NULL
              AND substr(\(identifier: column.column), 1, \(mark.count)) <> \(mark)
            """) ?? 0)
      }
    }
  }
}
