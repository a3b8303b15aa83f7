import Basics
import Store

struct PeopleView {
  struct Line {
    let name: String
    let username: String
    let notes: [String]
    let href: String
    let initial: String
    let hue: Int
  }

  let people: [Line]

  init(_ people: [(user: JSONValue, memberships: [Membership])]) {
    self.people = people.map { user, memberships in
      let id = user["id"]?.string ?? ""
      let name = displayName(user)
      return Line(
        name: name, username: user["username"]?.string ?? "",
        notes: memberships.map { "\($0.name): \($0.words)" },
        href: "\(DiscordSandbox.peoplePath)/\(id)", initial: String(name.first ?? "?").uppercased(),
        hue: hue(of: id))
    }
  }
}

/// One person: what they are where, and what they have allowed.
struct PersonView {
  struct Server {
    let guild: String
    let title: String
    let standing: String
    let isOwner: Bool
    let roles: [Role]
  }

  struct Role {
    let role: String
    let label: String
    /// Nil rather than empty: to a template an empty text is there.
    let power: String?
    let isHeld: Bool
  }

  struct Elsewhere {
    let guild: String
    let title: String
  }

  let user: String
  let name: String
  let username: String
  let action: String
  let servers: [Server]
  let elsewhere: [Elsewhere]
  let scopes: String?
  let notice: String?

  init(_ id: String, notice: String?, _ queries: some Queries) throws {
    guard let user = try queries.document(.user, id) else {
      throw Failure.notFound("There is nobody of this id in the sandbox.")
    }
    let memberships = try queries.memberships(of: id)
    self.user = id
    name = displayName(user)
    username = user["username"]?.string ?? ""
    action = "\(DiscordSandbox.peoplePath)/\(id)"
    servers = memberships.map(Server.init)
    elsewhere = try queries.documents(.guild).filter { guild in !memberships.contains { $0.guild == guild } }
      .map { Elsewhere(guild: $0["id"]?.string ?? "", title: $0["name"]?.string ?? "") }
    scopes = try queries.allowedScopes(by: id).sorted().joined(separator: ", ").nilIfEmpty
    self.notice = notice
  }
}

extension PersonView.Server {
  init(_ membership: Membership) {
    guild = membership.id
    title = membership.name
    standing = membership.words
    isOwner = membership.isOwner
    let choosable = membership.roles.filter { $0["id"]?.string != membership.id && $0["managed"]?.bool != true }
      .sorted { ($0["position"]?.integer ?? 0) > ($1["position"]?.integer ?? 0) }
    roles = choosable.map { role in
      let bits = Permissions(text: role["permissions"]?.string)
      let id = role["id"]?.string ?? ""
      return PersonView.Role(
        role: id, label: role["name"]?.string ?? "",
        power: bits.contains(.administrator)
          ? "Administrator" : bits.contains(.manageGuild) ? "Manage Server" : nil,
        isHeld: membership.held.contains(id))
    }
  }
}
