import Basics
import Foundation
import HTTP
import Store

private let log = Logger(label: "outbound")

/// One call to a service, and what our manners need to know of it.
public struct OutboundCall: Sendable {
  public var request: OutgoingRequest
  /// Whose budget it spends: one key for each token. Never the token itself.
  public let connection: String
  /// What the service counts together: method and path with the ids that matter to it.
  public let route: String
  /// The resource at the head of the path, where a service counts it apart: `/channels/123`. Routes that the service
  /// counts in one bucket share it for each resource.
  public let resource: String
  public let urgency: Urgency
  /// Whether doing it twice does no harm.
  public let isRepeatable: Bool
  /// How long the calling thread may wait for a limit, rather than fail with `.busy`.
  public let patience: Duration
  let service: String

  public init(
    _ request: OutgoingRequest, of provider: Provider, connection: String, route: String,
    resource: String = "", urgency: Urgency, isRepeatable: Bool, patience: Duration = .zero
  ) {
    self.request = request
    self.request.isRepeatable = isRepeatable
    self.connection = connection
    self.route = route
    self.resource = resource
    self.urgency = urgency
    self.isRepeatable = isRepeatable
    self.patience = patience
    service = provider.name
  }

  func busy(_ wait: Duration) -> Failure {
    Failure(
      .busy(retryAfter: max(wait, .milliseconds(20))), "\(service) allows no more calls at the moment.", cause: route)
  }

  func unauthorized() -> Failure {
    Failure(.unauthenticated, "\(service) refuses our token. Connect \(service) again with a valid one.")
  }

  /// Nothing happened, or nobody knows.
  fileprivate func lost(_ sentence: String, cause: String) -> Failure {
    Failure(isRepeatable ? .unavailable : .outcomeUnknown, sentence, cause: cause)
  }
}

/// The one way out: budgets shared by all our processes, a breaker, and retries of what may be repeated.
public struct Outbound: Sendable {
  private let transport: Transport
  let ledger: RateLedger
  let clock: WallClock
  private let sleep: @Sendable (Duration) -> Void

  /// - Parameter volatile: the store that may be lost (`outboundMigrations`).
  public init(
    transport: @escaping Transport, volatile: DataStore, clock: WallClock,
    sleep: @escaping @Sendable (Duration) -> Void = { Thread.sleep(forTimeInterval: Double($0.milliseconds) / 1000) }
  ) {
    self.transport = transport
    ledger = RateLedger(store: volatile, clock: clock)
    self.clock = clock
    self.sleep = sleep
  }

  /// Sends the call and answers what was read of an answer with a status of 2xx or 4xx, other than 401, 408 and 429.
  ///
  /// Throws `.busy` when a limit is used up, `.unauthenticated` when the token is refused, `.unavailable` when nothing
  /// happened, `.outcomeUnknown` when it may have.
  /// - Parameter reading: throws the service's own refusals as they are; any other error means that the answer cannot be
  ///   read, so that nobody knows what came of the call.
  public func send<Value>(
    _ call: OutboundCall, to provider: Provider, reading: (IncomingResponse) throws -> Value
  ) throws -> Value {
    let deadline = clock.now() + call.patience
    var attemptsLeft = call.isRepeatable ? 3 : 1
    while true {
      do {
        return try sendOnce(call, to: provider, patience: max(.zero, deadline - clock.now()), reading)
      } catch let failure as Failure {
        attemptsLeft -= failure.isBusy ? 0 : 1
        guard let pause = failure.pauseBeforeRepeating, clock.now() + pause <= deadline, attemptsLeft > 0 else {
          throw failure
        }
        sleep(pause)
      }
    }
  }

  /// Somebody gives us this connection's token anew, so that it or what it asked for was refused no longer counts.
  public func forgetRefusals(of connection: String) throws { try ledger.forgetRefusals(of: connection) }

  private func sendOnce<Value>(
    _ call: OutboundCall, to provider: Provider, patience: Duration, _ reading: (IncomingResponse) throws -> Value
  ) throws -> Value {
    let wait = try ledger.reserve(call, budget: provider.budget, patience: patience)
    if wait > .zero {
      sleep(wait)
      try ledger.refuseWhatIsRefusedByNow(call)
    }
    let started = clock.now()
    let response: IncomingResponse
    do throws(TransportFailure) {
      response = try transport(call.request)
    } catch {
      note { try ledger.recordBroken(call) }
      report(call, "no answer: \(error.reason)", since: started)
      throw noAnswer(error, to: call)
    }
    report(call, "\(response.status)", since: started)
    return try judge(response, to: call, provider, reading)
  }

  private func judge<Value>(
    _ response: IncomingResponse, to call: OutboundCall, _ provider: Provider,
    _ reading: (IncomingResponse) throws -> Value
  ) throws -> Value {
    let now = clock.now()
    let news = provider.news(response, now)
    note { try ledger.record(news, of: call) }
    if let rule = provider.invalidCalls, rule.counts(response) { note { try ledger.recordInvalid(call, rule) } }
    switch response.status {
    case 401:
      note { try ledger.recordUnauthorized(call) }
      note { try ledger.recordHealthy(call) }
      throw call.unauthorized()
    case 429, 529:
      if response.status == 429 { note { try ledger.recordHealthy(call) } }
      throw call.busy((news.refusal?.until ?? now + retryAfter(response.headers, now: now)) - now)
    case 300..<400, 408, 500...:  // neither service redirects: that is somebody in between
      note { try ledger.recordBroken(call) }
      throw call.lost(
        "\(provider.name) has trouble at the moment.", cause: "\(call.route) answered \(response.status)")
    case 403 where !response.isJSON:  // the edge, which blocks before the service sees it
      note { try ledger.recordBroken(call) }
      throw Failure(.unavailable, "\(provider.name) is not to be reached: something in between answers.")
    default:
      if !call.resource.isEmpty { note { try ledger.recordPermission(call, isDenied: response.status == 403) } }
      return try read(response, of: call, reading)
    }
  }

  /// What is not even JSON does not come from the service, but from something in its place.
  private func read<Value>(
    _ response: IncomingResponse, of call: OutboundCall, _ reading: (IncomingResponse) throws -> Value
  ) throws -> Value {
    do {
      let value = try reading(response)
      note { try ledger.recordHealthy(call) }
      return value
    } catch let refusal where refusal is any FailureConvertible || refusal is Failure {
      note { try ledger.recordHealthy(call) }
      throw refusal
    } catch {
      note { try response.isJSON ? ledger.recordHealthy(call) : ledger.recordBroken(call) }
      throw call.lost("\(call.service)'s answer could not be read.", cause: String(describing: error))
    }
  }

  /// What is learnt of limits must not hide what came of the call: the file may be lost, the answer may not.
  private func note(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      log.warning("limits could not be written down", metadata: ["err": .string(Failure(error).description)])
    }
  }

  private func noAnswer(_ failure: TransportFailure, to call: OutboundCall) -> Failure {
    let sentence = "\(call.service) did not answer."
    return failure.stage == .beforeSending
      ? Failure(.unavailable, sentence, cause: failure.reason) : call.lost(sentence, cause: failure.reason)
  }

  private func report(_ call: OutboundCall, _ outcome: String, since started: Timestamp) {
    log.info(
      "called \(call.service)",
      metadata: [
        "route": .string(call.route), "outcome": .string(outcome), "dur_ms": "\((clock.now() - started).milliseconds)",
      ])
  }
}

extension IncomingResponse {
  fileprivate var isJSON: Bool { (try? JSON.decode(JSONValue.self, from: body)) != nil }  // what is wrong is told
}

extension Failure {
  fileprivate var isBusy: Bool { if case .busy = kind { true } else { false } }

  /// Nil: repeating does not help, or could do it twice.
  fileprivate var pauseBeforeRepeating: Duration? {
    switch kind {
    case .busy(let retryAfter): retryAfter ?? .seconds(1)
    case .unavailable: .milliseconds(Int64.random(in: 100...1500))
    default: nil
    }
  }
}
