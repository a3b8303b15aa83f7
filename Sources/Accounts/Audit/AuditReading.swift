import Basics
import Discord
import Store

/// Which rows somebody looks for; nil is all.
public struct AuditFilter: Sendable, Hashable {
  /// A Discord id or a name, of a person, key or program.
  public var actor: String?
  public var action: String?
  /// The id of what it was done to; of a person, their Discord id.
  public var target: String?
  public var from: Timestamp?
  /// The first instant that is too late.
  public var until: Timestamp?

  public init() {}
}

/// A row as people read it.
public struct AuditRecord: Sendable {
  public let position: Int
  public let at: Timestamp
  public let actorKind: String
  /// Nil, as the name, when the person was erased.
  public let actorID: String?
  public let actorName: String?
  public let action: String
  public let targetKind: String?
  public let targetID: String?
  public let targetName: String?
  public let before: String?
  public let after: String?
  public let outcome: AuditEntry.Outcome
  public let request: String?
  public let digest: String
  /// Whether names or values were kept once and are erased.
  public let isErased: Bool
}

/// A place between two rows, as it stands in an address.
public struct AuditCursor: Sendable, Hashable, LosslessStringConvertible {
  let at: Timestamp
  let position: Int

  init(_ record: AuditRecord) { (at, position) = (record.at, record.position) }

  public init?(_ description: String) {
    let parts = description.split(separator: ".").compactMap { Int64($0) }
    guard parts.count == 2, description == "\(parts[0]).\(parts[1])" else { return nil }
    (at, position) = (Timestamp(milliseconds: parts[0]), Int(parts[1]))
  }

  public var description: String { "\(at.milliseconds).\(position)" }
}

/// Some rows, the newest first, and where those before and after them begin.
public struct AuditPage: Sendable {
  public let records: [AuditRecord]
  public let older: AuditCursor?
  public let newer: AuditCursor?
}

extension AuditLog {
  public enum Place: Sendable, Hashable {
    case newest
    case olderThan(AuditCursor)
    case newerThan(AuditCursor)
  }

  /// Rows of a server (nil: of the hall), the newest first. Every filter has its index, so the cost does not grow with
  /// the log.
  public static func page(
    of server: GuildID?, _ filter: AuditFilter, _ place: Place = .newest, limit: Int, _ queries: some Queries
  ) throws -> AuditPage {
    let chain = AuditChain(server)
    let rows = try AuditQuery.all(chain, filter, queries).flatMap { query in
      try queries.rows(query.sql(place, limit: limit + 1)).map(AuditRecord.init(row:))
    }
    let isUpwards = if case .newerThan = place { true } else { false }
    let nearest = rows.sorted { isUpwards ? $0.precedes($1) : $1.precedes($0) }.prefix(limit)
    let records = isUpwards ? Array(nearest.reversed()) : Array(nearest)
    let isMore = rows.count > limit
    return AuditPage(
      records: records,
      older: isMore || isUpwards ? records.last.map(AuditCursor.init) : nil,
      newer: (isUpwards ? isMore : place != .newest) ? records.first.map(AuditCursor.init) : nil)
  }
}

extension AuditRecord {
  fileprivate func precedes(_ other: AuditRecord) -> Bool { (at, position) < (other.at, other.position) }

  init(row: Row) throws {
    let entry = try AuditRow(row: row)
    let details = try AuditDetails(row: row)
    let isPerson = entry.targetKind == "person"
    self.init(
      position: entry.position, at: entry.at, actorKind: entry.actorKind, actorID: try row.optional("actor_id"),
      actorName: try row.optional("actor_name"), action: entry.action, targetKind: entry.targetKind,
      targetID: isPerson ? try row.optional("person_id") : entry.targetID,
      targetName: isPerson ? try row.optional("person_name") : details?.targetName, before: details?.before,
      after: details?.after, outcome: entry.outcome, request: entry.request, digest: entry.digest,
      isErased: entry.detailsDigest != nil && details == nil)
  }
}

/// A filter as one range of one index.
struct AuditQuery {
  let chain: AuditChain
  let actor: String?
  let action: String?
  let target: String?
  let from: Timestamp?
  let until: Timestamp?

  /// One for each key that a name or id may stand for: some five people can share a name.
  static func all(_ chain: AuditChain, _ filter: AuditFilter, _ queries: some Queries) throws -> [AuditQuery] {
    let actors =
      try filter.actor.map { try queries.values(String.self, parties($0, in: chain)).map(Optional.some) } ?? [nil]
    let targets = try filter.target.map { text in
      try [text]
        + queries.values(
          String.self,
          "SELECT party_key FROM audit_parties WHERE chain = \(chain) AND kind = 'person' AND party_id = \(text)")
    }
    return actors.flatMap { actor in
      (targets.map { $0.map(Optional.some) } ?? [nil]).map { target in
        AuditQuery(
          chain: chain, actor: actor, action: filter.action, target: target, from: filter.from, until: filter.until)
      }
    }
  }

  static func parties(_ text: String, in chain: AuditChain) -> SQL {
    """
    SELECT party_key FROM audit_parties
    WHERE chain = \(chain) AND (name = \(text) COLLATE NOCASE
      OR (kind IN ('person', 'key', 'program', 'operator') AND party_id = \(text)))
    ORDER BY seen_at DESC, party_key LIMIT 5
    """
  }

  func sql(_ place: AuditLog.Place, limit: Int) -> SQL {
    let conditions = [
      actor.map { "AND audit_log.actor_key = \($0)" as SQL }, action.map { "AND audit_log.action = \($0)" },
      target.map { "AND audit_log.target_id = \($0)" }, from.map { "AND audit_log.at >= \($0)" },
      until.map { "AND audit_log.at < \($0)" }, place.condition,
    ].compactMap(\.self)
    let condition = conditions.reduce("") { "\($0) \($1)" as SQL }
    return """
      SELECT audit_log.*, audit_details.salt, audit_details.target_name, audit_details.before, audit_details.after,
        actors.party_id AS actor_id, actors.name AS actor_name, people.party_id AS person_id, people.name AS person_name
      FROM audit_log
      LEFT JOIN audit_details
        ON audit_details.chain = audit_log.chain AND audit_details.position = audit_log.position
      LEFT JOIN audit_parties AS actors ON actors.party_key = audit_log.actor_key
      LEFT JOIN audit_parties AS people ON audit_log.target_kind = 'person' AND people.party_key = audit_log.target_id
      WHERE audit_log.chain = \(chain) \(condition)
      \(place.order) LIMIT \(limit)
      """
  }
}

extension AuditLog.Place {
  fileprivate var condition: SQL? {
    switch self {
    case .newest: nil
    case .olderThan(let cursor): "AND (audit_log.at, audit_log.position) < (\(cursor.at), \(cursor.position))"
    case .newerThan(let cursor): "AND (audit_log.at, audit_log.position) > (\(cursor.at), \(cursor.position))"
    }
  }

  fileprivate var order: SQL {
    if case .newerThan = self { return "ORDER BY audit_log.at, audit_log.position" }
    return "ORDER BY audit_log.at DESC, audit_log.position DESC"
  }
}
