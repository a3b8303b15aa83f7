import Accounts
import Basics
import Discord
import HTTP
import Pages
import Signatures
import Web

/// Who people are, and the panel they meet.
extension Environment {
  var people: People { People(store: durable, keys: keys, clock: clock) }
  var sessions: Sessions { Sessions(store: durable, clock: clock) }
  var attempts: OAuthAttempts { OAuthAttempts(volatile: volatile, clock: clock) }

  var memberships: Memberships {
    Memberships(durable: durable, volatile: volatile, clock: clock, discord: { try readersDiscord() })
  }

  var login: Login {
    Login(people: people, sessions: sessions, attempts: attempts, discord: { try discordLogin() })
  }

  private func discordLogin() throws -> DiscordLogin {
    guard let connection = try connections.discord() else {
      throw Failure(.unavailable, "No Discord application is connected yet, so nobody can log in.")
    }
    guard let secret = settings[.discordClientSecret] else {
      throw Failure(.unavailable, "Nobody can log in while DISCORD_CLIENT_SECRET is not set in the settings.")
    }
    let application = LoginApplication(
      id: connection.externalID, secret: secret, redirect: "\(publicURL)/oauth/discord/callback",
      budgetKey: { budgetKey("discord-login", $0) })
    return .live(outbound, base: settings[.discordURL], site: settings[.discordSite], application)
  }

  func panel(_ pages: PageLibrary) -> Panel {
    Panel(
      publicURL: publicURL, pages: pages, clock: clock, store: durable, login: login, sessions: sessions,
      people: people, memberships: memberships, bot: bot)
  }

  private var bot: Panel.Bot {
    let servers = Remembered<Set<GuildID>>(for: .seconds(10), clock: clock) { try botServers() }
    return Panel.Bot(
      servers: { try servers.value() },
      invitation: { guild in
        let query: Fields = [
          "client_id": try connections.discord()?.externalID ?? "", "scope": "bot applications.commands",
          "permissions": String(Rights.ofBot.rawValue), "guild_id": guild.rawValue, "disable_guild_select": "true",
        ]
        return "\(settings[.discordSite])/oauth2/authorize?\(query.encoded)"
      })
  }

  private func botServers() throws -> Set<GuildID> {
    let client = try readersDiscord()
    var found: Set<GuildID> = []
    var last: GuildID?
    while true {
      let page = try client.servers(last)
      found.formUnion(page.map(\.id))
      guard page.count == 200 else { return found }
      last = page.last?.id
    }
  }
}
