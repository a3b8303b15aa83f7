import Basics
import HTTP
import Store
import TestSupport
import Testing

@testable import Outbound

/// A way out whose far end, time and sleep are the test's.
struct Bench {
  let clock = TestClock()
  let far = ScriptedTransport()
  let store: DataStore
  let outbound: Outbound
  let ledger: RateLedger

  /// - Parameters:
  ///   - before: happens when a call is under way and before it is answered.
  ///   - whileWaiting: happens while a call waits for a limit.
  init(
    store: DataStore? = nil, before: @escaping @Sendable () -> Void = {},
    whileWaiting: @escaping @Sendable (Duration) -> Void = { _ in }
  ) throws {
    let clock = clock
    let answer = far.transport
    self.store = try store ?? .inMemory(outboundMigrations)
    outbound = Outbound(
      transport: { request throws(TransportFailure) in
        before()
        return try answer(request)
      }, volatile: self.store, clock: clock.wall
    ) { wait in
      clock.advance(by: wait)
      whileWaiting(wait)
    }
    ledger = RateLedger(store: self.store, clock: clock.wall)
  }

  @discardableResult
  func send(_ call: OutboundCall, to provider: Provider = .test) throws -> Int {
    try outbound.send(call, to: provider) { $0.status }
  }

  /// What became of one call: its status, or the kind of failure.
  func outcome(_ call: OutboundCall, to provider: Provider = .test) -> Outcome {
    do {
      return .status(try send(call, to: provider))
    } catch {
      return .failure(Failure(error).kind)
    }
  }

  enum Outcome: Equatable {
    case status(Int)
    case failure(Failure.Kind)
  }
}

extension Provider {
  static let test = test(Budget(calls: 1000, per: .seconds(1)))

  /// Speaks of its limits in headers of its own: `Bucket`, `Remaining`, `Reset-After` (milliseconds), `Everything`.
  static func test(_ budget: Budget) -> Provider {
    Provider(name: "Far", budget: budget) { response, now in
      var news = RateNews()
      let headers = response.headers
      if let id = headers["Bucket"], let remaining = headers["Remaining"].flatMap(Int.init),
        let reset = headers["Reset-After"].flatMap(Int64.init)
      {
        news.bucket = .init(id: id, remaining: remaining, resetAt: now + .milliseconds(reset))
      }
      if response.status == 429 {
        news.refusal = .init(
          until: now + retryAfter(headers, now: now), isWholeConnection: headers["Everything"] != nil)
      }
      return news
    }
  }
}

extension OutboundCall {
  static func make(
    _ route: String = "GET /things", connection: String = "far:1", resource: String = "",
    urgency: Urgency = .interactive,
    isRepeatable: Bool = true, patience: Duration = .zero
  ) -> OutboundCall {
    OutboundCall(
      OutgoingRequest(url: "https://far.example/things"), of: .test, connection: connection, route: route,
      resource: resource, urgency: urgency, isRepeatable: isRepeatable, patience: patience)
  }
}

extension ScriptedTransport.Step {
  static let before = failure(TransportFailure(.beforeSending, "connection refused"))
  static let after = failure(TransportFailure(.afterSending, "timed out"))

  static func bucket(_ id: String, remaining: Int, resetAfter: Int, status: Int = 200) -> Self {
    .status(status, ["Bucket": id, "Remaining": "\(remaining)", "Reset-After": "\(resetAfter)"])
  }
}

extension Failure.Kind {
  static func busy(_ wait: Duration) -> Failure.Kind { .busy(retryAfter: wait) }
}
