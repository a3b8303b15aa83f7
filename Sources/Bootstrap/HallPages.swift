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
      notion: { try notion($0, .interactive, patience: Self.readersPatience) }, discord: { try readersDiscord() })
  }

  /// Where the services of a server are linked.
  func connectionPages(_ panel: Panel, _ mappings: Mappings) -> ConnectionPages {
    ConnectionPages(
      panel: panel, connections: connections,
      notion: ConnectionPages.Linking(
        oauth: { try notionOAuth() }, bot: { try notion(trying: $0).me() }, attempts: attempts),
      channels: { guild in
        let missing = try missingRights(in: guild)
        return try mappings.list(in: guild).map { mapping in
          let channel = try readersDiscord().channel(mapping.channel)
          let names = missing(channel).map { "“\($0)”" }.joined(separator: ", ")
          return ConnectionPages.ChannelCheck(
            name: channel.name ?? channel.id.rawValue, problem: names.isEmpty ? nil : "The bot lacks \(names)")
        }
      },
      uses: { connection, guild in
        try mappings.list(in: guild).filter { $0.connection == connection }.map(\.name)
      })
  }

  func settingsPages(_ panel: Panel) -> SettingsPages {
    SettingsPages(
      panel: panel, keys: apiKeys, retentions: Self.retentions, roles: { try readersDiscord().server($0).roles })
  }

  /// For channels of a server: the names of the rights that the bot lacks there to keep an issue board.
  public func missingRights(in guild: GuildID) throws -> (Channel) -> [String] {
    let client = try readersDiscord()
    guard let bot = try client.application().bot?.id else { return { _ in [] } }
    let member = try client.member(guild, bot)
    let server = try client.server(guild)
    return { server.rights(of: bot, with: member.roles, in: $0).missing(of: .needed(in: $0)) }
  }
}
