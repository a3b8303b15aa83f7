import Basics
import Discord
import Store

/// How far somebody is trusted in a server, the least first.
public enum Standing: String, Sendable, CaseIterable, Comparable, SQLConvertible {
  /// Not in the server.
  case stranger
  case member
  /// May look at the panel.
  case viewer
  /// Works the hall's daily business.
  case staff
  /// May manage the server in Discord, or holds a role that was given this standing.
  case manager
  /// An administrator in Discord.
  case admin
  case owner

  public static func < (left: Standing, right: Standing) -> Bool { left.rank < right.rank }
  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Who acts, in which server.
public struct Actor: Sendable {
  public let user: UserID
  /// As others see them there.
  public let name: String
  public let guild: GuildID
  public let roles: [RoleID]
  public let standing: Standing

  public init(user: UserID, name: String, guild: GuildID, roles: [RoleID], standing: Standing) {
    self.user = user
    self.name = name
    self.guild = guild
    self.roles = roles
    self.standing = standing
  }

  /// The person behind an interaction; nil outside a server. Discord has signed that they are a member there.
  public init?(_ interaction: Interaction) {
    guard let guild = interaction.guildID, let member = interaction.member, let user = member.user else { return nil }
    self.init(
      user: user.id, name: member.nick ?? user.globalName ?? user.username, guild: guild, roles: member.roles,
      standing: Standing(Rights(decimal: member.permissions)))
  }
}

extension Standing {
  /// What Discord's own rights are worth here. An owner is an administrator to those who see only rights.
  init(_ rights: Rights) {
    self = rights.contains(.administrator) ? .admin : rights.contains(.manageServer) ? .manager : .member
  }
}

/// The one place where rights are decided. Denies what the table does not allow, and everything across servers.
public func authorize(_ actor: Actor, _ action: Action, in guild: GuildID) throws {
  let standing: Standing = actor.guild == guild ? actor.standing : .stranger
  guard standing >= action.requirement else {
    throw Failure.denied(
      "This takes the standing of \(action.requirement.article) in this server. Ask somebody who runs it.")
  }
}

extension Standing {
  fileprivate var article: String {
    ["a", "e", "i", "o", "u"].contains(rawValue.prefix(1)) ? "an \(rawValue)" : "a \(rawValue)"
  }
}
