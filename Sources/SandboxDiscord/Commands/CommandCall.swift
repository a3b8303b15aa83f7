import Basics
import Store

/// A command as somebody uses it: its words and what they typed into its options.
struct CommandCall: Decodable, Sendable {
  let channel: String
  let user: String
  /// With subcommands, as `issue show`.
  let name: String
  var options: [String: JSONValue]?
  /// The option that is being typed; only for suggestions.
  var focused: String?
  /// Send it although the options do not fit, as a forged client would.
  var force: Bool?

  enum CodingKeys: String, CodingKey {
    case name, options, focused, force
    case channel = "channel_id"
    case user = "user_id"
  }
}

/// A command of the list that fits a call: the command, the groups and subcommands on the way, the options at its end.
struct CommandPath {
  let command: JSONValue
  let steps: [JSONValue]

  /// The command or subcommand that is run.
  var leaf: JSONValue { steps.last ?? command }
  var options: [JSONValue] { leaf["options"]?.array ?? [] }
  var name: String { ([command] + steps).compactMap { $0["name"]?.string }.joined(separator: " ") }

  func option(_ name: String) -> JSONValue? { options.first { $0["name"]?.string == name } }

  /// Every way through a command that can be run.
  static func all(of command: JSONValue) -> [CommandPath] { ways(CommandPath(command: command, steps: [])) }

  private static func ways(_ path: CommandPath) -> [CommandPath] {
    let inner = path.options.filter { [1, 2].contains($0["type"]?.integer) }
    if inner.isEmpty { return path.leaf["type"]?.integer == 2 && !path.steps.isEmpty ? [] : [path] }
    return inner.flatMap { ways(CommandPath(command: path.command, steps: path.steps + [$0])) }
  }
}

extension Queries {
  /// The commands a person may use where they stand: those of the server first, then those for everywhere.
  func commands(for standing: Standing) throws -> [JSONValue] {
    guard standing.permissions.contains(.useCommands) else { return [] }
    let guild = standing.guild["id"]?.string ?? ""
    return try (documents(.command, of: guild) + documents(.command, of: "")).filter { command in
      let contexts = command["contexts"]?.array
      guard contexts == nil || contexts?.contains(0) == true else { return false }
      guard let bits = command["default_member_permissions"]?.string else { return true }
      return standing.permissions.isSuperset(of: bits == "0" ? .administrator : Permissions(text: bits))
    }
  }

  func commandPath(_ name: String, for standing: Standing) throws -> CommandPath {
    let words = name.split(separator: " ").joined(separator: " ")
    let slash = try commands(for: standing).filter { $0["type"]?.integer == 1 }
    guard let path = slash.flatMap(CommandPath.all).first(where: { $0.name == words }) else {
      throw Refusal.unknownCommand
    }
    return path
  }
}
