import Basics
import Foundation
import Store

/// Holds a store in the middle of a write, as another process may, until it is released.
public final class WriteHolder: Sendable {
  private let isOver = DispatchSemaphore(value: 0)
  private let thread: JoinableThread

  /// Returns when the store is held.
  public init(_ store: DataStore) throws {
    let isHeld = DispatchSemaphore(value: 0)
    thread = try JoinableThread(name: "holder") { [isOver] in
      try? store.write { _ in  // a store that cannot be held makes the test trivial, not wrong
        isHeld.signal()
        isOver.wait()
      }
      isHeld.signal()
    }
    isHeld.wait()
  }

  /// Returns when the store is free. Once only.
  public func release() {
    isOver.signal()
    thread.join()
  }
}
