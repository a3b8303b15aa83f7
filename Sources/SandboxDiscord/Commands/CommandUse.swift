import Basics
import Store

/// Using commands: slash commands, the suggestions while one types, and commands on a message.
extension DiscordSandbox {
  func run(_ call: CommandCall) throws -> Outcome { try send(call, type: .command) }

  func suggest(_ call: CommandCall) throws -> Outcome { try send(call, type: .autocomplete) }

  private func send(_ call: CommandCall, type: InteractionType) throws -> Outcome {
    try send(
      read { transaction in
        let standing = try transaction.standing(of: call.user, in: call.channel)
        try standing.require(.useCommands)
        let path = try transaction.commandPath(call.name, for: standing)
        if let focused = call.focused, path.option(focused)?["autocomplete"]?.bool != true, call.force != true {
          throw Refusal.invalidForm(["options", focused], "BASE_TYPE_CHOICES", "This option has no autocomplete.")
        }
        let data = try CommandPayload(path: path, call: call).data { try resolved($0, $1, standing, transaction) }
        return Deed(
          type: type, standing: standing, channel: call.channel, user: call.user, data: data, name: "/" + path.name,
          option: call.focused.flatMap { path.option($0) })
      })
  }

  /// A command on a message of the channel, which goes along as a whole.
  func run(_ call: MessageCommandCall) throws -> Outcome {
    try send(
      read { transaction in
        let standing = try transaction.standing(of: call.user, in: call.channel)
        try standing.require(.useCommands)
        let commands = try transaction.commands(for: standing)
        guard let command = commands.first(where: { $0["type"]?.integer == 3 && $0["name"]?.string == call.name })
        else {
          throw Refusal.unknownCommand
        }
        guard let target = try transaction.message(call.message), target.channel == call.channel,
          target.onlyFor == nil
        else { throw Refusal.unknownMessage }
        let data = CommandPayload.data(
          of: command, target: call.message,
          resolved: ["messages": [call.message: InteractionPayload.shown(target.body)]])
        return Deed(
          type: .command, standing: standing, channel: call.channel, user: call.user, data: data, name: call.name)
      })
  }

  /// What `resolved` holds of the object an option names.
  private func resolved(_ type: OptionType, _ id: String, _ standing: Standing, _ transaction: ReadTransaction) throws
    -> [String: JSONValue]
  {
    let guild = standing.guild["id"]?.string ?? ""
    switch type {
    case .user, .mentionable:
      var found: [String: JSONValue] = [:]
      found["users"] = try transaction.document(.user, id).map(InteractionPayload.partial)
      if case .object(var member)? = try transaction.member(id, of: guild) {
        for name in ["user", "deaf", "mute"] { member[name] = nil }
        found["members"] = .object(member)
      }
      if found.isEmpty, type == .mentionable { found["roles"] = try transaction.document(.role, id) }
      return found
    case .role: return try transaction.document(.role, id).map { ["roles": $0] } ?? [:]
    case .channel: return try transaction.channel(id).map { ["channels": $0] } ?? [:]
    default: return [:]
    }
  }
}

/// A command somebody chooses on a message.
struct MessageCommandCall: Decodable, Sendable {
  let channel: String
  let user: String
  let message: String
  let name: String

  enum CodingKeys: String, CodingKey {
    case name
    case channel = "channel_id"
    case user = "user_id"
    case message = "message_id"
  }
}
