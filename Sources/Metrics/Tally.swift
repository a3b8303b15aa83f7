import Basics
import Synchronization

/// Counts what this process does, in memory, until a ledger takes it: an addition must cost a request nothing.
public final class Tally: Sendable {
  struct Series: Hashable {
    let metric: Metric
    let labels: [String]
  }

  private let series = Mutex<[Series: [Double]]>([:])

  public init() {}

  /// One more.
  public func count(_ metric: Metric, _ labels: String...) {
    add([1], to: Series(metric: metric, labels: labels))
  }

  /// One more that took this long.
  public func observe(_ metric: Metric, _ time: Duration, _ labels: String...) {
    guard case .histogram(let bounds) = metric.kind else { return }
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    let index = bounds.firstIndex { seconds <= $0 } ?? bounds.count
    let key = Series(metric: metric, labels: labels)
    series.withLock { all in
      all[key, default: [Double](repeating: 0, count: bounds.count + 2)][index] += 1
      all[key]?[bounds.count + 1] += seconds
    }
  }

  /// Everything so far, which is then no longer here.
  func take() -> [Series: [Double]] {
    series.withLock { all in
      defer { all = [:] }
      return all
    }
  }

  /// What could not be written down is kept for the next time.
  func putBack(_ taken: [Series: [Double]]) { for (key, cells) in taken { add(cells, to: key) } }

  private func add(_ cells: [Double], to key: Series) {
    series.withLock { all in
      guard let known = all[key] else { return all[key] = cells }
      all[key] = zip(known, cells).map(+)
    }
  }
}
