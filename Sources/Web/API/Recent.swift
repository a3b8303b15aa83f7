import Basics
import Synchronization

/// Answers of some seconds ago, so that a busy program does not use up what Discord allows us for people.
final class Recent<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let clock: WallClock
  private let values = Mutex<[Key: (value: Value, at: Timestamp)]>([:])

  static var lifetime: Duration { .seconds(5) }
  /// More than anybody asks for in that time.
  private static var most: Int { 500 }

  init(clock: WallClock) { self.clock = clock }

  func value(of key: Key, _ make: () throws -> Value) throws -> Value {
    let now = clock.now()
    let known = values.withLock { $0[key] }
    if let known, now - known.at < Self.lifetime, known.at <= now { return known.value }
    let value = try make()
    values.withLock { values in
      if values.count >= Self.most { values.removeAll() }
      values[key] = (value, now)
    }
    return value
  }
}
