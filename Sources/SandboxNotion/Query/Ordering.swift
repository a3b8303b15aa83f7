import Basics

/// The rows of a query in their order.
struct Ordering: Sendable {
  let filter: Filter
  let sorts: [Sort]

  /// A row with what it is ordered by. Without sorts, and where they tie, the newest comes first (recorded).
  private struct Place {
    let id: String
    let keys: [SortKey]
    let position: Int64
  }

  func ids(_ rows: [TableRow], _ context: RowContext) -> [String] {
    rows.lazy.filter { filter.matches($0, context) }.map { place($0, context) }.sorted(by: isBefore).map(\.id)
  }

  /// The first row at or behind the place of a row that is not in the result any more.
  func next(from gone: TableRow, in ids: [String], _ rows: [TableRow], _ context: RowContext) -> String? {
    let mark = place(gone, context)
    let byID = Dictionary(rows.map { ($0.page.id, $0) }, uniquingKeysWith: { first, _ in first })
    return ids.first { id in byID[id].map { !isBefore(place($0, context), mark) } ?? false }
  }

  private func place(_ row: TableRow, _ context: RowContext) -> Place {
    Place(id: row.page.id, keys: sorts.map { $0.key(row, context) }, position: row.page.position)
  }

  private func isBefore(_ left: Place, _ right: Place) -> Bool {
    for (index, sort) in sorts.enumerated() {
      if let answer = left.keys[index].isBefore(right.keys[index], descending: sort.isDescending) { return answer }
    }
    return left.position > right.position
  }
}
