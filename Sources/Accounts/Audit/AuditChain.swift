import Basics
import Discord
import Signatures
import Store

/// The rows of one server, or of the hall: each holds a digest of itself and of the one before.
struct AuditChain: RawRepresentable, Sendable, Hashable, SQLConvertible {
  let rawValue: String

  init(rawValue: String) { self.rawValue = rawValue }
  init(_ server: GuildID?) { rawValue = server?.rawValue ?? "hall" }

  /// Every chain there is, found without reading their rows.
  static func all(_ queries: some Queries) throws -> [AuditChain] {
    try queries.values(
      """
      WITH RECURSIVE chains (chain) AS (
        SELECT min(chain) FROM audit_log
        UNION ALL
        SELECT (SELECT min(chain) FROM audit_log WHERE chain > chains.chain) FROM chains WHERE chains.chain IS NOT NULL
      ) SELECT chain FROM chains WHERE chain IS NOT NULL ORDER BY chain
      """)
  }

  /// The last row; before the first one, a digest of the chain's name.
  func head(_ queries: some Queries) throws -> (position: Int, digest: String) {
    let row = try queries.rows(
      "SELECT position, digest FROM audit_log WHERE chain = \(self) ORDER BY position DESC LIMIT 1"
    ).first
    guard let row else { return (0, origin) }
    return (try row.get("position"), try row.get("digest"))
  }

  var origin: String { SHA256.hexadecimalDigest("guildhall audit|\(rawValue)") }
}

/// One row of the log.
struct AuditRow: RowDecodable {
  let chain: AuditChain
  let position: Int
  let at: Timestamp
  let actorKind: String
  let actorKey: String
  let action: String
  let targetKind: String?
  let targetID: String?
  let outcome: AuditEntry.Outcome
  let request: String?
  let detailsDigest: String?
  var digest = ""

  /// SHA-256 over the digest before and every column, as netstrings, so that no two rows are written alike.
  func digest(after previous: String) -> String {
    netstringDigest([
      previous, chain.rawValue, String(position), String(at.milliseconds), actorKind, actorKey, action, targetKind,
      targetID, outcome.rawValue, request, detailsDigest,
    ])
  }

  func insert(_ transaction: WriteTransaction) throws {
    try transaction.run(
      """
      INSERT INTO audit_log (chain, position, at, actor_kind, actor_key, action, target_kind, target_id, outcome,
        request_id, details_digest, digest)
      VALUES (\(chain), \(position), \(at), \(actorKind), \(actorKey), \(action), \(targetKind), \(targetID), \(outcome),
        \(request), \(detailsDigest), \(digest))
      """)
  }
}

extension AuditRow {
  init(row: Row) throws {
    self.init(
      chain: try row.get("chain"), position: try row.get("position"), at: try row.get("at"),
      actorKind: try row.get("actor_kind"), actorKey: try row.get("actor_key"), action: try row.get("action"),
      targetKind: try row.optional("target_kind"), targetID: try row.optional("target_id"),
      outcome: try row.get("outcome"), request: try row.optional("request_id"),
      detailsDigest: try row.optional("details_digest"), digest: try row.get("digest"))
  }
}

/// What can be erased. The salt goes with it, so that what it was cannot be guessed from the digest.
struct AuditDetails {
  let salt: String
  let targetName: String?
  let before: String?
  let after: String?

  /// Nil when there is nothing to keep.
  init?(_ entry: AuditEntry) throws {
    // A person's name stands with their key.
    targetName = entry.target?.person == nil ? entry.target?.name.map { String($0.prefix(200)) } : nil
    before = entry.before.map { String($0.prefix(4000)) }
    after = entry.after.map { String($0.prefix(4000)) }
    salt = try RandomToken.base62(bits: 128)
    if targetName == nil, before == nil, after == nil { return nil }
  }

  /// Nil where none are kept (any more). Columns of a join with the log.
  init?(row: Row) throws {
    guard let salt: String = try row.optional("salt") else { return nil }
    self.salt = salt
    targetName = try row.optional("target_name")
    before = try row.optional("before")
    after = try row.optional("after")
  }

  var digest: String { netstringDigest([salt, targetName, before, after]) }

  func insert(_ row: AuditRow, _ transaction: WriteTransaction) throws {
    try transaction.run(
      """
      INSERT INTO audit_details (chain, position, at, salt, target_name, before, after)
      VALUES (\(row.chain), \(row.position), \(row.at), \(salt), \(targetName), \(before), \(after))
      """)
  }
}

/// Each part as `length:bytes,`; a part that is not there as `-,`.
private func netstringDigest(_ parts: [String?]) -> String {
  var text = ""
  for part in parts { text += part.map { "\($0.utf8.count):\($0)," } ?? "-," }
  return SHA256.hexadecimalDigest(text)
}
