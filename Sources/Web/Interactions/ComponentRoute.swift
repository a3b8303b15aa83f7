import Accounts
import Discord
import Store

/// What answers a click on a component of ours: one entry for each `subject.action`.
public struct ComponentRoute: Sendable {
  public typealias Handler = @Sendable (ComponentClick, WriteTransaction) throws -> InteractionAnswer

  public let action: String
  let handler: Handler

  /// - Parameter handler: runs in the transaction that keeps its answer, and may be run again; it calls no service.
  public init(_ action: String, _ handler: @escaping Handler) {
    self.action = action
    self.handler = handler
  }
}

/// A click, decoded and with its person known. Nothing in it has been authorised yet.
public struct ComponentClick: Sendable {
  public let id: String
  public let values: [String]
  public let actor: Actor
  public let message: MessageID?
}
