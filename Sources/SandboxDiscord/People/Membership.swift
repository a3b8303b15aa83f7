import Basics
import Store

/// Somebody in a server: what they are there.
struct Membership {
  let guild: JSONValue
  let member: JSONValue
  let roles: [JSONValue]

  var id: String { guild["id"]?.string ?? "" }
  var name: String { guild["name"]?.string ?? "" }
  var isOwner: Bool { guild["owner_id"] == member["user"]?["id"] }
  var held: Set<String> { Set(member["roles"]?.array?.compactMap(\.string) ?? []) }
  var permissions: Permissions { .base(of: member, guild: guild, roles: roles) }
  var mayManage: Bool { permissions.contains(.manageGuild) }

  var topRole: JSONValue? {
    roles.filter { held.contains($0["id"]?.string ?? "") }
      .max { ($0["position"]?.integer ?? 0) < ($1["position"]?.integer ?? 0) }
  }

  /// Owner; or the highest role, with what it lets them do; or just a member.
  var words: String {
    if isOwner { return "owner" }
    let power: String? =
      permissions.contains(.administrator) ? "(Administrator)" : mayManage ? "(Manage Server)" : nil
    return [topRole?["name"]?.string, power].compactMap(\.self).joined(separator: " ").nilIfEmpty ?? "member"
  }
}

extension Queries {
  /// The servers somebody is in, by id.
  func memberships(of user: String) throws -> [Membership] {
    try documents(.guild).compactMap { guild in
      let id = guild["id"]?.string ?? ""
      guard let member = try member(user, of: id) else { return nil }
      return Membership(guild: guild, member: member, roles: try documents(.role, of: id))
    }
  }

  /// Everybody but bots, those who have most to say in the main server first.
  func people() throws -> [(user: JSONValue, memberships: [Membership])] {
    try documents(.user).filter { $0["bot"]?.bool != true }
      .map { (user: $0, memberships: try memberships(of: $0["id"]?.string ?? "")) }
      .sorted { rank($0.memberships) > rank($1.memberships) }
  }
}

private func rank(_ memberships: [Membership]) -> Int64 {
  guard let home = memberships.first(where: { $0.id == Identity.guild }) else { return -1 }
  return home.isOwner ? .max : home.topRole?["position"]?.integer ?? 0
}

extension String {
  var nilIfEmpty: String? { isEmpty ? nil : self }
}

/// What somebody is called.
func displayName(_ user: JSONValue) -> String {
  user["global_name"]?.string ?? user["username"]?.string ?? ""
}
