import Basics
import Foundation
import Synchronization

private let log = Logger(label: "jobs")

/// Threads that make intents true: those of the kinds they are given.
public final class JobRunner: Sendable {
  private let queue: JobQueue
  private let kinds: [JobKind]
  private let knowsAll: Bool
  private let gates = Gates()
  private let state = Mutex(State())
  private let stopping = Bell()
  private let ended = Bell()

  /// What one attempt at a job came to.
  public struct Attempt: Sendable {
    public let kind: String
    /// Whether what was wanted is so now.
    public let isDone: Bool
  }

  private struct State {
    var isStopping = false
    var threads = 0
    var inHand: [String: Held] = [:]
  }

  /// A job one of our threads is at, and when its attempt has lasted too long; on the clock of leases.
  private struct Held {
    let job: Job
    let hangsAt: Int64
  }

  /// - Parameters:
  ///   - kinds: what these threads can do; jobs of other kinds are left to others.
  ///   - knowsAll: nobody else does other kinds: a job of a kind that is still unknown after an hour was written down by
  ///     another version, and dies with a sentence that says so.
  public init(queue: JobQueue, kinds: [JobKind], knowsAll: Bool = false) {
    self.queue = queue
    self.kinds = kinds
    self.knowsAll = knowsAll
  }

  /// Starts threads that work until `stop`. Of several, one works for people only: whoever clicks does not wait until the
  /// others have read their tables.
  public func start(threads: Int) {
    for number in 1...max(threads, 1) {
      let isForPeople = number == 1 && threads > 1
      spawn("job-\(number)") { $0.workUntilStopped(isForPeople ? [.interactive] : Intent.Priority.allCases) }
    }
    spawn("job-leases") { runner in runner.keepWatch { runner.isStopping } }
  }

  /// Lets the jobs in hand finish, at most this long. What is not finished then keeps its lease and is taken back later.
  public func stop(within patience: Duration = .seconds(4)) {
    state.withLock { $0.isStopping = true }
    stopping.ring()
    queue.bell.ring()
    waitForThreads(until: .now + patience)
  }

  /// Works on threads of its own until nothing of these kinds is left that may run before the deadline, and nothing is
  /// in hand.
  /// - Parameter each: is told of every attempt, on the thread that made it.
  public func drain(
    threads: Int, until deadline: Timestamp, each: @escaping @Sendable (Attempt) -> Void = { _ in }
  ) throws {
    try queue.reclaim(kinds)
    if knowsAll { _ = try queue.buryUnknown(kinds) }
    let isOver = Mutex(false)
    let watch = try JoinableThread(name: "job-leases") { [self] in keepWatch { isOver.withLock { $0 } } }
    let failures = Mutex<[any Error]>([])
    for number in 1...max(threads, 1) {
      spawn("job-\(number)") { runner in
        do {
          try runner.workWhileDue(until: deadline, each)
        } catch {
          failures.withLock { $0.append(error) }
        }
      }
    }
    waitForThreads(until: nil)
    isOver.withLock { $0 = true }
    stopping.ring()
    watch.join()
    if let failure = failures.withLock({ $0.first }) { throw failure }
  }

  private func spawn(_ name: String, _ body: @escaping @Sendable (JobRunner) -> Void) {
    state.withLock { $0.threads += 1 }
    let thread = Thread { [self] in
      body(self)
      state.withLock { $0.threads -= 1 }
      ended.ring()
    }
    thread.name = name
    thread.start()
  }

  private func waitForThreads(until deadline: ContinuousClock.Instant?) {
    var seen = 0
    while state.withLock({ $0.threads }) > 0 {
      let rest = deadline.map { $0 - .now } ?? .seconds(60)
      if rest <= .zero { return }
      seen = ended.wait(since: seen, timeout: rest)
    }
  }

  private var isStopping: Bool { state.withLock { $0.isStopping } }

  private func workUntilStopped(_ priorities: [Intent.Priority]) {
    var rings = 0
    while !isStopping {
      do {
        let look = look(priorities)
        if try work(look, while: { !isStopping }) { continue }
        rings = queue.bell.wait(since: rings, timeout: try queue.pause(kinds, since: look))
      } catch {
        log.error("the job table cannot be used", metadata: ["err": .string(String(describing: error))])
        _ = stopping.wait(since: 0, timeout: .seconds(1))
      }
    }
  }

  private func workWhileDue(until deadline: Timestamp, _ each: (Attempt) -> Void) throws {
    let goesOn = { self.queue.clock.now() < deadline && !self.isStopping }
    var rings = 0
    while goesOn() {
      let look = look()
      if try work(look, while: goesOn, each) { continue }
      guard try isAnythingLeft(before: deadline) else { return }
      let pause = min(try queue.pause(kinds, since: look), deadline - queue.clock.now())
      rings = queue.bell.wait(since: rings, timeout: pause)
    }
  }

  /// What is in hand may leave more to do.
  private func isAnythingLeft(before deadline: Timestamp) throws -> Bool {
    if state.withLock({ !$0.inHand.isEmpty }) { return true }
    let last = deadline - .milliseconds(1)
    return try queue.isThereWork(for: kinds, Look(time: last, closed: look().closed.filter { $0.until > last }))
  }

  func look(_ priorities: [Intent.Priority] = Intent.Priority.allCases) -> Look {
    let now = queue.clock.now()
    return Look(time: now, closed: gates.closed(at: now), priorities: priorities)
  }

  /// Twice a second: takes back what others have left, and shows that we live.
  private func keepWatch(until isOver: () -> Bool) {
    var (rings, beats) = (0, 0)
    while !isOver() {
      do {
        if try queue.reclaim(kinds) > 0 { queue.bell.ring() }
        if beats % 8 == 7 { try beat() }
        if knowsAll, beats % 120 == 0, try queue.buryUnknown(kinds) > 0 { queue.bell.ring() }
      } catch {
        log.warning("leases cannot be checked", metadata: ["err": .string(String(describing: error))])
      }
      beats += 1
      rings = stopping.wait(since: rings, timeout: .milliseconds(500))
    }
  }

  /// Renews the leases of what is in hand, but for an attempt that has lasted too long.
  func beat() throws {
    let now = queue.host.monotonic()
    let alive = state.withLock { $0.inHand.values.filter { now < $0.hangsAt }.map(\.job) }
    if !alive.isEmpty { try queue.renew(alive) }
  }

  /// Works on one job after the other, and takes each in the commit that ends the one before; false when none may run now.
  func work(_ look: Look, while goesOn: () -> Bool, _ each: (Attempt) -> Void = { _ in }) throws -> Bool {
    var job = try queue.claim(kinds, look)
    hold(job, insteadOf: nil)
    if job == nil { return false }
    while let current = job {
      job = try work(on: current, each) { goesOn() ? self.look(look.priorities) : nil }
    }
    return true
  }

  /// - Parameter onward: the look for the job to be taken next; nil when none is.
  /// - Returns: that job.
  private func work(on job: Job, _ each: (Attempt) -> Void, onward: () -> Look?) throws -> Job? {
    var next: Job?
    defer {
      hold(next, insteadOf: job)
      queue.bell.ring()  // its lane is free, and a thread that drains may wait for it
    }
    guard let kind = kinds.named(job.kind) else { return nil }
    try LogContext.with(["job": .string(job.id), "correlation": .string(job.correlation ?? job.id)]) {
      let verdict = attempt(job, kind)
      if case .postponed(let pause, _) = verdict { gates.close(job, for: pause, at: queue.clock.now()) }
      next = try settle(job, verdict, kind, onward: onward)
      verdict.report(of: job)
      each(Attempt(kind: job.kind, isDone: verdict.isDone))
    }
    return next
  }

  /// In one step, so that nobody thinks nothing is in hand between the two.
  private func hold(_ job: Job?, insteadOf last: Job?) {
    let now = queue.host.monotonic()
    state.withLock { state in
      if let last { state.inHand[last.id] = nil }
      guard let job, let kind = kinds.named(job.kind) else { return }
      state.inHand[job.id] = Held(job: job, hangsAt: now + kind.limits.attempt.milliseconds)
    }
  }

  private func attempt(_ job: Job, _ kind: JobKind) -> Verdict {
    do {
      if job.needsReconciling, case .done = try kind.reconcile(job) { return .done }
    } catch {
      return Verdict(error, isLooking: true)
    }
    do {
      return Verdict(try kind.perform(job))
    } catch {
      return Verdict(error)
    }
  }

  /// Tries for half a lease: a verdict that is not written down is work that is done again.
  private func settle(_ job: Job, _ verdict: Verdict, _ kind: JobKind, onward: () -> Look?) throws -> Job? {
    let deadline = ContinuousClock.now + JobQueue.lease / 2
    while true {
      do {
        return try queue.settle(job, verdict, of: kind) { transaction in
          try onward().flatMap { try queue.claim(kinds, $0, in: transaction) }
        }
      } catch let failure as Failure where failure.isPassing && .now < deadline {
        log.warning("a job's outcome cannot be written down yet", metadata: ["err": .string(failure.description)])
        Thread.sleep(forTimeInterval: .random(in: 0.05...0.15))
      }
    }
  }
}

extension Verdict {
  fileprivate var isDone: Bool {
    switch self {
    case .done, .again: true
    case .keeping(_, let verdict): verdict.isDone
    case .waiting, .postponed, .failed, .unknown, .dead: false
    }
  }

  fileprivate func report(of job: Job) {
    let what: Logger.Metadata = ["kind": .string(job.kind), "attempt": "\(job.attempts)"]
    func told(_ failure: Failure) -> Logger.Metadata { what.merging(["err": .string(failure.description)]) { $1 } }
    switch self {
    case .done, .again: log.info("job done", metadata: what)
    case .keeping(_, let verdict): verdict.report(of: job)
    case .waiting(let why): log.info("job waits", metadata: what.merging(["err": .string(why)]) { $1 })
    case .postponed(_, let failure): log.debug("job postponed", metadata: told(failure))
    case .failed(let failure): log.warning("job failed", metadata: told(failure))
    case .unknown(let failure): log.warning("job outcome unknown", metadata: told(failure))
    case .dead(let failure): log.error("job is dead", metadata: told(failure))
    }
  }
}
