import HTTP
import Synchronization
import Testing

/// A transport that answers what the test wrote down, in that order, and remembers what it was asked.
///
/// Being asked once more than there are answers fails the test.
public final class ScriptedTransport: Sendable {
  public enum Step: Sendable {
    case answer(IncomingResponse)
    case failure(TransportFailure)

    public static func status(_ status: Int, _ headers: Headers = Headers(), _ body: String = "") -> Step {
      .answer(IncomingResponse(status: status, headers: headers, body: Array(body.utf8)))
    }
  }

  private struct State {
    var steps: [Step]
    var requests: [OutgoingRequest] = []
  }

  private let state: Mutex<State>

  public init(_ steps: [Step] = []) { state = Mutex(State(steps: steps)) }

  /// Adds answers behind those still to be given.
  public func add(_ steps: Step...) { state.withLock { $0.steps += steps } }

  public var requests: [OutgoingRequest] { state.withLock { $0.requests } }

  /// What is handed to the code under test.
  public var transport: Transport { { request throws(TransportFailure) in try self.answer(request) } }

  private func answer(_ request: OutgoingRequest) throws(TransportFailure) -> IncomingResponse {
    let step: Step? = state.withLock { state in
      state.requests.append(request)
      return state.steps.isEmpty ? nil : state.steps.removeFirst()
    }
    switch step {
    case .answer(let response): return response
    case .failure(let failure): throw failure
    case nil:
      Issue.record("\(request.method) \(request.url) was sent, and no answer was written down for it")
      throw TransportFailure(.beforeSending, "no answer was written down")
    }
  }
}
