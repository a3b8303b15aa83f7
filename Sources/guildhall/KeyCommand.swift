import Accounts
import ArgumentParser
import Basics
import Batch
import Bootstrap
import Foundation
import HTTP

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "API keys of programs, and the keys that secrets are sealed with.",
    discussion: """
      EXAMPLES
        guildhall key create Grafana --scope stats:read --days 365
        guildhall key create ci --scope sync:run --address 203.0.113.7
        guildhall key list
        guildhall key revoke aB3dE6gH
        guildhall key rotate

      A program shows its API key as “Authorization: Bearer ghk_…”. The key is shown once, when it is made: only its \
      digest is kept.
      """,
    subcommands: [Create.self, List.self, Revoke.self, Rotate.self], defaultSubcommand: List.self)

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes an API key and shows it once.",
      discussion: "SCOPES\n\n"
        + APIScope.allCases.map { "\($0.rawValue): \($0.purpose)" }.joined(separator: "\n\n")
        + "\n\nEXAMPLE\n  guildhall key create Prometheus --scope metrics:read")

    @OptionGroup var common: CommonOptions

    @Argument(help: "What it is for, so that it can be told from others.")
    var name: String

    @Option(name: .long, help: ArgumentHelp("What it may be used for. May be repeated.", valueName: "scope"))
    var scope: [APIScope]

    @Option(
      name: .long,
      help: ArgumentHelp("Only for the Discord server with this id; for all of them when not given.", valueName: "id"))
    var server: String?

    @Option(name: .long, help: ArgumentHelp("Only from this address or range. May be repeated.", valueName: "address"))
    var address: [AddressRange] = []

    @Option(name: .long, help: ArgumentHelp("It ends after so many days; never when not given.", valueName: "days"))
    var days: Int?

    func validate() throws {
      if let days, !(1...3650).contains(days) { throw ValidationError("--days takes 1 to 3650.") }
    }

    func run() throws {
      let environment = try quietEnvironment(common)
      let (key, text) = try reporting {
        var wish = APIKeys.Wish(name, scopes: scope, server: try server.map(serverID), createdBy: "guildhall key create")
        wish.addresses = address
        wish.expiresAt = days.map { environment.clock.now() + .seconds(86_400 * $0) }
        return try environment.apiKeys.create(wish, alongside: environment.noteKey(.keyMade))
      }
      try show(["id": key.id, "key": text], common) {
        "\(text)\nThis is the only time it is shown. “guildhall key revoke \(key.id)” takes it back."
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows the API keys there are, and the ids of the sealing keys.")

    @OptionGroup var common: CommonOptions

    func run() throws {
      let environment = try quietEnvironment(common)
      let (keys, outstanding) = try reporting {
        (try environment.apiKeys.list(), try environment.resealing.outstanding(environment.keys))
      }
      try show(Listing(keys, environment.keys.ids, outstanding), common) {
        let sealing =
          "Sealing keys: \(environment.keys.ids.joined(separator: ", ")) (the first seals)"
          + (outstanding > 0 ? "; \(outstanding) secrets are under another than the first" : "")
        return (keys.isEmpty ? ["No API key yet."] : keys.map(\.line)).joined(separator: "\n") + "\n\(sealing)"
      }
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Takes an API key back. It works no more from then on.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The key's id: the eight characters after ghk_.")
    var id: String

    func run() throws {
      let environment = try quietEnvironment(common)
      try reporting { try environment.apiKeys.revoke(id, alongside: environment.noteKey(.keyRevoked)) }
      try show(["revoked": id], common) { "Taken back." }
    }
  }
}

extension APIScope: ExpressibleByArgument {}
extension AddressRange: ExpressibleByArgument {}

private struct Listing: Encodable {
  let keys: [Entry]
  let sealingKeys: [String]
  let outstanding: Int

  enum CodingKeys: String, CodingKey {
    case keys, outstanding
    case sealingKeys = "sealing_keys"
  }

  struct Entry: Encodable {
    let id: String
    let label: String
    let server: String?
    let scopes: [String]
    let addresses: [String]
    let created: String
    let expires: String?
    let revoked: String?
    let lastUsed: String?

    enum CodingKeys: String, CodingKey {
      case id, label, server, scopes, addresses, created, expires, revoked
      case lastUsed = "last_used"
    }
  }

  init(_ keys: [APIKey], _ sealingKeys: [String], _ outstanding: Int) {
    self.sealingKeys = sealingKeys
    self.outstanding = outstanding
    self.keys = keys.map { key in
      Entry(
        id: key.id, label: key.label, server: key.server?.rawValue, scopes: key.scopes.map(\.rawValue),
        addresses: key.addresses.map(\.description), created: key.createdAt.description,
        expires: key.expiresAt?.description, revoked: key.revokedAt?.description, lastUsed: key.lastUsedAt?.description)
    }
  }
}

extension APIKey {
  fileprivate var line: String {
    let state =
      revokedAt.map { "revoked \($0)" } ?? expiresAt.map { $0 <= .now ? "expired \($0)" : "until \($0)" } ?? "for good"
    let use = lastUsedAt.map { "last used \($0)" } ?? "never used"
    let place = addresses.isEmpty ? "" : ", from \(addresses.map(\.description).joined(separator: " "))"
    return "\(id)  “\(label)”: \(scopes.map(\.rawValue).joined(separator: " ")), "
      + "\(server.map { "server \($0)" } ?? "the whole hall")\(place), \(state), \(use)"
  }
}
