import Store

/// The jobs of a server, sorted for people by what they may have to do about them.
public enum JobShelf: String, Sendable, CaseIterable {
  /// Tried until its attempts were over; somebody has to look.
  case dead
  /// Not done yet: due soon, tried again later, or held up.
  case waiting
  case running

  var states: [String] {
    switch self {
    case .dead: ["dead"]
    case .waiting: ["ready", "waiting", "unknown"]
    case .running: ["running"]
    }
  }

  /// A page of the shelf, the latest changed first.
  public func page(of guild: String, from start: Keyset?, limit: Int, _ queries: some Queries) throws -> ListPage<
    JobEntry
  > {
    let start = start.flatMap { $0.isNumber ? $0 : nil }
    let rows: [JobEntry] = try queries.all(statement(of: guild, from: start, limit: limit + 1))
    return ListPage(rows, limit: limit, from: start) { ($0.updatedAt.sqlValue, id: $0.id) }
  }

  /// One job of the shelf; nil when it stands elsewhere, or belongs to another server.
  public func job(_ id: String, of guild: String, _ queries: some Queries) throws -> JobEntry? {
    try queries.first("SELECT * FROM jobs WHERE id = \(id) AND guild_id = \(guild) AND state IN \(list: states)")
  }

  /// How many there are, counted up to a limit.
  public func count(of guild: String, upTo limit: Int, _ queries: some Queries) throws -> Int {
    try queries.value(counting(of: guild, upTo: limit)) ?? 0
  }

  func counting(of guild: String, upTo limit: Int) -> SQL {
    """
    SELECT count(*) FROM (SELECT 1 FROM jobs WHERE guild_id = \(guild) AND state IN \(list: states) AND \(JobQueue.isShown)
      LIMIT \(limit))
    """
  }

  /// Each state's jobs stand in the list's order; the first of all are the first of each.
  func statement(of guild: String, from start: Keyset?, limit: Int) -> SQL {
    let isDown = start.descends(in: true)
    let inOrder: SQL = isDown ? "ORDER BY updated_at DESC, id DESC" : "ORDER BY updated_at, id"
    let parts = states.map { state in
      """
      SELECT * FROM (SELECT * FROM jobs WHERE guild_id = \(guild) AND state = \(state) AND \(JobQueue.isShown)
        \(start.behind("updated_at", descending: isDown)) \(inOrder) LIMIT \(limit))
      """ as SQL
    }
    let all = parts.dropFirst().reduce(parts[0]) { "\($0) UNION ALL \($1)" }
    return "SELECT * FROM (\(all)) \(inOrder) LIMIT \(limit)"
  }
}
