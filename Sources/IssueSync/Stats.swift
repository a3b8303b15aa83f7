import Basics
import Store

/// Figures about the issues of all mappings, for the dashboard. Totals only: no titles, no names.
public struct Stats: Encodable, Sendable {
  public let total: Int
  public let open: Int
  public let fixed: Int
  public let byStatus: [String: Int]
  public let mappings: [Health]

  public struct Health: Encodable, Sendable {
    public let name: String
    public let issues: Int
    public let lastRun: Timestamp?
    public let lastError: String?

    enum CodingKeys: String, CodingKey {
      case name, issues
      case lastRun = "last_run"
      case lastError = "last_error"
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(issues, forKey: .issues)
      try container.encode(lastRun?.description, forKey: .lastRun)
      try container.encode(lastError, forKey: .lastError)
    }
  }

  enum CodingKeys: String, CodingKey {
    case total, open, fixed, mappings
    case byStatus = "by_status"
  }

  public init(_ queries: some Queries) throws {
    let counts = try queries.rows(
      """
      SELECT status, is_fixed, count(*) AS number FROM issues WHERE is_removed = 0
      GROUP BY status, is_fixed ORDER BY status
      """)
    var byStatus: [String: Int] = [:]
    var fixed = 0
    for row in counts {
      byStatus[try row.get("status"), default: 0] += try row.get("number")
      if try row.get("is_fixed") { fixed += try row.get("number") }
    }
    self.byStatus = byStatus
    self.fixed = fixed
    total = byStatus.values.reduce(0, +)
    open = total - fixed
    mappings = try queries.all("SELECT * FROM sync_mappings ORDER BY created_at, id").map { try Health($0, queries) }
  }
}

extension Stats.Health {
  fileprivate init(_ mapping: Mapping, _ queries: some Queries) throws {
    name = mapping.name
    issues = try queries.value("SELECT count(*) FROM issues WHERE mapping_id = \(mapping.id) AND is_removed = 0") ?? 0
    let last = try queries.rows(
      """
      SELECT finished_at, error FROM sync_logs WHERE mapping_id = \(mapping.id) ORDER BY started_at DESC LIMIT 1
      """
    ).first
    lastRun = try last?.optional("finished_at")
    lastError = try last?.optional("error")
  }
}
