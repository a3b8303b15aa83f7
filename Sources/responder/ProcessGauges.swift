import Basics
import Bootstrap
import FastCGI
import Metrics
import Synchronization

/// How this one process stands, for `/metrics`. The router is made before the responder that it tells of.
final class ProcessGauges: Sendable {
  private let responder = Mutex<Responder?>(nil)

  func watch(_ responder: Responder) { self.responder.withLock { $0 = responder } }

  @Sendable func samples() -> [Sample] {
    guard let statistics = responder.withLock({ $0 })?.statistics else { return [] }
    return [
      ProcessMetric.workers.sample(statistics.busyWorkers, "busy"),
      ProcessMetric.workers.sample(statistics.workers - statistics.busyWorkers, "idle"),
      ProcessMetric.longestBusy.sample(Double(statistics.longestBusy.milliseconds) / 1000),
      ProcessMetric.connections.sample(statistics.served, "served"),
      ProcessMetric.connections.sample(statistics.unsent, "unsent"),
      ProcessMetric.connections.sample(statistics.broken, "broken"),
      ProcessMetric.connections.sample(statistics.acceptErrors, "not accepted"),
    ]
  }
}
