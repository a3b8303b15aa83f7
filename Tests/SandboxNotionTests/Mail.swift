import Basics
import HTTP
import Synchronization

/// What was sent to a subscriber, who answers as told.
final class Mail: Sendable {
  private let state = Mutex<(letters: [OutgoingRequest], status: Int?)>(([], 200))

  var letters: [OutgoingRequest] { state.withLock { $0.letters } }

  /// Nil lets no answer come.
  func answer(_ status: Int?) { state.withLock { $0.status = status } }

  var transport: Transport {
    { [self] request throws(TransportFailure) in
      let status = state.withLock { state in
        state.letters.append(request)
        return state.status
      }
      guard let status else { throw TransportFailure(.afterSending, "No answer came.") }
      return IncomingResponse(status: status)
    }
  }
}
