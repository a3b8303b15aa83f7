import Basics
import Discord
import Store

/// Who somebody is in a server, as Discord says now. Asked again when the answer is older than a minute, so a right that
/// was taken away is gone within that minute; while Discord does not answer, nobody has rights that cannot be checked.
public struct Memberships: Sendable {
  let durable: DataStore
  let volatile: DataStore
  let clock: WallClock
  let discord: @Sendable () throws -> DiscordClient

  /// - Parameters:
  ///   - durable: where the roles of servers are given standings (`RoleGrants`).
  ///   - volatile: where answers are remembered; it may be lost.
  public init(
    durable: DataStore, volatile: DataStore, clock: WallClock, discord: @escaping @Sendable () throws -> DiscordClient
  ) {
    self.durable = durable
    self.volatile = volatile
    self.clock = clock
    self.discord = discord
  }

  public static let volatileMigration = Migration(
    "20261121-1100-memberships",
    """
    CREATE TABLE memberships (
      guild_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      name TEXT NOT NULL,
      rights TEXT NOT NULL,
      is_owner INTEGER NOT NULL CHECK (is_owner IN (0, 1)),
      is_member INTEGER NOT NULL CHECK (is_member IN (0, 1)),
      roles TEXT NOT NULL,
      checked_at INTEGER NOT NULL,
      PRIMARY KEY (guild_id, user_id)
    ) STRICT;
    CREATE INDEX memberships_by_age ON memberships (checked_at);
    """)

  static let lifetime: Duration = .seconds(60)

  /// The person as an actor in that server: a stranger when they, or the bot, are not in it.
  public func actor(_ user: UserID, named name: String, in guild: GuildID) throws -> Actor {
    let membership = try remembered(user, guild) ?? ask(user, name, guild)
    let standing = try standing(membership, in: guild)
    return Actor(user: user, name: membership.name, guild: guild, roles: membership.roles, standing: standing)
  }

  /// Forgets what is remembered of a server, so that the next question goes to Discord.
  public func forget(_ guild: GuildID) throws {
    try volatile.write { try $0.run("DELETE FROM memberships WHERE guild_id = \(guild)") }
  }

  private func standing(_ membership: Membership, in guild: GuildID) throws -> Standing {
    guard membership.isMember else { return .stranger }
    if membership.isOwner { return .owner }
    let granted = try durable.read { try RoleGrants.highest(of: membership.roles, in: guild, $0) }
    return max(Standing(membership.rights), granted ?? .member)
  }

  private func remembered(_ user: UserID, _ guild: GuildID) throws -> Membership? {
    let now = clock.now()
    return try volatile.read {
      // What was asked later than now was asked before the clock was set back, nobody knows how long ago.
      try $0.first(
        """
        SELECT * FROM memberships WHERE guild_id = \(guild) AND user_id = \(user)
          AND checked_at > \(now - Self.lifetime) AND checked_at <= \(now)
        """)
    }
  }

  private func ask(_ user: UserID, _ name: String, _ guild: GuildID) throws -> Membership {
    let asked = clock.now()
    let membership = try look(user, name, guild)
    try volatile.write {
      try $0.run(
        """
        INSERT INTO memberships (guild_id, user_id, name, rights, is_owner, is_member, roles, checked_at)
        VALUES (\(guild), \(user), \(membership.name), \(String(membership.rights.rawValue)), \(membership.isOwner),
          \(membership.isMember), \(JSON.text(membership.roles)), \(asked))
        ON CONFLICT (guild_id, user_id) DO UPDATE SET name = excluded.name, rights = excluded.rights,
          is_owner = excluded.is_owner, is_member = excluded.is_member, roles = excluded.roles,
          checked_at = excluded.checked_at
        """)
    }
    return membership
  }

  private func look(_ user: UserID, _ name: String, _ guild: GuildID) throws -> Membership {
    do {
      let client = try discord()
      let member = try client.member(guild, user)
      let server = try client.server(guild)
      return Membership(
        name: member.nick ?? name, rights: server.rights(of: user, with: member.roles), isOwner: server.owner == user,
        isMember: true, roles: member.roles)
    } catch let error where Self.meansAbsent(error) {
      return Membership(name: name, rights: [], isOwner: false, isMember: false, roles: [])
    }
  }

  /// Discord says so when the person is not in the server, and when the bot is not.
  private static func meansAbsent(_ error: any Error) -> Bool {
    guard let refusal = error as? DiscordRefusal else { return false }
    return refusal.status == 404 || refusal.status == 403
  }
}

private struct Membership: RowDecodable {
  let name: String
  let rights: Rights
  let isOwner: Bool
  let isMember: Bool
  let roles: [RoleID]

  init(name: String, rights: Rights, isOwner: Bool, isMember: Bool, roles: [RoleID]) {
    self.name = name
    self.rights = rights
    self.isOwner = isOwner
    self.isMember = isMember
    self.roles = roles
  }

  init(row: Row) throws {
    name = try row.get("name")
    rights = Rights(decimal: try row.get("rights"))
    isOwner = try row.get("is_owner")
    isMember = try row.get("is_member")
    roles = try JSON.decode([RoleID].self, from: try row.get("roles", as: String.self))
  }
}
