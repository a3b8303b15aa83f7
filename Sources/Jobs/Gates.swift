import Basics
import Synchronization

/// The limits that jobs of this process have met, so that the jobs behind them need not meet them too.
final class Gates: Sendable {
  /// Longer than this nobody relies on what was told once.
  private static let longest: Duration = .seconds(30)
  private let gates = Mutex<[ClosedGate]>([])

  func close(_ job: Job, for pause: Duration, at now: Timestamp) {
    let gate = ClosedGate(name: job.gate, priority: job.priority, until: now + min(pause, Self.longest))
    gates.withLock { gates in
      let isKnown = gates.contains { $0.name == gate.name && $0.priority == gate.priority && $0.until >= gate.until }
      if isKnown { return }
      gates.removeAll { $0.name == gate.name && $0.priority == gate.priority }
      gates.append(gate)
    }
  }

  /// One that closes for longer than we ever close it was closed before the clock was set back.
  func closed(at now: Timestamp) -> [ClosedGate] {
    gates.withLock { gates in
      gates.removeAll { $0.until <= now || $0.until > now + Self.longest }
      return gates
    }
  }
}
