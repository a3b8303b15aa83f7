import Accounts
import Basics
import HTTP
import Metrics

private let log = Logger(label: "metrics")

/// Where Prometheus looks: what all processes counted, and how things stand at this moment.
///
/// Open to the addresses of METRICS_ALLOW (this machine, unless set otherwise) and to API keys with the scope
/// metrics:read; to nobody else, because figures tell how busy whom is.
public struct MetricsDoor: Sendable {
  let ledger: TallyLedger
  let counted: [Metric]
  let sources: [MetricSource]
  let allowed: [AddressRange]
  let gate: ProgramGate

  public init(
    ledger: TallyLedger, counted: [Metric], sources: [MetricSource], allowed: [AddressRange], gate: ProgramGate
  ) {
    self.ledger = ledger
    self.counted = counted
    self.sources = sources
    self.allowed = allowed
    self.gate = gate
  }

  public var doorways: [Doorway] {
    [
      Doorway(
        .program(.readMetrics),
        .get("/metrics") { request, _ in
          if !allowed.contains(where: { $0.contains(request.remoteAddress) }) {
            try gate.require(.readMetrics, request)
          }
          return answer()
        })
    ]
  }

  /// What cannot be looked at is left out and counted, so that the rest is still told.
  private func answer() -> Response {
    var samples: [Sample] = []
    var failed = 0
    let counters = MetricSource("counters") {
      try ledger.flush()
      return try ledger.samples(of: counted)
    }
    for source in [counters] + sources {
      do {
        samples += try source.samples()
      } catch {
        failed += 1
        log.warning(
          "a source of metrics failed",
          metadata: ["source": "\(source.name)", "err": .string(Failure(error).description)])
      }
    }
    samples.append(Self.failedSources.sample(failed))
    return Response(
      headers: ["Content-Type": Exposition.mediaType], body: Array(Exposition.text(samples).utf8))
  }

  public static let failedSources = Metric(
    "guildhall_metric_sources_failed", .gauge, "Sources of metrics that could not be read for this answer.")
}

/// A part that tells how it stands when it is asked.
public struct MetricSource: Sendable {
  let name: String
  let samples: @Sendable () throws -> [Sample]

  public init(_ name: String, _ samples: @escaping @Sendable () throws -> [Sample]) {
    self.name = name
    self.samples = samples
  }
}
