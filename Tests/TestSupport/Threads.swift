import Basics
import Synchronization
import Testing

/// Runs the body on so many threads at once and waits for all of them. What a body throws fails the test.
public func onThreads(_ count: Int, _ body: @escaping @Sendable (_ thread: Int) throws -> Void) throws {
  let failures = Mutex<[any Error]>([])
  let threads = try (0..<count).map { number in
    try JoinableThread(name: "test-\(number)") {
      do {
        try body(number)
      } catch {
        failures.withLock { $0.append(error) }
      }
    }
  }
  for thread in threads { thread.join() }
  for error in failures.withLock({ $0 }) { Issue.record(error) }
}
