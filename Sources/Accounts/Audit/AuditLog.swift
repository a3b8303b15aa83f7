import Basics
import Discord
import Signatures
import Store

/// What was done by those who may do things, for ever: one row for each, in the transaction of what was done, chained
/// by digests so that nothing can be changed or left out unseen. Each server has a chain, and so has the hall as a
/// whole.
public struct AuditLog: Sendable {
  let clock: WallClock

  public init(clock: WallClock) { self.clock = clock }

  public static let migration = AuditTables.migration

  /// Writes an entry down. Call it once for each change, in the change's own transaction.
  public func record(_ entry: AuditEntry, in transaction: WriteTransaction) throws {
    let chain = AuditChain(entry.server)
    let last = try chain.head(transaction)
    let now = clock.now()
    let details = try AuditDetails(entry)
    var row = AuditRow(
      chain: chain, position: last.position + 1, at: now, actorKind: entry.actor.kind,
      actorKey: try key(of: entry.actor, in: chain, at: now, transaction), action: entry.event.name,
      targetKind: entry.target?.kind, targetID: try targetID(entry.target, in: chain, at: now, transaction),
      outcome: entry.outcome, request: entry.request.map { String($0.prefix(100)) }, detailsDigest: details?.digest)
    row.digest = row.digest(after: last.digest)
    try row.insert(transaction)
    try details?.insert(row, transaction)
  }

  private func targetID(
    _ target: AuditTarget?, in chain: AuditChain, at time: Timestamp, _ transaction: WriteTransaction
  ) throws -> String? {
    guard let target, let person = target.person else { return target?.id }
    return try key(of: .person(person, name: target.name ?? ""), in: chain, at: time, transaction)
  }

  /// The key that stands for a person in the log of a server; nil while there is nothing of them in it.
  static func key(of user: UserID, in server: GuildID?, _ queries: some Queries) throws -> String? {
    try queries.value(
      """
      SELECT party_key FROM audit_parties
      WHERE chain = \(AuditChain(server)) AND kind = 'person' AND party_id = \(user)
      """)
  }

  /// The key of chance that stands for somebody in the log; a new one for whoever is not known (any more).
  private func key(
    of actor: AuditActor, in chain: AuditChain, at time: Timestamp, _ transaction: WriteTransaction
  ) throws -> String {
    let known = try transaction.rows(
      """
      SELECT party_key, name, seen_at FROM audit_parties
      WHERE chain = \(chain) AND kind = \(actor.kind) AND party_id = \(actor.id)
      """
    ).first
    // Retention counts in months, so once a day is enough to note that somebody was seen: every click writes less.
    if let known, try isFresh(known, actor, at: time) { return try known.get("party_key") }
    return try remember(actor, in: chain, at: time, transaction)
  }

  private func isFresh(_ known: Row, _ actor: AuditActor, at time: Timestamp) throws -> Bool {
    let (name, seen): (String, Timestamp) = (try known.get("name"), try known.get("seen_at"))
    return (actor.name.isEmpty || actor.name == name) && seen <= time && time - seen < .seconds(86_400)
  }

  private func remember(
    _ actor: AuditActor, in chain: AuditChain, at time: Timestamp, _ transaction: WriteTransaction
  ) throws -> String {
    let key: String? = try transaction.value(
      """
      INSERT INTO audit_parties (party_key, chain, kind, party_id, name, seen_at)
      VALUES (\(RandomToken.base62(bits: 128)), \(chain), \(actor.kind), \(actor.id), \(actor.name), \(time))
      ON CONFLICT (chain, kind, party_id) DO UPDATE SET seen_at = excluded.seen_at,
        name = CASE WHEN excluded.name = '' THEN audit_parties.name ELSE excluded.name END
      RETURNING party_key
      """)
    guard let key else { throw Failure(.unexpected, "Who did this could not be written down.") }
    return key
  }
}

extension AuditActor {
  var kind: String {
    switch self {
    case .person: "person"
    case .key: "key"
    case .program: "program"
    case .operator: "operator"
    }
  }

  var id: String {
    switch self {
    case .person(let user, _): user.rawValue
    case .key(let id, _): id
    case .program(let name), .operator(let name): name
    }
  }

  var name: String {
    switch self {
    case .person(_, let name), .key(_, let name), .program(let name), .operator(let name): String(name.prefix(200))
    }
  }
}
