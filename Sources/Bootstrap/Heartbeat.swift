import Basics
import Foundation
import Metrics

private let log = Logger(label: "heartbeat")

/// What a responder does every few seconds besides its work: it adds its counters to everybody's and says that it lives.
public final class Heartbeat: Sendable {
  private let isOver = DispatchSemaphore(value: 0)
  private let thread: JoinableThread

  init(_ environment: Environment) throws {
    let start = environment.clock.now()
    thread = try JoinableThread(name: "heartbeat") { [isOver] in
      repeat {
        Self.beat { try environment.presence.tell(process: Int(getpid()), since: start) }
        Self.beat { try environment.tallyLedger.flush() }
      } while isOver.wait(timeout: .now() + .milliseconds(Int(Presence.interval.milliseconds))) == .timedOut
      Self.beat { try environment.presence.leave(process: Int(getpid())) }
      Self.beat { try environment.tallyLedger.flush() }
    }
  }

  /// The last counters are written when this returns.
  public func stop() {
    isOver.signal()
    thread.join()
  }

  /// Nobody waits for it, so what fails is tried again the next time.
  private static func beat(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      log.warning("not written down", metadata: ["err": .string(Failure(error).description)])
    }
  }
}

extension Environment {
  public func startHeartbeat() throws -> Heartbeat { try Heartbeat(self) }

  /// For programs that end: what they counted.
  public func writeCounters() {
    do {
      try tallyLedger.flush()
    } catch {
      log.warning("counters not written down", metadata: ["err": .string(Failure(error).description)])
    }
  }

  var tallyLedger: TallyLedger { TallyLedger(volatile: volatile, tally: tally) }
}
