import Basics
import Store

/// What all our processes have counted together, in the volatile file.
///
/// Several responders may share one socket, and batch programs call services too: one scrape reaches one process, so
/// counters that lived in a process would jump to and fro. Each adds what it counted every few seconds instead, and any
/// of them can answer for all.
public struct TallyLedger: Sendable {
  private let store: DataStore
  private let tally: Tally

  /// - Parameter volatile: losing the file sets the counters back to zero, which Prometheus expects of counters.
  public init(volatile: DataStore, tally: Tally) {
    store = volatile
    self.tally = tally
  }

  public static let migration = Migration(
    "20261121-1020-tallies",
    """
    CREATE TABLE tallies (
      metric TEXT NOT NULL,
      labels TEXT NOT NULL,
      cell INTEGER NOT NULL,
      value REAL NOT NULL,
      PRIMARY KEY (metric, labels, cell)
    ) STRICT;
    """)

  /// Adds what this process counted since the last time.
  public func flush() throws {
    let taken = tally.take()
    if taken.isEmpty { return }
    do {
      try store.write { transaction in
        for (series, cells) in taken { try add(cells, to: series, transaction) }
      }
    } catch {
      tally.putBack(taken)
      throw error
    }
  }

  private func add(_ cells: [Double], to series: Tally.Series, _ transaction: WriteTransaction) throws {
    let labels = series.labels.joined(separator: Self.separator)
    for (index, value) in cells.enumerated() {
      try transaction.run(
        """
        INSERT INTO tallies (metric, labels, cell, value) VALUES (\(series.metric.name), \(labels), \(index), \(value))
        ON CONFLICT (metric, labels, cell) DO UPDATE SET value = tallies.value + excluded.value
        """)
    }
  }

  /// The totals of these metrics. What another version counted under other labels or buckets is left out.
  public func samples(of metrics: [Metric]) throws -> [Sample] {
    let rows = try store.read {
      try $0.rows("SELECT metric, labels, cell, value FROM tallies ORDER BY metric, labels, cell")
    }
    let series = Dictionary(grouping: rows) { "\($0.values[0])\($0.values[1])" }.values
    return try series.compactMap { cells in
      let name: String = try cells[0].get("metric")
      guard let metric = metrics.first(where: { $0.name == name }) else { return nil }
      let text: String = try cells[0].get("labels")
      let labels =
        metric.labels.isEmpty
        ? [] : text.split(separator: Self.separator, omittingEmptySubsequences: false).map(String.init)
      guard labels.count == metric.labels.count, cells.count == metric.cellCount else { return nil }
      return Sample(metric, labels, try cells.map { try $0.get("value") })
    }
  }

  /// The unit separator, which is in no label of ours.
  private static let separator = "\u{1F}"
}

extension Metric {
  var cellCount: Int { if case .histogram(let bounds) = kind { bounds.count + 2 } else { 1 } }
}
