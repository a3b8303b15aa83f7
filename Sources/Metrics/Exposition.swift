/// Samples as text that Prometheus reads.
public enum Exposition {
  public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  /// Metrics by name, each with its help and type, its samples in the order of their labels.
  public static func text(_ samples: [Sample]) -> String {
    let byMetric = Dictionary(grouping: samples, by: \.metric)
    return byMetric.keys.sorted { $0.name < $1.name }.map { metric in
      let head =
        "# HELP \(metric.name) \(escaped(metric.help, quotes: false))\n# TYPE \(metric.name) \(metric.kind.word)\n"
      let sorted = (byMetric[metric] ?? []).sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
      return head + sorted.map(lines).joined()
    }.joined()
  }

  private static func lines(_ sample: Sample) -> String {
    let labels = Array(zip(sample.metric.labels, sample.labels))
    guard case .histogram(let bounds) = sample.metric.kind else {
      return line(sample.metric.name, labels, sample.cells[0])
    }
    var total = 0.0
    var text = ""
    for (bound, count) in zip(bounds.map(number) + ["+Inf"], sample.cells) {
      total += count
      text += line(sample.metric.name + "_bucket", labels + [("le", bound)], total)
    }
    return text + line(sample.metric.name + "_sum", labels, sample.cells[bounds.count + 1])
      + line(sample.metric.name + "_count", labels, total)
  }

  private static func line(_ name: String, _ labels: [(String, String)], _ value: Double) -> String {
    let list = labels.map { "\($0)=\"\(escaped($1, quotes: true))\"" }.joined(separator: ",")
    return "\(name)\(list.isEmpty ? "" : "{\(list)}") \(number(value))\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
