import Basics

/// What somebody may do, as Discord's bits.
struct Permissions: OptionSet, Hashable, Sendable {
  let rawValue: UInt64
  init(rawValue: UInt64) { self.rawValue = rawValue }

  static let createInvite = Permissions(rawValue: 1 << 0)
  static let administrator = Permissions(rawValue: 1 << 3)
  static let manageChannels = Permissions(rawValue: 1 << 4)
  static let manageGuild = Permissions(rawValue: 1 << 5)
  static let addReactions = Permissions(rawValue: 1 << 6)
  static let viewChannel = Permissions(rawValue: 1 << 10)
  static let sendMessages = Permissions(rawValue: 1 << 11)
  static let manageMessages = Permissions(rawValue: 1 << 13)
  static let embedLinks = Permissions(rawValue: 1 << 14)
  static let attachFiles = Permissions(rawValue: 1 << 15)
  static let readMessageHistory = Permissions(rawValue: 1 << 16)
  static let mentionEveryone = Permissions(rawValue: 1 << 17)
  static let externalEmojis = Permissions(rawValue: 1 << 18)
  static let connect = Permissions(rawValue: 1 << 20)
  static let speak = Permissions(rawValue: 1 << 21)
  static let changeNickname = Permissions(rawValue: 1 << 26)
  static let manageRoles = Permissions(rawValue: 1 << 28)
  static let useCommands = Permissions(rawValue: 1 << 31)
  static let manageThreads = Permissions(rawValue: 1 << 34)
  static let createPublicThreads = Permissions(rawValue: 1 << 35)
  static let createPrivateThreads = Permissions(rawValue: 1 << 36)
  static let sendInThreads = Permissions(rawValue: 1 << 38)
  static let pinMessages = Permissions(rawValue: 1 << 51)
  /// Every bit Discord hands to an owner or administrator today.
  static let all = Permissions(rawValue: (1 << 53) - 1)

  /// The decimal text of Discord's JSON.
  init(text: String?) { self.init(rawValue: text.flatMap(UInt64.init) ?? 0) }
  var text: String { String(rawValue) }
}

extension Permissions {
  /// What a member may do in a whole server (Discord: permissions, "Permission Hierarchy").
  static func base(of member: JSONValue, guild: JSONValue, roles: [JSONValue]) -> Permissions {
    let user = member["user"]?["id"]?.string
    if user == guild["owner_id"]?.string { return .all }
    let held = Set(member["roles"]?.array?.compactMap(\.string) ?? [])
      .union([guild["id"]?.string ?? ""])
    let bits = roles.filter { held.contains($0["id"]?.string ?? "") }
      .reduce(into: Permissions()) { $0.formUnion(Permissions(text: $1["permissions"]?.string)) }
    return bits.contains(.administrator) ? .all : bits
  }

  /// What a member may do in a channel: the overwrites for everyone, then for their roles, then for them.
  static func inChannel(
    _ channel: JSONValue, isThread: Bool = false, member: JSONValue, guild: JSONValue, roles: [JSONValue]
  ) -> Permissions {
    var bits = base(of: member, guild: guild, roles: roles)
    if bits.contains(.administrator) { return bits }
    let overwrites = channel["permission_overwrites"]?.array ?? []
    let everyone = overwrites.filter { $0["id"] == guild["id"] }
    let held = Set(member["roles"]?.array ?? [])
    let ofRoles = overwrites.filter {
      $0["type"]?.integer == 0 && $0["id"] != guild["id"] && held.contains($0["id"] ?? .null)
    }
    let ofMember = overwrites.filter { $0["type"]?.integer == 1 && $0["id"] == member["user"]?["id"] }
    for group in [everyone, ofRoles, ofMember] {
      bits.subtract(union(of: group, "deny"))
      bits.formUnion(union(of: group, "allow"))
    }
    return bits.implied(by: isThread ? .sendInThreads : .sendMessages)
  }

  private static func union(of overwrites: [JSONValue], _ side: String) -> Permissions {
    overwrites.reduce(into: []) { $0.formUnion(Permissions(text: $1[side]?.string)) }
  }

  /// Without seeing a channel nothing else counts; without writing in it nothing that goes with writing does.
  private func implied(by writing: Permissions) -> Permissions {
    if !contains(.viewChannel) { return [] }
    return contains(writing) ? self : subtracting([.mentionEveryone, .attachFiles, .embedLinks])
  }
}
