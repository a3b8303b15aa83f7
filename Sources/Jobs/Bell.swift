import Basics
import Dispatch
import Synchronization

/// Wakes waiting threads when there may be work. A ring while nobody waits is remembered.
///
/// Its timeouts are measured on a clock that a change of the wall clock does not bend.
final class Bell: Sendable {
  private struct State {
    var rings = 0
    var waiting: [DispatchSemaphore] = []
  }
  private let state = Mutex(State())

  func ring() {
    let woken = state.withLock { state in
      state.rings += 1
      defer { state.waiting = [] }
      return state.waiting
    }
    for sleeper in woken { sleeper.signal() }
  }

  /// Returns when rung since `seen`, or after the timeout; answers the rings so far.
  func wait(since seen: Int, timeout: Duration) -> Int {
    let sleeper = DispatchSemaphore(value: 0)
    let isRung = state.withLock { state in
      if state.rings == seen { state.waiting.append(sleeper) }
      return state.rings != seen
    }
    if !isRung { _ = sleeper.wait(timeout: .now() + .milliseconds(Int(max(0, timeout.milliseconds)))) }
    return state.withLock { state in
      state.waiting.removeAll { $0 === sleeper }
      return state.rings
    }
  }
}
