import Basics
import Discord
import Store

/// How well a mapping is synced.
public struct MappingHealth: Encodable, Sendable {
  public enum State: String, Encodable, Sendable {
    case working, failing, waiting, paused
  }

  public let id: String
  public let name: String
  public let channel: ChannelID
  public let state: State
  public let issues: Int
  public let lastRun: Timestamp?
  /// Since the last run that read everything it meant to, in seconds.
  public let lagSeconds: Int64?
  public let failuresInARow: Int
  /// What the last run failed of, or what is wrong with the mapping itself, in words.
  public let lastError: String?

  /// So many failed runs in a row are worth an alarm.
  public static let alarming = 3

  enum CodingKeys: String, CodingKey {
    case id, name, state, issues
    case lastRun = "last_run"
    case lagSeconds = "lag_s"
    case failuresInARow = "failures_in_a_row"
    case lastError = "last_error"
  }

  init(_ mapping: Mapping, at now: Timestamp, _ queries: some Queries) throws {
    id = mapping.id
    name = mapping.name
    channel = mapping.channel
    issues = try IssueCounts.number(in: mapping.id, queries)
    let runs = try queries.rows(
      """
      SELECT finished_at, is_complete, error FROM sync_logs WHERE mapping_id = \(mapping.id)
      ORDER BY started_at DESC LIMIT 20
      """)
    lastRun = try runs.first?.optional("finished_at")
    lastError = try runs.first?.optional("error") ?? mapping.problem ?? mapping.placeProblem
    failuresInARow = try runs.prefix { try $0.optional("error", as: String.self) != nil }.count
    let complete = try runs.first { try $0.get("is_complete") }
    lagSeconds = try complete.map { (now - (try $0.get("finished_at", as: Timestamp.self))).milliseconds / 1000 }
    state = mapping.isPaused ? .paused : lastRun == nil ? .waiting : lastError != nil ? .failing : .working
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(name, forKey: .name)
    try container.encode(state, forKey: .state)
    try container.encode(issues, forKey: .issues)
    try container.encode(lastRun?.description, forKey: .lastRun)
    try container.encode(lagSeconds, forKey: .lagSeconds)
    try container.encode(failuresInARow, forKey: .failuresInARow)
    try container.encode(lastError, forKey: .lastError)
  }
}
