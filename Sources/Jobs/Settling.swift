import Basics
import Store

private let log = Logger(label: "jobs")

/// What an attempt came to.
enum Verdict: Sendable {
  case done
  /// Done for now, and once more at that instant.
  case again(Timestamp)
  case waiting(String)
  /// A limit is used up: the attempt does not count.
  case postponed(Duration, Failure)
  /// Nothing happened; again after a while.
  case failed(Failure)
  /// It may have happened; look first.
  case unknown(Failure)
  case dead(Failure)
  /// And what the work itself has to write down.
  indirect case keeping(JobKind.Writing, Verdict)

  init(_ outcome: JobKind.Outcome) {
    switch outcome {
    case .done: self = .done
    case .again(let time): self = .again(time)
    case .waiting(let sentence): self = .waiting(sentence)
    case .keeping(let writing, let outcome): self = .keeping(writing, Verdict(outcome))
    }
  }

  /// - Parameter isLooking: it was thrown while an earlier attempt was looked into, so what came of that stays unknown.
  init(_ error: any Error, isLooking: Bool = false) {
    let failure = Failure(error)
    switch failure.kind {
    case .busy(let retryAfter): self = .postponed(retryAfter ?? .seconds(1), failure)
    case .unavailable: self = isLooking ? .unknown(failure) : .failed(failure)
    case .outcomeUnknown, .unexpected: self = .unknown(failure)
    case .invalid, .unauthenticated, .denied, .notFound, .conflict: self = .dead(failure)
    }
  }
}

extension JobQueue {
  /// Records what came of an attempt. Of the job itself nothing when the lease was lost meanwhile: somebody else has it.
  /// - Parameter next: takes the next job in the same commit.
  @discardableResult
  func settle(
    _ job: Job, _ verdict: Verdict, of kind: JobKind, andTake next: (WriteTransaction) throws -> Job? = { _ in nil }
  ) throws -> Job? {
    let verdict = verdict.final(for: job, kind)
    do {
      return try store.write { transaction in
        try record(verdict, of: job, kind, in: transaction)
        return try next(transaction)
      }
    } catch let error where !Failure(error).isPassing {
      switch verdict {
      case .keeping: return try settle(job, Verdict(error), of: kind, andTake: next)
      case .dead(let failure): return try buryAsItIs(job, failure, kind, because: error, andTake: next)
      default: throw error
      }
    }
  }

  private func record(_ verdict: Verdict, of job: Job, _ kind: JobKind, in transaction: WriteTransaction) throws {
    switch verdict {
    case .done: try finish(job, as: "done", in: transaction)
    case .again(let time): try finish(job, as: "ready", at: time, in: transaction)
    case .waiting(let sentence): try finish(job, as: "waiting", because: sentence, in: transaction)
    case .postponed(let pause, let failure): try postpone(job, by: pause, failure, in: transaction)
    case .failed(let failure): try retry(job, as: "ready", failure, in: transaction)
    case .unknown(let failure): try retry(job, as: "unknown", failure, in: transaction)
    case .dead(let failure):
      if try markDead(job, failure, in: transaction) { try kind.abandoned(job, failure, transaction) }
    case .keeping(let writing, let verdict):
      try writing(transaction)
      try record(verdict, of: job, kind, in: transaction)
    }
  }

  /// A wish that came meanwhile has set its own time (`enqueue`), which holds if it is the earlier one.
  private func finish(
    _ job: Job, as state: String, at time: Timestamp? = nil, because sentence: String? = nil,
    in transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      UPDATE jobs SET state = CASE WHEN runs_again = 1 THEN 'ready' ELSE \(state) END,
        run_at = CASE WHEN \(time) IS NULL OR (runs_again = 1 AND run_at < \(time)) THEN run_at ELSE \(time) END,
        runs_again = 0, failures = 0, crashes = 0, last_error = \(sentence), \(released)
      WHERE \(held(job))
      """)
  }

  /// For half a minute at most, however long the limit: it may be lifted sooner, and asking for it costs no call.
  private func postpone(_ job: Job, by pause: Duration, _ failure: Failure, in transaction: WriteTransaction) throws {
    let pause = min(pause, .seconds(30))
    try transaction.run(
      """
      UPDATE jobs SET attempts = attempts - 1, run_at = \(clock.now() + pause), last_error = \(failure.description),
        \(again(as: job.needsReconciling ? "unknown" : "ready")), \(released)
      WHERE \(held(job))
      """)
  }

  private func retry(_ job: Job, as state: String, _ failure: Failure, in transaction: WriteTransaction) throws {
    try transaction.run(
      """
      UPDATE jobs SET failures = failures + 1, run_at = \(clock.now() + backOff(job)),
        last_error = \(failure.description), \(again(as: state)), \(released)
      WHERE \(held(job))
      """)
  }

  /// When the old state cannot be put back the job dies all the same, rather than be tried for ever.
  private func buryAsItIs(
    _ job: Job, _ failure: Failure, _ kind: JobKind, because error: any Error,
    andTake next: (WriteTransaction) throws -> Job?
  ) throws -> Job? {
    log.error(
      "the state before a dead job could not be put back",
      metadata: ["job": .string(job.id), "kind": .string(kind.name), "err": .string(Failure(error).description)])
    return try store.write { transaction in
      _ = try markDead(job, failure, in: transaction)
      return try next(transaction)
    }
  }

  /// False when the lease was lost, or when a newer wish is to be tried instead.
  private func markDead(_ job: Job, _ failure: Failure, in transaction: WriteTransaction) throws -> Bool {
    let state = try transaction.value(
      String.self,
      """
      UPDATE jobs SET state = CASE WHEN runs_again = 1 THEN 'ready' ELSE 'dead' END, runs_again = 0,
        failures = CASE WHEN runs_again = 1 THEN 0 ELSE failures + 1 END, last_error = \(failure.description), \(released)
      WHERE \(held(job)) RETURNING state
      """)
    return state == "dead"
  }

  /// A second wish is part of the next attempt, unless that one begins by looking for the effect of the first.
  private func again(as state: String) -> SQL {
    state == "unknown" ? "state = 'unknown'" : "state = 'ready', runs_again = 0"
  }

  var released: SQL { "owner = NULL, boot_id = NULL, lease_until = NULL, updated_at = \(clock.now())" }

  /// Attempts are counted before the work, so they tell this hold on the job from any other.
  func held(_ job: Job) -> SQL {
    "id = \(job.id) AND state = 'running' AND owner = \(job.owner) AND attempts = \(job.attempts)"
  }

  /// 1, 2, 4 … seconds with full jitter: up to half a minute when people wait, else up to four minutes, so that soon after
  /// a service works again everything is done.
  private func backOff(_ job: Job) -> Duration {
    let longest: Int64 = job.priority == .interactive ? 30_000 : 240_000
    return .milliseconds(Int64.random(in: 200...min(1000 << min(job.failures, 12), longest)))
  }
}

extension Verdict {
  /// A job that has failed too often is dead.
  fileprivate func final(for job: Job, _ kind: JobKind) -> Verdict {
    switch self {
    case .failed(let failure), .unknown(let failure):
      job.failures + 1 < kind.limits.failures ? self : .dead(failure)
    default: self
    }
  }
}

extension Failure {
  /// The store cannot write at the moment, and may in a moment.
  var isPassing: Bool {
    switch kind {
    case .busy, .unavailable: true
    default: false
    }
  }
}
