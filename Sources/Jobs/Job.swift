import Basics
import Store

/// An intent that somebody is working on.
public struct Job: Sendable, RowDecodable {
  public let id: String
  public let kind: String
  public let gate: String
  public let guild: String?
  public let correlation: String?
  public let createdAt: Timestamp
  /// True when an earlier attempt may have had its effect.
  public let needsReconciling: Bool
  public let priority: Intent.Priority
  let owner: String
  let attempts: Int
  let failures: Int
  private let payloadText: String

  public init(row: Row) throws {
    id = try row.get("id")
    kind = try row.get("kind")
    gate = try row.get("gate")
    guild = try row.optional("guild_id")
    correlation = try row.optional("correlation_id")
    createdAt = try row.get("created_at")
    needsReconciling = try row.get("needs_reconciling")
    priority = try row.get("priority")
    owner = try row.get("owner")
    attempts = try row.get("attempts")
    failures = try row.get("failures")
    payloadText = try row.get("payload")
  }

  /// Names this hold on the job: the next attempt has another name, unless this one met a limit, which does not count.
  public var hold: String { "\(id):\(attempts)" }

  /// What is wished. One that another version of the program wrote and this one cannot read is `.invalid`: it will be
  /// no more readable the next time.
  public func payload<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    do {
      return try JSON.decode(type, from: payloadText)
    } catch {
      throw Failure(
        .invalid, "This work (\(kind)) was written down by another version, and cannot be read.",
        cause: String(describing: error))
    }
  }
}

/// A way of making intents true. Subjects declare theirs; Bootstrap collects them.
public struct JobKind: Sendable {
  public enum Outcome: Sendable {
    case done
    /// Done for now, and to be done once more at this instant.
    case again(Timestamp)
    /// A person must do something first; the sentence says what.
    case waiting(String)
    /// That, and this is written down in the same commit: what the work found out. It is written also when the lease was
    /// lost meanwhile; until it is, the outcome of the attempt is not known.
    indirect case keeping(Writing, Outcome)
  }

  public typealias Writing = @Sendable (WriteTransaction) throws -> Void

  public enum Finding: Sendable {
    /// The earlier attempt had its effect: nothing is left to do.
    case done
    /// It had none, or doing it again is harmless.
    case repeatable
  }

  public struct Limits: Sendable {
    /// So many refused or failed attempts, and the job is dead: visible, and replayable by a person.
    public let failures: Int
    public let crashes: Int
    /// Longer than an attempt can last: a worker that takes longer hangs, and its lease is renewed no more.
    public let attempt: Duration

    public init(failures: Int = 8, crashes: Int = 5, attempt: Duration = .seconds(300)) {
      self.failures = failures
      self.crashes = crashes
      self.attempt = attempt
    }
  }

  public let name: String
  public let limits: Limits
  let preparing: @Sendable (Job, WriteTransaction) throws -> Void
  let perform: @Sendable (Job) throws -> Outcome
  let reconcile: @Sendable (Job) throws -> Finding
  let abandoned: @Sendable (Job, Failure, WriteTransaction) throws -> Void

  /// - Parameters:
  ///   - preparing: writes down, in the commit that takes the job, what must be durable before the work begins. Little,
  ///     and nothing that may refuse: a job that cannot be taken holds up all others.
  ///   - reconcile: looks whether an attempt with an unknown outcome had its effect, before it is made again.
  ///   - abandoned: puts the old state back, in the transaction in which the job dies.
  ///   - perform: throws a `Failure`; its kind decides whether, when and how the job is tried again: `.busy` and
  ///     `.unavailable` say that nothing happened, `.outcomeUnknown` and `.unexpected` that it may have, all others that
  ///     it never will.
  public init(
    _ name: String, limits: Limits = Limits(),
    preparing: @escaping @Sendable (Job, WriteTransaction) throws -> Void = { _, _ in },
    reconcile: @escaping @Sendable (Job) throws -> Finding = { _ in .repeatable },
    abandoned: @escaping @Sendable (Job, Failure, WriteTransaction) throws -> Void = { _, _, _ in },
    perform: @escaping @Sendable (Job) throws -> Outcome
  ) {
    self.name = name
    self.limits = limits
    self.preparing = preparing
    self.perform = perform
    self.reconcile = reconcile
    self.abandoned = abandoned
  }
}
