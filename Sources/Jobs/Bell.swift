import Basics
import Foundation

/// Wakes waiting threads when there may be work. A ring while nobody waits is remembered.
final class Bell: Sendable {
  // Sendable: NSCondition guards the counter, which is only touched while it is locked.
  private final class State: @unchecked Sendable {
    let condition = NSCondition()
    var rings = 0
  }
  private let state = State()

  func ring() {
    state.condition.lock()
    state.rings += 1
    state.condition.broadcast()
    state.condition.unlock()
  }

  /// Returns when rung since `seen`, or after the timeout; answers the rings so far.
  func wait(since seen: Int, timeout: Duration) -> Int {
    state.condition.lock()
    defer { state.condition.unlock() }
    let deadline = Date(timeIntervalSinceNow: Double(timeout.milliseconds) / 1000)
    while state.rings == seen, state.condition.wait(until: deadline) {}
    return state.rings
  }
}
