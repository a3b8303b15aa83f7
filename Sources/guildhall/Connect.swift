import ArgumentParser
import Accounts
import Basics
import Batch
import Bootstrap
import Discord
import Foundation

struct DiscordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discord", abstract: "The bot in Discord.", subcommands: [Connect.self])

  struct Connect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes the bot's token from standard input, tries it, and keeps it sealed.",
      discussion:
        "The token is on the Bot page of the application at discord.com/developers. Pipe it in: it never stands on a command line."
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
      let environment = try quietEnvironment(common)
      let connection = try reporting {
        try environment.connectDiscord(Terminal.secret("Discord bot token"))
      }
      try tell(connection, "Set its Interactions Endpoint URL to \(environment.publicURL)/discord/interactions", common)
    }
  }
}

struct NotionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notion", abstract: "Workspaces in Notion.", subcommands: [Connect.self, Webhook.self])

  struct Connect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes an integration's token from standard input, tries it, and keeps it sealed.",
      discussion:
        "The token is on the integration's page at notion.so/my-integrations. Share the database with the integration there too."
    )

    @OptionGroup var common: CommonOptions

    @Option(
      name: .long,
      help: ArgumentHelp(
        "A Discord server whose managers may use the workspace in the panel. May be repeated.", valueName: "id"))
    var server: [String] = []

    private func servers() throws -> [GuildID] { try server.map(serverID) }

    func run() throws {
      let environment = try quietEnvironment(common)
      let connection = try reporting {
        let connection = try environment.connectNotion(Terminal.secret("Notion token"))
        try environment.link(connection, to: try servers())
        return connection
      }
      try tell(connection, "Next: guildhall mapping add --database ID --channel ID", common)
    }
  }
}

extension NotionCommand {
  struct Webhook: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Waits for the verification token of a webhook, and shows it once.",
      discussion: """
        Run this, then create the subscription on the integration's Webhooks page in Notion. Notion sends a token \
        here, which this command shows; paste it there to verify. Edits are then noticed within seconds.
        """)

    @OptionGroup var common: CommonOptions

    func run() throws {
      let environment = try quietEnvironment(common)
      let secret = try reporting { try wait(environment) }
      print(common.json ? try JSON.text(["verification_token": secret]) : "The verification token is:\n\(secret)")
    }

    private func wait(_ environment: Environment) throws -> String {
      let known = try environment.webhookSecrets.secret()
      try environment.webhookSecrets.open(alongside: environment.noting(.webhookOpened, "webhook", "notion"))
      say(
        "Waiting ten minutes. In Notion, create the subscription with the URL \(environment.publicURL)/notion/webhook")
      let deadline = Timestamp.now + .seconds(600)
      while Timestamp.now < deadline {
        if let secret = try environment.webhookSecrets.secret(), secret != known { return secret }
        Thread.sleep(forTimeInterval: 0.5)
      }
      throw Failure(
        .unavailable, "No token came in ten minutes. Can Notion reach \(environment.publicURL)/notion/webhook?")
    }
  }
}

private func tell(_ connection: Connection, _ next: String, _ common: CommonOptions) throws {
  if common.json {
    print(try JSON.text(["id": connection.id, "external_id": connection.externalID, "label": connection.label]))
  } else {
    print("Connected: \(connection.label) (\(connection.externalID)).\n\(next)")
  }
}

extension Environment {
  /// Tries the token, and keeps it when it works.
  /// - Parameter expected: what the application must be, when somebody said so.
  func connectDiscord(_ token: String, expected: ExpectedApplication = .init()) throws -> Connection {
    let application = try discord(trying: token).application()
    try expected.require(application)
    return try connections.keep(
      .discord, externalID: application.id.rawValue, label: application.name, publicKey: application.verifyKey,
      tokens: ConnectionTokens(token),
      alongside: noteConnection)
  }

  func connectNotion(_ token: String) throws -> Connection {
    let bot = try notion(trying: token).me()
    return try connections.keep(
      .notion, externalID: bot.id.rawValue, label: bot.workspace ?? bot.name ?? "Notion",
      tokens: ConnectionTokens(token),
      alongside: noteConnection)
  }
}

/// What somebody copied from the developer portal besides the token. The token tells both, so neither is needed; a
/// difference means that something of another application was copied.
struct ExpectedApplication {
  var id: String?
  var publicKey: String?

  func require(_ application: Application) throws {
    if let id, id != application.id.rawValue {
      throw Failure.conflict(
        "The token belongs to the application \(application.id) (“\(application.name)”), not to \(id).")
    }
    if let publicKey, publicKey.lowercased() != application.verifyKey {
      throw Failure.conflict("The public key is not that of “\(application.name)”, which the token belongs to.")
    }
  }
}
