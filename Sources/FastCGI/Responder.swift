import Basics
import CFastCGI
import Foundation
import HTTP
import Synchronization

let log = Logger(label: "fastcgi")

/// Answers a web server's requests, each on one of a fixed number of threads.
///
///     Signals.block()
///     let responder = Responder(listener: try Listener.bind(path: path)) { router.answer($0) }
///     try responder.start()
///     Signals.wait()
///     responder.stop()
///
/// The handler is called from many threads at once, with a whole request: a body shorter than announced, one over
/// the limit or a doubled security header is answered here (400, 413) and never reaches it.
public final class Responder: Sendable {
  private let listener: Listener
  private let workerCount: Int
  private let maximumBody: Int
  private let silence: Duration
  private let handler: @Sendable (Request) -> Response
  private let counters = Counters()
  private let activities: [Activity]
  private let running = Mutex<Running?>(nil)

  private struct Running {
    let stop: StopSignal
    let threads: [JoinableThread]
  }

  /// - Parameters:
  ///   - workers: requests handled at the same time; more wait in the listener's queue.
  ///   - maximumBody: bytes; a longer body is answered with 413.
  ///   - silence: how long the web server may say nothing in the middle of a request before it is given up.
  public init(
    listener: Listener, workers: Int = 24, maximumBody: Int = 25 << 20, silence: Duration = .seconds(10),
    handler: @escaping @Sendable (Request) -> Response
  ) {
    self.listener = listener
    workerCount = max(1, workers)
    self.maximumBody = maximumBody
    self.silence = silence
    self.handler = handler
    activities = (0..<workerCount).map { _ in Activity() }
  }

  /// Starts the workers and returns. Block the signals before (`Signals.block`), so that no worker takes them.
  public func start() throws {
    try prepareLibrary()
    try running.withLock { running in
      guard running == nil else { return }
      let stop = try StopSignal()
      let threads = try activities.enumerated().map { index, activity in
        let worker = try Worker(
          listener: listener, stop: stop, activity: activity, counters: counters, maximumBody: maximumBody,
          silence: silence, handler: handler)
        return try JoinableThread(name: "fastcgi-\(index)") { worker.run() }
      }
      running = Running(stop: stop, threads: threads)
    }
  }

  /// Takes no more connections, lets the requests in flight be answered, and returns when all workers are done.
  ///
  /// A worker that is still busy after `patience` (a handler or a peer that hangs) is left to the end of the
  /// process. Calling it again does nothing.
  public func stop(patience: Duration = .seconds(4)) {
    guard let running = running.withLock({ running in running.take() }) else { return }
    listener.unlinkPath()
    running.stop.raise()
    let deadline = ContinuousClock.now + patience
    while running.stop.workersLeft > 0, ContinuousClock.now < deadline { usleep(2_000) }
    let left = running.stop.workersLeft
    if left == 0 {
      for thread in running.threads { thread.join() }
      listener.close()
    } else {
      log.warning("stopped without waiting for \(left) busy workers")
    }
  }

  public var statistics: ResponderStatistics {
    let busy = activities.compactMap(\.busyFor)
    return ResponderStatistics(
      served: counters.served.load(ordering: .relaxed), unsent: counters.unsent.load(ordering: .relaxed),
      broken: counters.broken.load(ordering: .relaxed), acceptErrors: counters.acceptErrors.load(ordering: .relaxed),
      workers: workerCount, busyWorkers: busy.count, longestBusy: busy.max() ?? .zero)
  }
}

/// Once per process, before the first worker. SIGPIPE has to be ignored first, or libfcgi installs a handler.
private let libraryStatus: Int32 = {
  signal(SIGPIPE, SIG_IGN)
  // Milliseconds libfcgi waits for the web server to close after the answer, and for an idle connection to speak;
  // both are 2 s by default, which two idle connections turn into two sleeping workers.
  setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "200", 0)
  setenv("LIBFCGI_IS_AF_UNIX_KEEPER_POLL_TIMEOUT", "100", 0)
  return FCGX_Init()
}()

private func prepareLibrary() throws {
  guard libraryStatus == 0 else {
    throw Failure(.unavailable, "The FastCGI library did not start.", cause: systemError(libraryStatus))
  }
}
