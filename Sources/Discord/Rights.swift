/// What a bitset of Discord's permits (Discord: topics, permissions), as far as we ask.
public struct Rights: OptionSet, Sendable, Hashable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Reads the decimal text that Discord sends; text of another form grants nothing.
  public init(decimal text: String?) { rawValue = text.flatMap(UInt64.init) ?? 0 }

  public static let administrator = Rights(rawValue: 1 << 3)
  public static let manageServer = Rights(rawValue: 1 << 5)
  public static let viewChannel = Rights(rawValue: 1 << 10)
  public static let sendMessages = Rights(rawValue: 1 << 11)
  public static let manageMessages = Rights(rawValue: 1 << 13)
  public static let embedLinks = Rights(rawValue: 1 << 14)
  public static let attachFiles = Rights(rawValue: 1 << 15)
  public static let readHistory = Rights(rawValue: 1 << 16)
  public static let manageThreads = Rights(rawValue: 1 << 34)
  public static let sendInThreads = Rights(rawValue: 1 << 38)

  /// What the bot needs in every server: to see channels, post, edit its own posts and look for them again.
  public static let ofBot: Rights = [
    .viewChannel, .sendMessages, .embedLinks, .attachFiles, .readHistory, .manageThreads, .sendInThreads,
  ]
}

extension Rights {
  /// The rights of `ofBot` by the names that Discord's own pages give them.
  private static let names: [(right: Rights, name: String)] = [
    (.viewChannel, "View Channel"), (.sendMessages, "Send Messages"), (.embedLinks, "Embed Links"),
    (.attachFiles, "Attach Files"), (.readHistory, "Read Message History"), (.manageThreads, "Manage Threads"),
    (.sendInThreads, "Send Messages in Threads"),
  ]

  /// What an issue channel of that kind takes.
  public static func needed(in channel: Channel) -> Rights {
    let everywhere: Rights = [.viewChannel, .sendMessages, .embedLinks, .readHistory]
    return channel.isForum ? everywhere.union([.sendInThreads, .manageThreads]) : everywhere
  }

  /// The rights that are missing here, by name.
  public func missing(of needed: Rights) -> [String] {
    Self.names.filter { needed.contains($0.right) && !contains($0.right) }.map(\.name)
  }
}

/// What a channel allows or denies somebody beyond the server's roles (Discord: permission overwrites).
public struct Overwrite: Decodable, Sendable {
  /// Of a role or of a person.
  public let id: String
  /// 0 for a role, 1 for a person.
  public let type: Int
  public let allow: String
  public let deny: String
}

extension Server {
  /// What somebody may do in a channel: the overwrites of everyone, then of their roles, then their own (Discord:
  /// permissions, permission hierarchy).
  public func rights(of user: UserID, with held: [RoleID], in channel: Channel) -> Rights {
    let base = rights(of: user, with: held)
    if base.contains(.administrator) { return Rights(rawValue: .max) }
    let all = channel.overwrites ?? []
    let everyone = all.filter { $0.id == id.rawValue }
    let roles = Set(held.map(\.rawValue))
    let ofRoles = all.filter { $0.type == 0 && $0.id != id.rawValue && roles.contains($0.id) }
    let own = all.filter { $0.type == 1 && $0.id == user.rawValue }
    let rights = [everyone, ofRoles, own].reduce(base) { rights, group in
      let denied = group.reduce(into: Rights()) { $0.formUnion(Rights(decimal: $1.deny)) }
      return group.reduce(rights.subtracting(denied)) { $0.union(Rights(decimal: $1.allow)) }
    }
    return rights.contains(.viewChannel) ? rights : []
  }
}
