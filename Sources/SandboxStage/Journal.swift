import Basics
import HTTP
import Signatures
import Store

/// One request to one of the stand-ins, as it came and as it was answered.
struct JournalEntry: Encodable {
  var seq: Int64 = 0
  let at: Timestamp
  let service: String
  let method: String
  let path: String
  let query: String
  let headers: [String: String]
  let body: String
  let status: Int
  /// The action of the rule that bent the answer, as JSON.
  let fault: JSONValue?
  /// Whether something was changed, whatever was answered.
  let effect: Bool
  /// Our own time, without delays that were asked for.
  let microseconds: Int64
}

extension JournalEntry {
  init(
    at: Timestamp, service: String, request: Request, status: Int, fault: Fault?, hasEffect: Bool, work: Duration
  ) {
    self.at = at
    self.service = service
    method = request.method.rawValue
    path = request.path
    query = request.query.encoded
    headers = Self.kept(request.headers)
    body = String(decoding: request.body.prefix(65_536), as: UTF8.self)
    self.status = status
    self.fault = fault?.action
    effect = hasEffect
    microseconds = work.components.seconds * 1_000_000 + work.components.attoseconds / 1_000_000_000_000
  }

  private static let names = [
    "Content-Type", "User-Agent", "Accept", "Notion-Version", "X-Audit-Log-Reason", "X-Request-Id", "Idempotency-Key",
  ]

  /// A few headers; of a secret only enough to tell whether two are the same.
  private static func kept(_ headers: Headers) -> [String: String] {
    var kept: [String: String] = [:]
    for name in names { kept[name] = headers[name] }
    if let secret = headers["Authorization"] {
      kept["Authorization"] = "sha256:" + SHA256.hexadecimalDigest(secret).prefix(16)
    }
    return kept
  }
}

extension JournalEntry: RowDecodable {
  init(row: Row) throws {
    seq = try row.get("seq")
    at = try row.get("at")
    service = try row.get("service")
    method = try row.get("method")
    path = try row.get("path")
    query = try row.get("query")
    headers = try JSON.decode([String: String].self, from: row.get("headers", as: String.self))
    body = try row.get("body")
    status = try row.get("status")
    fault = try row.optional("fault", as: String.self).map { try JSON.decode(JSONValue.self, from: $0) }
    effect = try row.get("effect")
    microseconds = try row.get("microseconds")
  }
}

/// Which entries somebody wants to see; what is nil does not narrow.
struct JournalFilter {
  var service: String?
  var method: String?
  /// With `*` for any run of characters.
  var path: String?
  var after: Int64 = 0
  var limit = 100

  init(_ query: Fields) {
    service = query["service"].flatMap { $0.isEmpty ? nil : $0 }
    method = query["method"].flatMap { $0.isEmpty ? nil : $0.uppercased() }
    path = query["path"].flatMap { $0.isEmpty ? nil : $0 }
    after = query["after"].flatMap(Int64.init) ?? 0
    limit = min(max(query["limit"].flatMap(Int.init) ?? 100, 1), 1000)
  }
}

extension Stage {
  private static let keptEntries: Int64 = 20_000

  func record(_ entry: JournalEntry) throws {
    try store.write { transaction in
      let seq = (try transaction.value(Int64.self, "SELECT max(seq) FROM stage_journal") ?? 0) + 1
      try transaction.run(
        """
        INSERT INTO stage_journal
          (seq, at, service, method, path, query, headers, body, status, fault, effect, microseconds)
        VALUES (\(seq), \(entry.at), \(entry.service), \(entry.method), \(entry.path), \(entry.query),
          \(JSON.text(entry.headers)), \(entry.body), \(entry.status), \(entry.fault.map { try JSON.text($0) }),
          \(entry.effect), \(entry.microseconds))
        """)
      if seq % 500 == 0 {
        try transaction.run("DELETE FROM stage_journal WHERE seq <= \(seq - Self.keptEntries)")
      }
    }
  }

  /// Entries in the order they happened: the first after `after`, or the latest when `after` is not given.
  func journal(_ filter: JournalFilter) throws -> [JournalEntry] {
    let pattern = filter.path.map {
      $0.replacing("%", with: "\\%").replacing("_", with: "\\_").replacing("*", with: "%")
    }
    let narrowed: SQL = """
      SELECT * FROM stage_journal WHERE seq > \(filter.after)
        AND (\(filter.service) IS NULL OR service = \(filter.service))
        AND (\(filter.method) IS NULL OR method = \(filter.method))
        AND (\(pattern) IS NULL OR path LIKE \(pattern) ESCAPE '\\')
      """
    return try store.read { transaction in
      filter.after > 0
        ? try transaction.all(JournalEntry.self, "\(narrowed) ORDER BY seq LIMIT \(filter.limit)")
        : try transaction.all(JournalEntry.self, "\(narrowed) ORDER BY seq DESC LIMIT \(filter.limit)").reversed()
    }
  }

  func clearJournal() throws { try store.write { _ = try $0.run("DELETE FROM stage_journal") } }
}
