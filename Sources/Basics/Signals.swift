import Foundation

/// How a program is asked to stop: SIGTERM, SIGINT, SIGHUP.
///
///     Signals.block()           // first thing in main, before any thread
///     try responder.start()
///     Signals.wait()
///     responder.stop()
public enum Signals {
  /// Keeps the three signals for `wait` in this thread and all it starts, and ignores SIGPIPE for good.
  public static func block() {
    signal(SIGPIPE, SIG_IGN)
    var set = stopping
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for one of the three and returns its number. Needs `block` before.
  @discardableResult public static func wait() -> Int32 {
    var set = stopping
    var received: Int32 = 0
    while sigwait(&set, &received) != 0 {}
    return received
  }

  /// Waits for one of the three, so long at most, and returns its number; nil when none came. Needs `block` before.
  public static func wait(upTo patience: Duration) -> Int32? {
    var set = stopping
    let milliseconds = Int(patience.milliseconds)
    var limit = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    let received = sigtimedwait(&set, nil, &limit)
    return received > 0 ? received : nil
  }

  private static var stopping: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
    return set
  }
}
