import Basics
import Discord

/// Who asks, in which server.
public struct Actor: Sendable {
  public let user: UserID
  /// As others see them there.
  public let name: String
  public let guild: GuildID
  public let roles: [RoleID]
  /// Rights in the channel the request came from (Discord: permissions).
  public let permissions: UInt64

  /// The person behind an interaction; nil outside a server.
  public init?(_ interaction: Interaction) {
    guard let guild = interaction.guildID, let member = interaction.member, let user = member.user else { return nil }
    self.user = user.id
    self.guild = guild
    name = member.nick ?? user.globalName ?? user.username
    roles = member.roles
    permissions = member.permissions.flatMap(UInt64.init) ?? 0
  }
}

/// What may be done, and by whom at least.
public enum Action: String, Sendable, CaseIterable {
  case readIssues = "issue.read"
  case changeIssue = "issue.change"
  case fileIssue = "issue.file"

  /// The one table of rights.
  var requirement: Standing {
    switch self {
    case .readIssues, .changeIssue, .fileIssue: .member
    }
  }
}

/// How far somebody is trusted in a server.
enum Standing: Int, Comparable {
  case stranger
  case member

  static func < (left: Standing, right: Standing) -> Bool { left.rawValue < right.rawValue }
}

/// The one place where rights are decided. Denies what is not allowed by the table, and everything across servers.
public func authorize(_ actor: Actor, _ action: Action, in guild: GuildID) throws {
  let standing: Standing = actor.guild == guild ? .member : .stranger
  guard standing >= action.requirement else {
    throw Failure.denied("You may not do this here. Ask somebody who runs this server.")
  }
}
