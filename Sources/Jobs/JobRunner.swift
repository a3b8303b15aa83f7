import Basics
import Foundation
import Synchronization

private let log = Logger(label: "jobs")

/// Threads that make intents true: all kinds in the responder, one subject's in a batch program.
public final class JobRunner: Sendable {
  private let queue: JobQueue
  private let kinds: [JobKind]
  private let gates = Mutex<[ClosedGate]>([])
  private let state = Mutex(State())

  private struct State {
    var isStopping = false
    var running = 0
  }

  public init(queue: JobQueue, kinds: [JobKind]) {
    self.queue = queue
    self.kinds = kinds
  }

  /// Starts threads that work until `stop`.
  public func start(threads: Int) {
    state.withLock { $0.running += threads + 1 }
    for number in 1...threads { spawn("job-\(number)") { $0.workUntilStopped() } }
    spawn("job-leases") { $0.watchLeases() }
  }

  /// Lets the jobs in hand finish, at most this long. What is not finished then keeps its lease and is taken back later.
  public func stop(within patience: Duration = .seconds(4)) {
    state.withLock { $0.isStopping = true }
    queue.bell.ring()
    let deadline = Timestamp.now + patience
    while state.withLock({ $0.running }) > 0, Timestamp.now < deadline { Thread.sleep(forTimeInterval: 0.01) }
  }

  /// Works on the calling thread and `threads - 1` others until nothing of these kinds is due before the deadline.
  /// - Parameter each: is told of every attempt, on the thread that made it.
  public func drain(threads: Int, until deadline: Timestamp, each: @escaping @Sendable () -> Void = {}) throws {
    try queue.reclaim(kinds)
    state.withLock { $0.running += threads - 1 }
    for number in 1..<max(threads, 1) {
      spawn("job-\(number)") { runner in
        try? runner.workWhileDue(until: deadline, each)  // the calling thread meets the same error and throws it
      }
    }
    try workWhileDue(until: deadline, each)
    while state.withLock({ $0.running }) > 0 { Thread.sleep(forTimeInterval: 0.005) }
  }

  private func spawn(_ name: String, _ body: @escaping @Sendable (JobRunner) -> Void) {
    let thread = Thread { [self] in
      body(self)
      state.withLock { $0.running -= 1 }
    }
    thread.name = name
    thread.start()
  }

  private func workUntilStopped() {
    var rings = 0
    while !state.withLock({ $0.isStopping }) {
      do {
        if try !workOnce() { rings = queue.bell.wait(since: rings, timeout: .seconds(1)) }
      } catch {
        log.error("the job table cannot be used", metadata: ["err": .string(String(describing: error))])
        Thread.sleep(forTimeInterval: 1)
      }
    }
  }

  private func workWhileDue(until deadline: Timestamp, _ each: () -> Void) throws {
    while queue.clock.now() < deadline, !state.withLock({ $0.isStopping }) {
      if try workOnce() {
        each()
        continue
      }
      guard let next = try queue.nextDue(kinds), next < deadline else { return }
      let pause = max(.milliseconds(20), min(next - queue.clock.now(), .seconds(1)))
      Thread.sleep(forTimeInterval: Double(pause.milliseconds) / 1000)
    }
  }

  private func watchLeases() {
    while !state.withLock({ $0.isStopping }) {
      do {
        if try queue.reclaim(kinds) > 0 { queue.bell.ring() }
      } catch {
        log.warning("leases cannot be checked", metadata: ["err": .string(String(describing: error))])
      }
      Thread.sleep(forTimeInterval: 0.5)
    }
  }

  /// Works on one job; false when none may run now.
  private func workOnce() throws -> Bool {
    guard let job = try queue.claim(kinds, except: closedGates()), let kind = kinds.first(where: { $0.name == job.kind })
    else { return false }
    try LogContext.with(["job": .string(job.id), "correlation": .string(job.correlation ?? job.id)]) {
      let verdict = attempt(job, kind)
      if case .postponed(let pause, _) = verdict { close(job, for: pause) }
      try queue.settle(job, verdict, of: kind)
      report(verdict, of: job)
    }
    return true
  }

  private func attempt(_ job: Job, _ kind: JobKind) -> Verdict {
    do {
      if job.needsReconciling, case .done = try kind.reconcile(job) { return .done }
      switch try kind.perform(job) {
      case .done: return .done
      case .again(let time): return .again(time)
      case .waiting(let sentence): return .waiting(sentence)
      }
    } catch {
      return Verdict(error)
    }
  }

  private func report(_ verdict: Verdict, of job: Job) {
    let what: Logger.Metadata = ["kind": .string(job.kind), "attempt": "\(job.attempts)"]
    switch verdict {
    case .done, .again: log.info("job done", metadata: what)
    case .waiting(let why): log.info("job waits", metadata: what.merging(["err": .string(why)]) { $1 })
    case .postponed(_, let why): log.debug("job postponed", metadata: what.merging(["err": .string(why)]) { $1 })
    case .failed(let why): log.warning("job failed", metadata: what.merging(["err": .string(why)]) { $1 })
    case .unknown(let why): log.warning("job outcome unknown", metadata: what.merging(["err": .string(why)]) { $1 })
    case .dead(let failure):
      log.error("job is dead", metadata: what.merging(["err": .string(failure.description)]) { $1 })
    }
  }

  private func closedGates() -> [ClosedGate] {
    let now = queue.clock.now()
    return gates.withLock { gates in
      gates.removeAll { $0.until <= now }
      return gates
    }
  }

  private func close(_ job: Job, for pause: Duration) {
    let gate = ClosedGate(name: job.gate, priority: job.priority, until: queue.clock.now() + min(pause, .seconds(60)))
    gates.withLock { gates in
      if !gates.contains(where: { $0.name == gate.name && $0.priority == gate.priority }) { gates.append(gate) }
    }
  }
}
