import Basics
import Store

/// How a batch program fares: its last run and its last success.
public struct BatchRun: Sendable, RowDecodable, Encodable {
  public let program: String
  /// How often a scheduler is to start it; nil when only people do.
  public let period: Duration?
  public let startedAt: Timestamp
  /// Nil while the first run is at work, or when it was ended half-way.
  public let finishedAt: Timestamp?
  public let succeededAt: Timestamp?
  /// How long the last finished run took.
  public let duration: Duration?
  /// Why the last run failed; nil when it went well.
  public let error: String?
  public let failuresInARow: Int

  public init(row: Row) throws {
    program = try row.get("program")
    period = try row.optional("period_ms", as: Int64.self).map { .milliseconds($0) }
    startedAt = try row.get("started_at")
    finishedAt = try row.optional("finished_at")
    succeededAt = try row.optional("succeeded_at")
    duration = try row.optional("duration_ms", as: Int64.self).map { .milliseconds($0) }
    error = try row.optional("error")
    failuresInARow = try row.get("failures")
  }

  enum CodingKeys: String, CodingKey {
    case program, error, seconds
    case periodSeconds = "period_seconds"
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case succeededAt = "succeeded_at"
    case failuresInARow = "failures_in_a_row"
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(program, forKey: .program)
    try values.encodeIfPresent(period.map { $0.milliseconds / 1000 }, forKey: .periodSeconds)
    try values.encode(startedAt.description, forKey: .startedAt)
    try values.encodeIfPresent(finishedAt?.description, forKey: .finishedAt)
    try values.encodeIfPresent(succeededAt?.description, forKey: .succeededAt)
    try values.encodeIfPresent(duration.map { Double($0.milliseconds) / 1000 }, forKey: .seconds)
    try values.encodeIfPresent(error, forKey: .error)
    try values.encode(failuresInARow, forKey: .failuresInARow)
  }
}
