import Basics
import Discord

/// Servers and what is in them, as programs read it. Their schemas are in `APISchemas`.
enum ServerEntries {
  struct Server: APIEntry {
    let id: String
    let name: String
    let icon: String?
    /// Of one server alone.
    var owner: String?

    init(_ server: ListedServer) {
      id = server.id.rawValue
      name = server.name
      icon = PictureAddress.icon(of: server.id, server.icon)
    }

    init(_ server: Discord.Server) {
      id = server.id.rawValue
      name = server.name
      icon = PictureAddress.icon(of: server.id, server.icon)
      owner = server.owner.rawValue
    }

    enum CodingKeys: String, CodingKey {
      case id, name
      case icon = "icon_url"
      case owner = "owner_id"
    }
  }

  struct Channel: APIEntry {
    let id: String
    let name: String
    let kind: String
    let position: Int
    let category: String?

    init(_ channel: Discord.Channel) {
      id = channel.id.rawValue
      name = channel.name ?? ""
      kind = Self.kinds[channel.type] ?? "other"
      position = channel.position ?? 0
      category = channel.parentID?.rawValue
    }

    enum CodingKeys: String, CodingKey {
      case id, name, kind, position
      case category = "category_id"
    }

    /// Discord: channel types.
    static let kinds = [
      0: "text", 2: "voice", 5: "announcement", 13: "stage", 14: "directory", 15: "forum", 16: "media",
    ]
  }

  struct Category: APIEntry {
    let id: String
    let name: String
    let position: Int

    init(_ channel: Discord.Channel) {
      id = channel.id.rawValue
      name = channel.name ?? ""
      position = channel.position ?? 0
    }
  }

  struct Role: APIEntry {
    let id: String
    let name: String
    let position: Int
    /// `#rrggbb`; absent where it has none.
    let color: String?
    let managed: Bool

    init(_ role: ServerRole) {
      id = role.id.rawValue
      name = role.name
      position = role.position
      let digits = String(role.color & 0xFFFFFF, radix: 16)
      color = role.color == 0 ? nil : "#" + String(repeating: "0", count: 6 - digits.count) + digits
      managed = role.managed
    }
  }

  struct Emoji: APIEntry {
    let id: String
    let name: String
    let animated: Bool
    let available: Bool

    init(_ emoji: Discord.Emoji) {
      id = emoji.id.rawValue
      name = emoji.name
      animated = emoji.animated ?? false
      available = emoji.available ?? true
    }
  }

  struct Member: APIEntry {
    let id: String
    /// As others see them there.
    let name: String
    let username: String
    let roles: [String]

    init?(_ member: Discord.Member) {
      guard let user = member.user else { return nil }
      id = user.id.rawValue
      name = member.nick ?? user.globalName ?? user.username
      username = user.username
      roles = member.roles.map(\.rawValue)
    }
  }
}
