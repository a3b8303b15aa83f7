import Basics
import Dispatch
import HTTP
import SandboxStage
import Store
import Synchronization

private let log = Logger(label: "sandbox.notion")

/// Carries events to the subscriber, in the order they became due, and again after a while when that fails.
///
///     let courier = EventCourier(stage: stage, transport: curl.transport)
///     try courier.start()   // on a thread of its own, until stop()
public final class EventCourier: Sendable {
  let stage: Stage
  private let transport: Transport
  private let isOver = DispatchSemaphore(value: 0)
  private let thread = Mutex<JoinableThread?>(nil)

  /// - Parameter transport: must reach the subscriber's address.
  public init(stage: Stage, transport: @escaping Transport) {
    self.stage = stage
    self.transport = transport
  }

  public func start() throws {
    let thread = try JoinableThread(name: "notion-events") { [self] in work() }
    self.thread.withLock { $0 = thread }
  }

  /// Subscribes this address, unless it is already.
  public func keepSubscribed(_ url: String) throws {
    if try stage.store.read({ try $0.subscription() })?.url != url { _ = try subscribe(url, window: .seconds(1)) }
  }

  /// Makes the subscription and sends its token there. It says nothing more until the token was pasted back.
  func subscribe(_ url: String, window: Duration) throws -> (subscription: Subscription, handshake: Outcome) {
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw Failure.invalid("The address begins with http:// or https://.")
    }
    let made = try stage.store.write { try $0.subscribe(url, window: window, at: stage.clock.now()) }
    return (made, try greet(made))
  }

  /// Returns once what is on its way has arrived or failed.
  public func stop() {
    isOver.signal()
    thread.withLock { $0.take() }?.join()
  }

  private func work() {
    repeat {
      do { _ = try deliverDue() } catch {
        log.warning("events wait", metadata: ["err": .string(String(describing: error))])
      }
    } while isOver.wait(timeout: .now() + .milliseconds(200)) == .timedOut
  }

  /// Delivers what is due now, and answers how many attempts were made.
  func deliverDue() throws -> Int {
    let now = stage.clock.now()
    let (subscription, events) = try stage.store.read { (try $0.subscription(), try $0.dueEvents(at: now)) }
    guard let subscription else { return 0 }
    for event in events { try attempt(event, subscription) }
    return events.count
  }

  private func attempt(_ event: EventRecord, _ subscription: Subscription) throws {
    var event = event
    event.attempts += 1
    let bots = Set(try stage.store.read { try $0.users() }.filter(\.isBot).map(\.id))
    let body = try JSON.encode(event.body(subscription, attempt: event.attempts, isBot: bots.contains))
    let outcome = send(body, to: subscription)
    event.status = outcome.status
    event.problem = outcome.problem
    if outcome.isGood {
      event.state = .delivered
    } else if let pause = Self.pauses.dropFirst(event.attempts - 1).first {
      event.dueAt = stage.clock.now() + pause
    } else {
      event.state = .given_up
    }
    try stage.store.write { try $0.update(event) }
  }

  /// Between eight attempts. Notion spreads them over a day; here it is minutes.
  static let pauses: [Duration] = [1, 3, 10, 30, 60, 120, 300].map { .seconds($0) }

  struct Outcome {
    let status: Int?
    let problem: String?
    let milliseconds: Int64

    var isGood: Bool { status.map { (200..<300).contains($0) } ?? false }
  }

  /// One request with a signature that fits, or with another in its place (empty: none).
  func send(_ body: [UInt8], to subscription: Subscription, signature: String? = nil) -> Outcome {
    let begin = stage.clock.now()
    let given = signature ?? subscription.signature(of: body)
    var headers: Headers = ["Content-Type": "application/json", "User-Agent": "notion-api"]
    if !given.isEmpty { headers["X-Notion-Signature"] = given }
    let request = OutgoingRequest(
      method: .post, url: subscription.url, headers: headers, body: body, totalDeadline: .seconds(10))
    do {
      let answer = try transport(request)
      return Outcome(status: answer.status, problem: nil, milliseconds: (stage.clock.now() - begin).milliseconds)
    } catch {
      return Outcome(
        status: nil, problem: error.description, milliseconds: (stage.clock.now() - begin).milliseconds)
    }
  }

  /// What a new subscription begins with: the token, for a person to paste back.
  func greet(_ subscription: Subscription) throws -> Outcome {
    send(try JSON.encode(["verification_token": subscription.token]), to: subscription)
  }
}
