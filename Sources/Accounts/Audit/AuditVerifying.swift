import Basics
import Store

/// Where a chain ended once. Kept with backups and logs, it tells later whether rows were cut off since.
public struct AuditHead: Codable, Sendable, Hashable {
  /// The server's id, or `hall`.
  public let chain: String
  public let position: Int
  public let digest: String
}

/// What looking through the log came to.
public struct AuditVerdict: Sendable, Encodable {
  public struct Fault: Sendable, Encodable, Hashable {
    public let chain: String
    public let position: Int
    public let sentence: String
  }

  public internal(set) var rows = 0
  public internal(set) var chains = 0
  /// How many rows have had their names and values erased; they are sound all the same.
  public internal(set) var erased = 0
  /// The first broken row of each broken chain.
  public internal(set) var faults: [Fault] = []
}

extension AuditLog {
  public static func heads(_ queries: some Queries) throws -> [AuditHead] {
    try AuditChain.all(queries).map { chain in
      let head = try chain.head(queries)
      return AuditHead(chain: chain.rawValue, position: head.position, digest: head.digest)
    }
  }

  /// Computes every digest anew.
  /// - Parameters:
  ///   - only: one chain by its name; nil is all of them.
  ///   - known: heads from before: their rows must still be there, as they were.
  public static func verify(_ store: DataStore, only: String? = nil, known: [AuditHead] = []) throws -> AuditVerdict {
    let found = try store.read { try AuditChain.all($0) }
    let expected = known.filter { $0.position > 0 }.map { AuditChain(rawValue: $0.chain) }
    let chains = Set(found + expected).filter { only == nil || $0.rawValue == only }
    var verdict = AuditVerdict()
    for chain in chains.sorted(by: { $0.rawValue < $1.rawValue }) {
      let heads = known.filter { $0.chain == chain.rawValue }
      verdict.chains += 1
      if let fault = try chain.walk(store, heads, &verdict) { verdict.faults.append(fault) }
    }
    return verdict
  }
}

extension AuditChain {
  private static let stride = 2000

  /// From the first row to the last, some at a time: nothing can change behind us.
  fileprivate func walk(
    _ store: DataStore, _ heads: [AuditHead], _ verdict: inout AuditVerdict
  ) throws -> AuditVerdict.Fault? {
    var (position, digest) = (0, origin)
    while true {
      let rows = try store.read { try $0.rows(part(after: position)) }
      for row in rows {
        let entry = try AuditRow(row: row)
        if let sentence = try fault(entry, try AuditDetails(row: row), after: position, digest, heads) {
          return AuditVerdict.Fault(chain: rawValue, position: position + 1, sentence: sentence)
        }
        (position, digest) = (entry.position, entry.digest)
        verdict.rows += 1
        if try entry.detailsDigest != nil && row.optional("salt", as: String.self) == nil { verdict.erased += 1 }
      }
      if rows.count < Self.stride { break }
    }
    return heads.first { $0.position > position }.map { head in
      AuditVerdict.Fault(
        chain: rawValue, position: position + 1,
        sentence: "The chain ends at row \(position), and was known up to row \(head.position): rows were cut off.")
    }
  }

  func part(after position: Int) -> SQL {
    """
    SELECT audit_log.*, audit_details.salt, audit_details.target_name, audit_details.before, audit_details.after
    FROM audit_log LEFT JOIN audit_details
      ON audit_details.chain = audit_log.chain AND audit_details.position = audit_log.position
    WHERE audit_log.chain = \(self) AND audit_log.position > \(position)
    ORDER BY audit_log.position LIMIT \(Self.stride)
    """
  }

  /// What is wrong with the row that should follow, in words.
  private func fault(
    _ row: AuditRow, _ details: AuditDetails?, after position: Int, _ digest: String, _ heads: [AuditHead]
  ) throws -> String? {
    if row.position != position + 1 { return "Row \(position + 1) is missing." }
    if row.digest(after: digest) != row.digest {
      return "Row \(row.position) was changed, or a row before it: its digest does not fit."
    }
    if let details, details.digest != row.detailsDigest {
      return "The names or values of row \(row.position) were changed."
    }
    if let head = heads.first(where: { $0.position == row.position }), head.digest != row.digest {
      return "Row \(row.position) is not the one that was known: the chain was written anew."
    }
    return nil
  }
}
