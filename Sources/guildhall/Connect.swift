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
      discussion: "The token is on the Bot page of the application at discord.com/developers. Pipe it in: it never stands on a command line.")

    @OptionGroup var common: CommonOptions

    func run() throws {
      let environment = try quietEnvironment(common)
      let connection = try reporting {
        let token = try secretFromInput("Discord bot token")
        let application = try environment.discord(trying: token).application()
        return try environment.connections.keep(
          .discord, externalID: application.id.rawValue, label: application.name, publicKey: application.verifyKey,
          tokens: ConnectionTokens(token), alongside: environment.noteConnection)
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
      discussion: "The token is on the integration's page at notion.so/my-integrations. Share the database with the integration there too.")

    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: ArgumentHelp("A Discord server whose managers may use the workspace in the panel. May be repeated.", valueName: "id"))
    var server: [String] = []

    private func servers() throws -> [GuildID] {
      try server.map { text in
        guard let id = GuildID(text) else { throw Failure.invalid("“\(text)” is no id of a Discord server.") }
        return id
      }
    }

    func run() throws {
      let environment = try quietEnvironment(common)
      let connection = try reporting {
        let token = try secretFromInput("Notion token")
        let bot = try environment.notion(trying: token).me()
        let connection = try environment.connections.keep(
          .notion, externalID: bot.id.rawValue, label: bot.workspace ?? bot.name ?? "Notion",
          tokens: ConnectionTokens(token), alongside: environment.noteConnection)
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
        Run this, then create the subscription on the integration's Webhooks page in Notion. Notion sends a token here,
        which this command shows; paste it there to verify. Edits are then noticed within seconds.
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
      say("Waiting ten minutes. In Notion, create the subscription with the URL \(environment.publicURL)/notion/webhook")
      let deadline = Timestamp.now + .seconds(600)
      while Timestamp.now < deadline {
        if let secret = try environment.webhookSecrets.secret(), secret != known { return secret }
        Thread.sleep(forTimeInterval: 0.5)
      }
      throw Failure(.unavailable, "No token came in ten minutes. Can Notion reach \(environment.publicURL)/notion/webhook?")
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

/// An environment for a command that a person watches: the log speaks only of trouble.
func quietEnvironment(_ common: CommonOptions) throws -> Environment {
  let environment = try reporting(exit: .configuration) { try Environment(.batch, settingsFile: common.settings) }
  JSONLineHandler.install(level: environment.logLevel == .debug ? .debug : .error)
  return environment
}

/// Reads one line from standard input, without showing it on a terminal.
private func secretFromInput(_ name: String) throws -> String {
  let isTerminal = isatty(STDIN_FILENO) == 1
  if isTerminal { say("Paste the \(name) and press Return (it is not shown):") }
  var shown = termios()
  tcgetattr(STDIN_FILENO, &shown)
  if isTerminal {
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &hidden)
  }
  defer { if isTerminal { tcsetattr(STDIN_FILENO, TCSANOW, &shown) } }
  let token = (readLine() ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
  guard !token.isEmpty, !token.contains(where: \.isWhitespace) else {
    throw Failure.invalid("No \(name) came in. Pipe it in: echo \"$TOKEN\" | guildhall … connect")
  }
  return token
}
