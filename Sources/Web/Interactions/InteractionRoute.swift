import Accounts
import Discord
import Store

/// What answers one thing people can do in Discord: an entry for each `subject.action` of a component or form, and for
/// each command.
public struct InteractionRoute: Sendable {
  public enum Trigger: Hashable, Sendable {
    /// A button or select, by the action in its custom id.
    case component(String)
    /// A form that was sent, likewise.
    case modal(String)
    /// A command with its subcommand: `issue show`.
    case command(String)
    /// An option of that command is being typed.
    case autocomplete(String)

    /// `issue.fix`, or the command's name.
    var name: String {
      switch self {
      case .component(let name), .modal(let name), .command(let name), .autocomplete(let name): name
      }
    }
  }

  enum Handler: Sendable {
    case answers(@Sendable (Ask, WriteTransaction) throws -> InteractionAnswer)
    case suggests(@Sendable (Ask, ReadTransaction) throws -> [InteractionAnswer.Choice])
  }

  public let trigger: Trigger
  /// What the person must be allowed. The door asks, so that no handler can forget to.
  public let action: Action
  let handler: Handler

  /// - Parameter answer: runs in the transaction that keeps its answer, and may be run again; it calls no service.
  public init(
    _ trigger: Trigger, _ action: Action,
    _ answer: @escaping @Sendable (Ask, WriteTransaction) throws -> InteractionAnswer
  ) {
    self.trigger = trigger
    self.action = action
    handler = .answers(answer)
  }

  /// Suggestions change nothing, so they only read.
  public init(
    suggestingFor command: String, _ action: Action,
    _ suggest: @escaping @Sendable (Ask, ReadTransaction) throws -> [InteractionAnswer.Choice]
  ) {
    trigger = .autocomplete(command)
    self.action = action
    handler = .suggests(suggest)
  }
}

/// What was asked, decoded and with its person known, who may ask it.
public struct Ask: Sendable {
  public let actor: Actor
  public let channel: ChannelID?
  /// The id in the custom id of a component or form; empty for commands.
  public var id = ""
  /// What was chosen in a select.
  public var values: [String] = []
  /// What was filled into a form, by field.
  public var fields: [String: String] = [:]
  /// The command, with what was given along.
  public var call: CommandCall?
}

extension Interaction {
  /// What this interaction triggers, and what it asks; nil for what is not ours.
  func trigger(by actor: Actor) -> (InteractionRoute.Trigger, Ask)? {
    var ask = Ask(actor: actor, channel: channelID)
    switch kind {
    case .ping, .other: return nil
    case .component(let text, let values):
      guard let name = CustomID(text) else { return nil }
      ask.id = name.id
      ask.values = values
      return (.component(name.action), ask)
    case .modal(let text, let fields):
      guard let name = CustomID(text) else { return nil }
      ask.id = name.id
      ask.fields = fields
      return (.modal(name.action), ask)
    case .command(let call):
      ask.call = call
      return (.command(call.name), ask)
    case .autocomplete(let call):
      ask.call = call
      return (.autocomplete(call.name), ask)
    }
  }
}
