/// A row as files and programs read it.
public struct AuditLine: Encodable {
  let position: Int
  let at: String
  let actorKind: String
  let actorID: String?
  let actorName: String?
  let action: String
  let targetKind: String?
  let targetID: String?
  let targetName: String?
  let before: String?
  let after: String?
  let outcome: String
  let request: String?
  let isErased: Bool
  let digest: String

  enum CodingKeys: String, CodingKey, CaseIterable {
    case position, at
    case actorKind = "actor_kind"
    case actorID = "actor_id"
    case actorName = "actor_name"
    case action
    case targetKind = "target_kind"
    case targetID = "target_id"
    case targetName = "target_name"
    case before, after, outcome
    case request = "request_id"
    case isErased = "erased"
    case digest
  }

  public init(_ record: AuditRecord) {
    position = record.position
    at = record.at.description
    actorKind = record.actorKind
    actorID = record.actorID
    actorName = record.actorName
    action = record.action
    targetKind = record.targetKind
    targetID = record.targetID
    targetName = record.targetName
    before = record.before
    after = record.after
    outcome = record.outcome.rawValue
    request = record.request
    isErased = record.isErased
    digest = record.digest
  }

  public static let names = CodingKeys.allCases.map(\.rawValue)

  public var cells: [String] {
    [
      String(position), at, actorKind, actorID ?? "", actorName ?? "", action, targetKind ?? "", targetID ?? "",
      targetName ?? "", before ?? "", after ?? "", outcome, request ?? "", isErased ? "yes" : "", digest,
    ]
  }
}
