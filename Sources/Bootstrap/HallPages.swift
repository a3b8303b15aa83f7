import Accounts
import Discord
import IssueSync
import Notion
import Web

/// The pages of a server's hall, with what each of them needs.
extension Environment {
  func mappingPages(_ panel: Panel, _ desk: IssueDesk) -> MappingPages {
    MappingPages(
      panel: panel, mappings: desk.mappings, rereading: desk.rereading, connections: connections,
      notion: { try notion($0, .interactive) }, discord: { try discord(.interactive) })
  }

  /// Where the services of a server are linked.
  func connectionPages(_ panel: Panel, _ mappings: Mappings) -> ConnectionPages {
    ConnectionPages(
      panel: panel, connections: connections,
      notion: ConnectionPages.Linking(
        oauth: { try notionOAuth() }, bot: { try notion(trying: $0).me() }, attempts: attempts),
      channels: { guild in
        try mappings.list(in: guild).map { mapping in
          let channel = try discord(.interactive).channel(mapping.channel)
          let missing = try missingRights(in: channel, of: guild)
          let problem = missing.isEmpty ? nil : "The bot lacks \(missing.map { "“\($0)”" }.joined(separator: ", "))"
          return ConnectionPages.ChannelCheck(name: channel.name ?? channel.id.rawValue, problem: problem)
        }
      },
      uses: { connection, guild in
        try mappings.list(in: guild).filter { $0.connection == connection }.map(\.name)
      })
  }

  func settingsPages(_ panel: Panel) -> SettingsPages {
    SettingsPages(
      panel: panel, keys: apiKeys, retentions: Self.retentions, roles: { try discord(.interactive).server($0).roles })
  }

  /// The names of the rights that the bot lacks in a channel of an issue board.
  public func missingRights(in channel: Channel, of guild: GuildID) throws -> [String] {
    let client = try discord(.interactive)
    guard let bot = try client.application().bot?.id else { return [] }
    let member = try client.member(guild, bot)
    return try client.server(guild).rights(of: bot, with: member.roles, in: channel).missing(of: .needed(in: channel))
  }
}
