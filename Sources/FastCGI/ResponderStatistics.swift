import Synchronization

/// What a responder has done and is doing, for `/metrics` and the watchdog.
public struct ResponderStatistics: Sendable {
  /// Requests whose answer was handed to the web server in full.
  public var served = 0
  /// Requests the web server no longer took the answer of.
  public var unsent = 0
  /// Connections that brought no request: closed, timed out or broken before its parameters were complete.
  public var broken = 0
  /// Failed accepts (no descriptors left, …); each was tried again after a pause.
  public var acceptErrors = 0
  public var workers = 0
  public var busyWorkers = 0
  /// For how long the busiest worker has been with one connection; a watchdog is kicked while this stays small.
  public var longestBusy = Duration.zero
}

/// The counters behind `ResponderStatistics`, shared by all workers.
final class Counters: Sendable {
  let served = Atomic(0)
  let unsent = Atomic(0)
  let broken = Atomic(0)
  let acceptErrors = Atomic(0)
}

/// Since when a worker is with a connection.
final class Activity: Sendable {
  /// Nanoseconds of the monotonic clock; 0 while it waits for a connection.
  private let since = Atomic<Int64>(0)

  func during(_ body: () -> Void) {
    since.store(Self.now, ordering: .relaxed)
    body()
    since.store(0, ordering: .relaxed)
  }

  /// Nil while it waits.
  var busyFor: Duration? {
    let since = since.load(ordering: .relaxed)
    return since == 0 ? nil : .nanoseconds(Self.now - since)
  }

  private static var now: Int64 {
    let (seconds, attoseconds) = (ContinuousClock.now - epoch).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000 + 1
  }

  private static let epoch = ContinuousClock.now
}
