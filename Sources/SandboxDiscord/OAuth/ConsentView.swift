import Basics
import HTTP
import Store

/// The consent page: who asks for what, who says yes, and for a bot into which server.
struct ConsentView {
  struct Hidden {
    let field: String
    let text: String
  }

  struct Person {
    let user: String
    let name: String
    /// What they are, server by server.
    let notes: [String]
    let initial: String
    let hue: Int
    let isChosen: Bool
    /// The same page as this person, for the choice of a server.
    let href: String
  }

  struct Server {
    let guild: String
    let title: String
    let isPicked: Bool
  }

  let application: String
  let hidden: [Hidden]
  let people: [Person]
  let wishes: [String]
  let rights: [String]
  let goesTo: String?
  let notice: String?
  let isForBot: Bool
  let hasPerson: Bool
  let person: String
  let personName: String
  let servers: [Server]
  let hasServers: Bool
  let mayAuthorize: Bool

  init(
    _ request: AuthorizeRequest, application: JSONValue, person: String?, notice: String?, _ queries: some Queries
  ) throws {
    let everybody = try queries.people()
    let chosen = everybody.first { $0.user["id"]?.string == person }
    self.application = application["name"]?.string ?? ""
    hidden = request.handedOn.pairs.filter { $0.name != "guild_id" }.map { Hidden(field: $0.name, text: $0.value) }
    isForBot = request.isForBot
    people = everybody.enumerated().map { index, one in
      Person(one, isChosen: chosen.map { $0.user == one.user } ?? (index == 0), request.handedOn)
    }
    wishes = request.scopes.compactMap { Scopes.words[$0] }
    rights = request.isForBot ? request.permissions.words : []
    goesTo = request.redirectURI
    self.notice = notice
    hasPerson = chosen != nil
    self.person = chosen?.user["id"]?.string ?? ""
    personName = chosen.map { displayName($0.user) } ?? ""
    servers = Self.servers(chosen?.memberships ?? [], request)
    hasServers = !servers.isEmpty
    mayAuthorize = !isForBot || hasServers
  }

  /// Where this person may put a bot.
  private static func servers(_ memberships: [Membership], _ request: AuthorizeRequest) -> [Server] {
    let wanted = request.fields["guild_id"]
    let isFixed = request.fields["disable_guild_select"] == "true"
    return memberships.filter { $0.mayManage && (!isFixed || wanted == nil || $0.id == wanted) }
      .map { Server(guild: $0.id, title: $0.name, isPicked: $0.id == wanted) }
  }
}

extension ConsentView.Person {
  init(_ person: (user: JSONValue, memberships: [Membership]), isChosen: Bool, _ fields: Fields) {
    user = person.user["id"]?.string ?? ""
    name = displayName(person.user)
    notes = person.memberships.map { "\($0.name): \($0.words)" }
    initial = String(name.first ?? "?").uppercased()
    hue = SandboxDiscord.hue(of: user)
    self.isChosen = isChosen
    href = "?" + fields.merging(["as": user]).encoded
  }
}

/// Where an authorization ends that leads nowhere else.
struct ConsentEnd {
  let heading: String
  let sentence: String
  let isRefusal: Bool
}
