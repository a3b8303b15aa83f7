import ArgumentParser
import Basics
import FastCGI
import Foundation
import HTTP
import SandboxStage

/// Stand-ins for the services far away, behind the same web server as everything else.
@main
struct SandboxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Stands in for Discord and Notion, so that Guildhall can be seen and tested on one machine.",
    version: Version.current,
    subcommands: [Serve.self, Print.self], defaultSubcommand: Serve.self)
}

struct StateOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder its database lies in.", valueName: "folder"))
  var stateDir: String

  @Option(help: ArgumentHelp("The address a browser uses, such as http://127.0.0.1:8080.", valueName: "url"))
  var publicURL: String

  func validate() throws {
    guard publicURL.hasPrefix("http://") || publicURL.hasPrefix("https://") else {
      throw ValidationError("The public address begins with http:// or https://.")
    }
  }
}

extension Pace: ExpressibleByArgument {}

/// Serves until SIGTERM, SIGINT or SIGHUP.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serve the stand-ins over FastCGI (the default).")

  @OptionGroup var state: StateOptions

  @Option(
    help: ArgumentHelp(
      "Listen on a Unix socket here; without it the socket on standard input is taken.", valueName: "path"))
  var socket: String?

  @Option(
    help: ArgumentHelp(
      "Where signed interactions go; else to /discord/interactions of the public address.", valueName: "url"))
  var interactionsURL: String?

  @Option(
    name: .customLong("notion-webhook-url"),
    help: ArgumentHelp("Subscribe this address to what changes in Notion.", valueName: "url"))
  var webhookURL: String?

  @Option(
    name: .customLong("discord-redirect"),
    help: ArgumentHelp(
      "Where Discord may send people back to; may be given again. Else /oauth/discord/callback of the public address.",
      valueName: "url"))
  var discordRedirects: [String] = []

  @Option(
    name: .customLong("notion-redirect"),
    help: ArgumentHelp(
      "Where Notion may send people back to; may be given again. Else /oauth/notion/callback of the public address.",
      valueName: "url"))
  var notionRedirects: [String] = []

  @Option(help: "Rate limits: generous, or as the real services have them (real).")
  var pace = Pace.generous

  @Option(help: "Requests answered at the same time.")
  var workers = 16

  func run() throws {
    JSONLineHandler.install(level: .info)
    Signals.block()
    let services = try Services(state, pace: pace, addresses: [interactionsURL, webhookURL].compactMap(\.self))
    let router = Router(
      try services.routes(
        interactionsURL: interactionsURL, discordRedirects: discordRedirects, notionRedirects: notionRedirects))
    guard let listener = try socket.map({ try Listener.bind(path: $0) }) ?? Listener.inherited() else {
      throw ValidationError("There is no socket to listen on. Start the sandbox with --socket PATH.")
    }
    let checkpointer = try services.stage.store.keepCheckpointed()
    let responder = Responder(listener: listener, workers: workers) { router.answer($0) }
    try responder.start()
    try webhookURL.map { try services.courier.keepSubscribed($0) }
    try services.courier.start()
    Logger(label: "sandbox").info("ready")
    Signals.wait()
    responder.stop()
    services.courier.stop()
    checkpointer?.stop()
  }
}

/// Prints what an outside client needs.
struct Print: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print addresses, ids and test keys as flat JSON, for clients that want to join in.")

  @OptionGroup var state: StateOptions

  func run() throws {
    let identities = try Services(state, pace: .generous).identities()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(identities), as: UTF8.self))
  }
}
