import Basics
import HTTP
import Metrics

/// What is counted of every call to another service. The provider comes from a closed set, never the address.
enum CallMetrics {
  static let all = [calls, times]

  static let calls = Metric(
    "guildhall_outbound_calls_total", .counter, labels: ["provider", "code"],
    "Calls to other services by all processes, batch programs included; code is the status, or none without an answer.")
  static let times = Metric(
    "guildhall_outbound_seconds", .histogram([0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]), labels: ["provider"],
    "How long other services took to answer.")

  /// The transport, with every call counted under the name of the provider whose address it begins with.
  static func counted(_ transport: @escaping Transport, into tally: Tally, providers: [(base: String, name: String)])
    -> Transport
  {
    { request throws(TransportFailure) in
      let provider = providers.first { request.url.hasPrefix($0.base + "/") }?.name ?? "other"
      let started = ContinuousClock.now
      var code = "none"
      defer {
        tally.count(calls, provider, code)
        tally.observe(times, .now - started, provider)
      }
      let response = try transport(request)
      code = "\(response.status)"
      return response
    }
  }
}
