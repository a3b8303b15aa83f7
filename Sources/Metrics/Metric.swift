/// One thing that is measured, as Prometheus is told of it (Prometheus: exposition formats, text 0.0.4).
///
/// Label values come from closed sets only: route patterns, status codes, names of ours. Never a path or a person.
public struct Metric: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case counter
    case gauge
    /// Upper bounds in seconds, ascending.
    case histogram([Double])

    /// As the exposition calls it.
    public var word: String {
      switch self {
      case .counter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  public let name: String
  public let help: String
  public let kind: Kind
  public let labels: [String]

  public init(_ name: String, _ kind: Kind, labels: [String] = [], _ help: String) {
    self.name = name
    self.kind = kind
    self.labels = labels
    self.help = help
  }

  public static func == (left: Metric, right: Metric) -> Bool { left.name == right.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// A value of it, with a value for each of its labels in their order.
  public func sample(_ value: Double, _ labels: String...) -> Sample { Sample(self, labels, [value]) }
  public func sample(_ value: Int, _ labels: String...) -> Sample { Sample(self, labels, [Double(value)]) }
}

/// What was measured of one metric under one set of labels.
public struct Sample: Sendable {
  let metric: Metric
  let labels: [String]
  /// One value; of a histogram how many fell into each bucket, how many beyond all of them, and the sum.
  let cells: [Double]

  init(_ metric: Metric, _ labels: [String], _ cells: [Double]) {
    precondition(labels.count == metric.labels.count, "\(metric.name) has \(metric.labels.count) labels")
    self.metric = metric
    self.labels = labels
    self.cells = cells
  }
}
