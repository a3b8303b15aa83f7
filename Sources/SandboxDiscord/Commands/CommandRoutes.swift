import Basics
import HTTP
import Store

/// Registering commands, for everywhere or for one server.
extension DiscordSandbox {
  var commandRoutes: [Route] {
    ["/applications/:application_id/commands", "/applications/:application_id/guilds/:guild_id/commands"].flatMap {
      [
        endpoint(.get, $0, .bot, .other("commands"), major: "guild_id", listCommands),
        endpoint(.put, $0, .bot, .other("commands.replace"), major: "guild_id", replaceCommands),
        endpoint(.post, $0, .bot, .other("commands.create"), major: "guild_id", createCommand),
        endpoint(.get, $0 + "/:command_id", .bot, .other("command"), major: "guild_id") { call in
          try read { try .json(command(call, scope(call, $0), $0)) }
        },
        endpoint(.patch, $0 + "/:command_id", .bot, .other("command.edit"), major: "guild_id", editCommand),
        endpoint(.delete, $0 + "/:command_id", .bot, .other("command.delete"), major: "guild_id") { call in
          try write { transaction in
            let command = try command(call, scope(call, transaction), transaction)
            try transaction.remove(.command, command["id"]?.string ?? "")
            return .empty()
          }
        },
      ]
    }
  }

  /// The server the commands are for, or an empty text for all.
  private func scope(_ call: Call, _ transaction: some Queries) throws -> String {
    guard try call.snowflake("application_id") == Identity.application else { throw Refusal.foreignApplication }
    guard !call.path["guild_id"].isEmpty else { return "" }
    let guild = try call.snowflake("guild_id")
    guard try transaction.member(Identity.bot, of: guild) != nil else { throw Refusal.missingAccess }
    return guild
  }

  private func command(_ call: Call, _ scope: String, _ transaction: some Queries) throws -> JSONValue {
    let id = try call.snowflake("command_id")
    guard let command = try transaction.document(.command, id), command["guild_id"]?.string ?? "" == scope else {
      throw Refusal.unknownCommand
    }
    return command
  }

  /// Without `with_localizations` the texts in other languages stay away.
  private func listCommands(_ call: Call) throws -> Response {
    let commands = try read { try $0.documents(.command, of: scope(call, $0)) }
    return try .json(call.flag("with_localizations") ? commands : commands.map(unlocalized))
  }

  private func unlocalized(_ value: JSONValue) -> JSONValue {
    guard case .object(var object) = value else { return value }
    for name in CommandForm.localizations { object[name] = nil }
    for name in ["options", "choices"] where object[name] != nil {
      object[name] = .array((object[name]?.array ?? []).map(unlocalized))
    }
    return .object(object)
  }

  // MARK: Writing

  /// Replaces all commands of a scope; what keeps its name and type keeps its id.
  private func replaceCommands(_ call: Call) throws -> Response {
    let body = try call.payload().json
    let complaints = Complaints()
    return try write { transaction in
      let scope = try scope(call, transaction)
      guard body.array != nil else {
        throw Refusal.invalidForm([], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
      }
      let forms = (body.array ?? []).enumerated().map { index, item in
        CommandForm(Form(item, path: [String(index)], complaints: complaints), isOfGuild: !scope.isEmpty)
      }
      refuseDoubles(forms, complaints)
      try complaints.throwIfAny()
      try refuseTooMany(forms)
      let old = try transaction.documents(.command, of: scope)
      for command in old { try transaction.remove(.command, command["id"]?.string ?? "") }
      return try .json(forms.map { try keep($0, replacing: earlier($0, among: old), scope, transaction) })
    }
  }

  private func refuseDoubles(_ forms: [CommandForm], _ complaints: Complaints) {
    var seen: Set<String> = []
    for (index, form) in forms.enumerated() where !seen.insert("\(form.type.rawValue) \(form.name)").inserted {
      complaints.add(
        [String(index), "name"], "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
    }
  }

  private func refuseTooMany(_ forms: [CommandForm]) throws {
    for type in CommandForm.CommandType.allCases where forms.count(where: { $0.type == type }) > type.limit {
      throw Refusal(400, 30032, "Maximum number of application commands reached (\(type.limit)).")
    }
  }

  /// A command of the same type and name is changed; any other is new.
  private func createCommand(_ call: Call) throws -> Response {
    let form = Form(try call.payload().json)
    return try write { transaction in
      let scope = try scope(call, transaction)
      let command = CommandForm(form, isOfGuild: !scope.isEmpty)
      try form.complaints.throwIfAny()
      let all = try transaction.documents(.command, of: scope)
      let old = earlier(command, among: all)
      if old == nil, all.count(where: { $0["type"]?.integer == command.type.rawValue }) >= command.type.limit {
        throw Refusal(400, 30032, "Maximum number of application commands reached (\(command.type.limit)).")
      }
      return try .json(keep(command, replacing: old, scope, transaction), status: old == nil ? 201 : 200)
    }
  }

  private func editCommand(_ call: Call) throws -> Response {
    let changes = try call.payload().json
    return try write { transaction in
      let scope = try scope(call, transaction)
      let old = try command(call, scope, transaction)
      let merged = (old.object ?? [:]).merging(changes.object ?? [:]) { $1 }.merging(["type": old["type"] ?? 1]) { $1 }
      let form = Form(changes.object == nil ? changes : .object(merged))
      let command = CommandForm(form, isOfGuild: !scope.isEmpty)
      try form.complaints.throwIfAny()
      return try .json(keep(command, replacing: old, scope, transaction))
    }
  }

  private func earlier(_ form: CommandForm, among commands: [JSONValue]) -> JSONValue? {
    commands.first { $0["type"]?.integer == form.type.rawValue && $0["name"]?.string == form.name }
  }

  /// Keeps a command. Its version changes when anything of it does.
  private func keep(
    _ form: CommandForm, replacing old: JSONValue?, _ scope: String, _ transaction: WriteTransaction
  ) throws -> JSONValue {
    var body = form.body
    let id = old?["id"]?.string ?? ids.next()
    body["id"] = .string(id)
    body["application_id"] = .string(Identity.application)
    if !scope.isEmpty { body["guild_id"] = .string(scope) }
    body["version"] = old?["version"]
    if old == nil || old != .object(body) { body["version"] = .string(ids.next()) }
    try transaction.put(.command, id, parent: scope, .object(body))
    return .object(body)
  }
}
