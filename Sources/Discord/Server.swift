/// A server, as the bot sees it.
public struct Server: Decodable, Sendable {
  public let id: GuildID
  public let name: String
  /// The hash of its picture; nil while it has none.
  public let icon: String?
  public let owner: UserID
  public let roles: [ServerRole]

  enum CodingKeys: String, CodingKey {
    case id, name, icon, roles
    case owner = "owner_id"
  }

  /// What somebody with these roles may do there, before channels have their say (Discord: permissions, hierarchy).
  public func rights(of user: UserID, with held: [RoleID]) -> Rights {
    if user == owner { return Rights(rawValue: .max) }
    // The role @everyone has the server's own id.
    let granted = roles.filter { held.contains($0.id) || $0.id.rawValue == id.rawValue }
    return granted.reduce(into: Rights()) { $0.formUnion(Rights(decimal: $1.permissions)) }
  }
}

public struct ServerRole: Codable, Sendable, Hashable {
  public let id: RoleID
  public let name: String
  /// Higher stands above.
  public let position: Int
  /// 0 for none, else RGB.
  public let color: Int
  public let permissions: String
  /// Belongs to an integration, so nobody can be given it by hand.
  public let managed: Bool
}

/// A picture of a server's own, to be used like a character.
public struct Emoji: Decodable, Sendable {
  public let id: Snowflake<Emoji>
  public let name: String
  public let animated: Bool?
  /// False where the server lost the boosts that it took.
  public let available: Bool?
}

/// A server in somebody's list, as that person (or the bot) sees it (Discord: user, get current user guilds).
public struct ListedServer: Codable, Sendable {
  public let id: GuildID
  public let name: String
  public let icon: String?
  public let owner: Bool
  public let permissions: String
}

/// The address of a picture at Discord's image server (Discord: reference, image formatting).
public enum PictureAddress {
  public static func icon(of server: GuildID, _ hash: String?) -> String? {
    hash.map { "https://cdn.discordapp.com/icons/\(server)/\($0).png?size=64" }
  }

  public static func avatar(of user: UserID, _ hash: String?) -> String? {
    hash.map { "https://cdn.discordapp.com/avatars/\(user)/\($0).png?size=64" }
  }
}
