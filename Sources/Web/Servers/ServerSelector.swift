import Accounts
import Basics
import Discord
import HTTP

extension Panel {
  /// Where a visitor chooses a server.
  public var serverDoorways: [Doorway] {
    [
      ownPage("/servers") { visitor in
        let servers = try login.servers(of: visitor.person, olderThan: .seconds(600))
        let view = try ServersView(servers, halls: try bot.servers(), invite: bot.invitation, formKey: visitor.formKey)
        return try show("servers", view, title: "Your servers", to: visitor)
      },
      ownForm("/servers/refresh") { visitor, _ in
        _ = try login.servers(of: visitor.person, olderThan: .seconds(10))
        return Notice.listRefreshed.at("/servers")
      },
    ]
  }
}

/// The servers of a visitor, as cards.
struct ServersView {
  struct Card {
    let name: String
    let picture: String?
    let initial: String
    /// Where the card leads: the server's panel, or Discord's page that lets the bot in.
    let address: String
    let standing: String
  }

  let formKey: String
  let here: [Card]
  let elsewhere: [Card]
  let isEmpty: Bool

  /// - Parameters:
  ///   - halls: the servers the bot is in.
  ///   - invite: the address that lets the bot into a server.
  init(_ servers: [ListedServer], halls: Set<GuildID>, invite: (GuildID) throws -> String, formKey: String) rethrows {
    self.formKey = formKey
    let sorted = servers.sorted { ($0.name.lowercased(), $0.id.rawValue) < ($1.name.lowercased(), $1.id.rawValue) }
    here = sorted.filter { halls.contains($0.id) }.map { Card($0, address: "/servers/\($0.id)") }
    elsewhere = try sorted.filter { !halls.contains($0.id) && $0.mayInvite }
      .map { Card($0, address: try invite($0.id)) }
    isEmpty = here.isEmpty && elsewhere.isEmpty
  }
}

extension ServersView.Card {
  fileprivate init(_ server: ListedServer, address: String) {
    name = server.name
    picture = PictureAddress.icon(of: server.id, server.icon)
    initial = String(server.name.prefix(1))
    self.address = address
    let rights = Rights(decimal: server.permissions)
    standing =
      server.owner
      ? "Owner"
      : rights.contains(.administrator)
        ? "Administrator"
        : rights.contains(.manageServer) ? "Manager" : "Member"
  }
}

extension ListedServer {
  /// Discord lets those add a bot who may manage the server.
  fileprivate var mayInvite: Bool {
    owner || !Rights(decimal: permissions).isDisjoint(with: [.administrator, .manageServer])
  }
}
