import HTTP
import Metrics

/// What is counted of every request. The route is its pattern, so there are as many series as the house has doors.
public enum RequestMetrics {
  public static let all = [requests, times]

  static let requests = Metric(
    "guildhall_http_requests_total", .counter, labels: ["route", "method", "code"],
    "Requests answered, by all processes.")
  /// 3 seconds is Discord's deadline, 2.5 the last moment to notice.
  static let times = Metric(
    "guildhall_http_request_seconds", .histogram([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 3]),
    labels: ["route"], "How long requests took from whole request to answer, in all processes.")

  public static func observer(_ tally: Tally) -> Router.Observer {
    { pattern, method, status, time in
      let route = pattern ?? "none"
      let name = known.contains(method) ? method.rawValue : "other"
      tally.count(requests, route, name, "\(status)")
      tally.observe(times, time, route)
    }
  }

  private static let known: Set<Method> = [.get, .head, .post, .put, .patch, .delete, .options]
}
