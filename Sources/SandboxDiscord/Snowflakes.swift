import Basics
import Synchronization

/// Makes ids as Discord does: milliseconds since 2015, and below them 22 bits that tell apart what happened in one.
final class Snowflakes: Sendable {
  static let epoch: Int64 = 1_420_070_400_000
  private let last = Mutex<Int64>(0)
  private let clock: WallClock

  init(clock: WallClock) { self.clock = clock }

  /// An id greater than every one made before.
  func next() -> String {
    let earliest = (clock.now().milliseconds - Self.epoch) << 22
    return last.withLock { last in
      last = max(last + 1, earliest)
      return String(last)
    }
  }

  static func time(of id: Int64) -> Timestamp { Timestamp(milliseconds: (id >> 22) + epoch) }
}

extension Timestamp {
  /// As Discord writes an instant: six decimals and an offset.
  var discordText: String { description.dropLast() + "000+00:00" }
}
