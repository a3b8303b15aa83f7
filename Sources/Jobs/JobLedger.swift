import Basics
import Store

/// A job as people look at it.
public struct JobEntry: Sendable, RowDecodable, Encodable {
  public let id: String
  public let kind: String
  public let state: String
  /// Names what the job is about.
  public let lane: String
  public let attempts: Int
  public let runAt: Timestamp
  public let updatedAt: Timestamp
  public let lastError: String?
  public let correlation: String?

  enum CodingKeys: String, CodingKey {
    case id, kind, state, attempts
    case runAt = "run_at"
    case updatedAt = "updated_at"
    case lastError = "last_error"
    case correlation = "correlation_id"
  }

  public init(row: Row) throws {
    id = try row.get("id")
    kind = try row.get("kind")
    state = try row.get("state")
    lane = try row.get("lane")
    attempts = try row.get("attempts")
    runAt = try row.get("run_at")
    updatedAt = try row.get("updated_at")
    lastError = try row.optional("last_error")
    correlation = try row.optional("correlation_id")
  }
}

/// Everything that is written down of one job.
public struct JobRecord: Sendable, RowDecodable, Encodable {
  public let entry: JobEntry
  public let lane: String
  public let gate: String
  public let guild: String?
  public let payload: String
  public let failures: Int
  public let crashes: Int
  public let createdAt: Timestamp

  enum CodingKeys: String, CodingKey {
    case lane, gate, payload, failures, crashes
    case guild = "guild_id"
    case createdAt = "created_at"
  }

  public init(row: Row) throws {
    entry = try JobEntry(row: row)
    lane = try row.get("lane")
    gate = try row.get("gate")
    guild = try row.optional("guild_id")
    payload = try row.get("payload")
    failures = try row.get("failures")
    crashes = try row.get("crashes")
    createdAt = try row.get("created_at")
  }

  public func encode(to encoder: any Encoder) throws {
    try entry.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(lane, forKey: .lane)
    try values.encode(gate, forKey: .gate)
    try values.encodeIfPresent(guild, forKey: .guild)
    try values.encode(payload, forKey: .payload)
    try values.encode(failures, forKey: .failures)
    try values.encode(crashes, forKey: .crashes)
    try values.encode(createdAt, forKey: .createdAt)
  }
}

/// What people do with jobs.
extension JobQueue {
  /// Nil when there is none with this id (any more).
  public func find(_ id: String) throws -> JobRecord? {
    try store.read { try $0.first("SELECT * FROM jobs WHERE id = \(id)") }
  }

  /// The jobs in one of these states, the longest unchanged first.
  public func list(_ states: [String], limit: Int) throws -> [JobEntry] {
    try store.read {
      try $0.all("SELECT * FROM jobs WHERE state IN \(list: states) ORDER BY updated_at, id LIMIT \(limit)")
    }
  }

  /// Gives dead jobs another chance: the one with this id, or all of them. What their last attempt did may not be known,
  /// so that is looked into first.
  /// - Parameter alongside: what else is written in the transaction: who did it; is not asked when there were none.
  /// - Returns: how many there were.
  public func replay(_ id: String?, alongside: (WriteTransaction) throws -> Void = { _ in }) throws -> Int {
    try store.write { transaction in
      let count = try replay(id, of: nil, in: transaction)
      if count > 0 { try alongside(transaction) }
      return count
    }
  }

  /// - Parameter guild: only jobs of this server; nil means all.
  public func replay(_ id: String?, of guild: String?, in transaction: WriteTransaction) throws -> Int {
    let dead = try transaction.rows("SELECT id, unique_key FROM jobs WHERE \(dead(id, of: guild)) ORDER BY id DESC")
    transaction.afterCommit { [bell] in bell.ring() }
    return try dead.reduce(0) { try $0 + revive($1, in: transaction) }
  }

  private func dead(_ id: String?, of guild: String?) -> SQL {
    let one: SQL = id.map { "AND id = \($0)" } ?? ""
    let own: SQL = guild.map { "AND guild_id = \($0)" } ?? ""
    return "state = 'dead' \(one) \(own)"
  }

  /// A wish that lives again under the same key stands for the dead ones, and the latest of those for the earlier ones.
  private func revive(_ row: Row, in transaction: WriteTransaction) throws -> Int {
    let key: String? = try row.optional("unique_key")
    return try transaction.run(
      """
      UPDATE jobs SET state = 'unknown', failures = 0, crashes = 0, run_at = \(clock.now()), updated_at = \(clock.now())
      WHERE id = \(row.get("id", as: String.self)) AND NOT EXISTS (
        SELECT 1 FROM jobs AS living
        WHERE living.unique_key = \(key) AND \(JobQueue.isLiving))
      """)
  }

  /// Gives dead jobs up: the one with this id, or all of them. They are kept, as cancelled.
  /// - Parameter alongside: as of `replay`.
  /// - Returns: how many there were.
  public func discard(_ id: String?, alongside: (WriteTransaction) throws -> Void = { _ in }) throws -> Int {
    try store.write { transaction in
      let count = try discard(id, of: nil, in: transaction)
      if count > 0 { try alongside(transaction) }
      return count
    }
  }

  /// - Parameter guild: only jobs of this server; nil means all.
  public func discard(_ id: String?, of guild: String?, in transaction: WriteTransaction) throws -> Int {
    try transaction.run(
      "UPDATE jobs SET state = 'cancelled', updated_at = \(clock.now()) WHERE \(dead(id, of: guild))")
  }
}
