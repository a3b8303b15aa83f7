import Basics
import Synchronization

/// A clock that stands still until the test moves it, forwards or backwards.
public final class TestClock: Sendable {
  private let time: Mutex<Timestamp>

  /// - Parameter start: 2026-11-21T12:00:00Z unless the test says otherwise.
  public init(_ start: Timestamp = Timestamp(seconds: 1_795_262_400)) { time = Mutex(start) }

  public var now: Timestamp {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }

  public func advance(by interval: Duration) { time.withLock { $0 = $0 + interval } }

  /// What is handed to the code under test.
  public var wall: WallClock { WallClock { self.now } }
}
