/// What a component of ours is called: `subject.action:id`, at most 100 characters. Anybody can see and forge it, so
/// the id is looked up in the server of the click, and the person is authorised anew.
public struct CustomID: Sendable, Hashable, LosslessStringConvertible {
  /// `subject.action`
  public let action: String
  public let id: String

  public init(action: String, id: String) {
    self.action = action
    self.id = id
  }

  public init?(_ description: String) {
    let parts = description.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, description.utf16.count <= 100 else { return nil }
    self.init(action: String(parts[0]), id: String(parts[1]))
  }

  public var description: String { "\(action):\(id)" }
}
