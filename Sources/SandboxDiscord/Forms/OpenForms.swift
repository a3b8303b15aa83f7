import Basics
import HTTP
import Store

/// What the foot of a channel's page offers one person: commands, a command's form, a form of the application.
extension DiscordSandbox {
  func commandLinks(_ standing: Standing, _ channel: String, _ viewer: String, _ transaction: ReadTransaction) throws
    -> [CommandLink]
  {
    try transaction.commands(for: standing).filter { $0["type"]?.integer == 1 }.flatMap(CommandPath.all).map { path in
      let query: Fields = ["as": viewer, "command": path.name]
      return CommandLink(
        command: path.name, summary: path.leaf["description"]?.string ?? "",
        href: "/sandbox/discord/channels/\(channel)?\(query.encoded)")
    }
  }

  /// The names of the commands a person may choose on a message.
  func messageCommands(_ standing: Standing, _ transaction: ReadTransaction) throws -> [String] {
    try transaction.commands(for: standing).filter { $0["type"]?.integer == 3 }.compactMap { $0["name"]?.string }
  }

  func commandForm(_ name: String, typed: String, _ standing: Standing, _ transaction: ReadTransaction) throws
    -> CommandFormView
  {
    let path = try transaction.commandPath(name, for: standing)
    let guild = standing.guild["id"]?.string ?? ""
    let people = try transaction.documents(.member, of: guild).compactMap { $0["user"] }
    let channels = try transaction.documents(.channel, of: guild)
    let roles = try transaction.documents(.role, of: guild)
    let fields = path.options.enumerated().map { index, option in
      FieldView.ofCommand(option, typed: index == 0 ? typed : "") { type in
        switch type {
        case .boolean: ["true", "false"].map { RowView.Option(value: $0, label: $0, isChosen: false) }
        case .user, .mentionable: choices(people, "username")
        case .channel: choices(channels, "name")
        case .role: choices(roles, "name")
        default: []
        }
      }
    }
    return CommandFormView(
      channel: standing.channel["id"]?.string ?? "", user: standing.member["user"]?["id"]?.string ?? "",
      command: path.name, summary: path.leaf["description"]?.string ?? "", fields: fields)
  }

  private func choices(_ objects: [JSONValue], _ name: String) -> [RowView.Option] {
    objects.map { RowView.Option(value: $0["id"]?.string ?? "", label: $0[name]?.string ?? "", isChosen: false) }
  }

  func modalView(_ interaction: String, _ channel: String, _ viewer: String, _ transaction: ReadTransaction) throws
    -> ModalView?
  {
    guard let record = try openForm(interaction, of: viewer, transaction), record.channel == channel,
      let modal = record.shown
    else { return nil }
    return ModalView(
      channel: channel, user: viewer, interaction: interaction, heading: modal["title"]?.string ?? "",
      fields: (modal["components"]?.array ?? []).flatMap(FieldView.ofModal))
  }
}
