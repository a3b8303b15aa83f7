import Basics
import CFastCGI
import Foundation
import HTTP

/// One thread's loop: wait for a connection or the stop signal, serve the connection, again.
///
/// Accepting is done here and not by libfcgi, whose accept leaves its caller for good at the first EMFILE, cannot be
/// woken to stop, and sleeps up to 2 s on a connection that says nothing.
struct Worker: Sendable {
  private let listener: Listener
  private let stop: StopSignal
  private let activity: Activity
  private let counters: Counters
  private let maximumBody: Int
  private let handler: @Sendable (Request) -> Response
  private let silence: Duration
  private let events: Int32

  init(
    listener: Listener, stop: StopSignal, activity: Activity, counters: Counters, maximumBody: Int,
    silence: Duration, handler: @escaping @Sendable (Request) -> Response
  ) throws {
    self.listener = listener
    self.stop = stop
    self.activity = activity
    self.counters = counters
    self.maximumBody = maximumBody
    self.silence = silence
    self.handler = handler
    events = epoll_create1(Int32(EPOLL_CLOEXEC))
    // EXCLUSIVE: one connection wakes one worker, not all of them.
    guard events >= 0, watch(listener.descriptor, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue),
      watch(stop.descriptor, EPOLLIN.rawValue)
    else { throw Failure(.unavailable, "The responder cannot watch its socket.", cause: systemError()) }
    stop.workerBegins()
  }

  func run() {
    while let connection = nextConnection() {
      activity.during { serve(connection) }
    }
    close(events)
    stop.workerEnds()
  }

  /// The next accepted connection; nil when it is time to stop. No error ends the loop: descriptors come back.
  private func nextConnection() -> Int32? {
    while true {
      let isStopping = stop.isRaised
      // An inherited socket is left as it is: the supervisor keeps its queue for the next process.
      if isStopping && !listener.isOurs { return nil }
      let connection = accept4(listener.descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
      if connection >= 0 { return connection }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EAGAIN where !isStopping: waitForEvent()
      case let number where !isStopping: recordAcceptError(number)
      default: return nil
      }
    }
  }

  private func recordAcceptError(_ number: Int32) {
    if counters.acceptErrors.add(1, ordering: .relaxed).oldValue % 200 == 0 {
      log.error("no connection could be accepted", metadata: ["err": .string(systemError(number))])
    }
    usleep(50_000)
  }

  private func waitForEvent() {
    var event = epoll_event()
    _ = epoll_wait(events, &event, 1, -1)
  }

  private func watch(_ descriptor: Int32, _ interest: UInt32) -> Bool {
    var event = epoll_event(events: interest, data: epoll_data_t(fd: descriptor))
    return epoll_ctl(events, EPOLL_CTL_ADD, descriptor, &event) == 0
  }

  private func serve(_ connection: Int32) {
    guard speaks(connection) else {
      close(connection)
      counters.broken.add(1, ordering: .relaxed)
      return
    }
    limitSilence(connection)
    guard let record = RecordStream(adopting: connection) else {
      counters.broken.add(1, ordering: .relaxed)
      return
    }
    let exchange = GatewayExchange(parameters: record.parameters, maximumBody: maximumBody, handler: handler)
    if record.finish(with: exchange.answer(read: record.readBody)) {
      counters.served.add(1, ordering: .relaxed)
    } else {
      counters.unsent.add(1, ordering: .relaxed)
    }
  }

  private func limitSilence(_ connection: Int32) {
    let milliseconds = Int(silence.milliseconds)
    var limit = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(connection, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  /// Whether the first bytes come before the silence is too long, or, when stopping, are there already.
  private func speaks(_ connection: Int32) -> Bool {
    var waiting = [
      pollfd(fd: connection, events: Int16(POLLIN), revents: 0),
      pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let grace: Int32 = 200  // milliseconds between connect and first write, for a server that has just connected
    if poll(&waiting, 2, Int32(silence.milliseconds)) > 0, waiting[0].revents == 0 {
      return poll(&waiting, 1, grace) > 0
    }
    return waiting[0].revents & Int16(POLLIN) != 0
  }
}
