import Basics
import Store

/// What an attempt came to.
enum Verdict: Sendable {
  case done
  case again(Timestamp)
  case waiting(String)
  /// A limit is used up: the attempt does not count.
  case postponed(Duration, String)
  /// Nothing happened; again after a while.
  case failed(String)
  /// It may have happened; look first.
  case unknown(String)
  case dead(Failure)

  init(_ error: any Error) {
    let failure = Failure(error)
    switch failure.kind {
    case .busy(let retryAfter): self = .postponed(retryAfter ?? .seconds(1), failure.description)
    case .unavailable, .unexpected: self = .failed(failure.description)
    case .outcomeUnknown: self = .unknown(failure.description)
    case .invalid, .unauthenticated, .denied, .notFound, .conflict: self = .dead(failure)
    }
  }
}

extension JobQueue {
  /// Records what came of an attempt. Does nothing when the lease was lost meanwhile: somebody else has the job.
  func settle(_ job: Job, _ verdict: Verdict, of kind: JobKind) throws {
    try store.write { transaction in
      switch verdict {
      case .done: try finish(job, as: "done", in: transaction)
      case .again(let time): try finish(job, as: "ready", at: time, in: transaction)
      case .waiting(let sentence): try finish(job, as: "waiting", because: sentence, in: transaction)
      case .postponed(let pause, let sentence): try postpone(job, by: pause, sentence, in: transaction)
      case .failed(let sentence): try retry(job, kind, as: "ready", sentence, in: transaction)
      case .unknown(let sentence): try retry(job, kind, as: "unknown", sentence, in: transaction)
      case .dead(let failure): try bury(job, kind, failure, in: transaction)
      }
    }
  }

  /// A wish that came meanwhile has set its own time (`enqueue`), which holds if it is the earlier one.
  private func finish(
    _ job: Job, as state: String, at time: Timestamp? = nil, because error: String? = nil, in transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      UPDATE jobs SET state = CASE WHEN runs_again = 1 THEN 'ready' ELSE \(state) END,
        run_at = CASE WHEN \(time) IS NULL OR (runs_again = 1 AND run_at < \(time)) THEN run_at ELSE \(time) END,
        runs_again = 0, failures = 0, crashes = 0, last_error = \(error), \(released)
      WHERE \(held(job))
      """)
    transaction.afterCommit { [bell] in bell.ring() }
  }

  private func postpone(_ job: Job, by pause: Duration, _ error: String, in transaction: WriteTransaction) throws {
    let state = job.needsReconciling ? "unknown" : "ready"
    try transaction.run(
      """
      UPDATE jobs SET state = \(state), attempts = attempts - 1, run_at = \(clock.now() + pause), runs_again = 0,
        last_error = \(error), \(released)
      WHERE \(held(job))
      """)
  }

  private func retry(
    _ job: Job, _ kind: JobKind, as state: String, _ error: String, in transaction: WriteTransaction
  ) throws {
    guard job.failures + 1 < kind.limits.failures else {
      return try bury(job, kind, Failure(.unavailable, error), in: transaction)
    }
    try transaction.run(
      """
      UPDATE jobs SET state = \(state), failures = failures + 1, run_at = \(clock.now() + backOff(after: job.failures)),
        runs_again = 0, last_error = \(error), \(released)
      WHERE \(held(job))
      """)
  }

  private func bury(_ job: Job, _ kind: JobKind, _ failure: Failure, in transaction: WriteTransaction) throws {
    // A wish that came meanwhile is another one, and gets its own chance.
    let revived = try transaction.run(
      """
      UPDATE jobs SET state = 'ready', runs_again = 0, failures = 0, crashes = 0, last_error = \(failure.description),
        \(released)
      WHERE \(held(job)) AND runs_again = 1
      """)
    if revived == 1 { return }
    let buried = try transaction.run(
      "UPDATE jobs SET state = 'dead', last_error = \(failure.description), \(released) WHERE \(held(job))")
    if buried == 1 { try kind.abandoned(job, failure, transaction) }
  }

  private var released: SQL { "owner = NULL, boot_id = NULL, lease_until = NULL, updated_at = \(clock.now())" }

  private func held(_ job: Job) -> SQL {
    "id = \(job.id) AND state = 'running' AND owner = \(host.owner) AND attempts = \(job.attempts)"
  }

  /// 1, 2, 4 … seconds up to an hour, with full jitter.
  private func backOff(after failures: Int) -> Duration {
    .milliseconds(Int64.random(in: 200...(1000 << min(failures, 12))).clamped(to: 200...3_600_000))
  }
}

extension Comparable {
  fileprivate func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
