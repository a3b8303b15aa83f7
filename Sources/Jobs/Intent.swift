import Basics
import Store

/// Something that is to become true outside our database, written down before anybody tries.
public struct Intent: Sendable {
  public enum Priority: Int, Sendable, CaseIterable, SQLConvertible {
    /// A person is waiting for it.
    case interactive = 0
    /// News: nobody waits for it, and it should not stand behind all that is read and posted at leisure.
    case prompt = 5
    case batch = 10
  }

  /// The name of a `JobKind`.
  public let kind: String
  /// While an intent with this key lives, a second one replaces its payload and runs it once more.
  public let uniqueKey: String?
  /// Jobs of one lane run one at a time, first in, first out.
  public let lane: String
  /// Jobs that wait for the same limit of a service, for instance one channel's.
  public let gate: String
  public let guild: String?
  public let payload: String
  public let priority: Priority
  /// Not before this instant; nil means at once.
  public let notBefore: Timestamp?

  /// - Parameter payload: the desired state, small: usually the ids of rows that hold it.
  public init(
    kind: String, uniqueKey: String?, lane: String, gate: String, guild: String? = nil, payload: some Encodable,
    priority: Priority, notBefore: Timestamp? = nil
  ) throws {
    self.kind = kind
    self.uniqueKey = uniqueKey
    self.lane = lane
    self.gate = gate
    self.guild = guild
    self.payload = try JSON.text(payload)
    self.priority = priority
    self.notBefore = notBefore
  }
}
