import Basics
import Synchronization

/// A value that is dear to make and may be a little old.
final class Remembered<Value: Sendable>: Sendable {
  private let lifetime: Duration
  private let clock: WallClock
  private let make: @Sendable () throws -> Value
  private let last = Mutex<(value: Value, at: Timestamp)?>(nil)

  init(for lifetime: Duration, clock: WallClock, make: @escaping @Sendable () throws -> Value) {
    self.lifetime = lifetime
    self.clock = clock
    self.make = make
  }

  func value() throws -> Value {
    let now = clock.now()
    // Later than now: it was made before the clock was set back.
    if let last = last.withLock({ $0 }), now - last.at < lifetime, last.at <= now { return last.value }
    let value = try make()
    last.withLock { $0 = (value, now) }
    return value
  }
}
