import Basics
import Discord
import Store

/// Roles of a server that are worth more here than in Discord.
public enum RoleGrants {
  static let migration = Migration(
    "20261121-1105-role-grants",
    """
    CREATE TABLE role_grants (
      guild_id TEXT NOT NULL,
      role_id TEXT NOT NULL,
      standing TEXT NOT NULL CHECK (standing IN ('viewer', 'staff', 'manager')),
      PRIMARY KEY (guild_id, role_id)
    ) STRICT;
    """)

  /// What a role can be given; admins and owners are made in Discord alone.
  public static let grantable: [Standing] = [.viewer, .staff, .manager]

  public static func all(of guild: GuildID, _ queries: some Queries) throws -> [RoleID: Standing] {
    let rows = try queries.rows("SELECT role_id, standing FROM role_grants WHERE guild_id = \(guild) ORDER BY role_id")
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("role_id"), try $0.get("standing")) })
  }

  /// Gives a role a standing, or (nil) takes it back.
  public static func set(
    _ standing: Standing?, for role: RoleID, in guild: GuildID, _ transaction: WriteTransaction
  ) throws {
    guard let standing else {
      try transaction.run("DELETE FROM role_grants WHERE guild_id = \(guild) AND role_id = \(role)")
      return
    }
    guard grantable.contains(standing) else {
      throw Failure.invalid("A role can make somebody viewer, staff or manager, not \(standing.rawValue).")
    }
    try transaction.run(
      """
      INSERT INTO role_grants (guild_id, role_id, standing) VALUES (\(guild), \(role), \(standing))
      ON CONFLICT (guild_id, role_id) DO UPDATE SET standing = excluded.standing
      """)
  }

  static func highest(of roles: [RoleID], in guild: GuildID, _ queries: some Queries) throws -> Standing? {
    try queries.values(
      Standing.self,
      "SELECT standing FROM role_grants WHERE guild_id = \(guild) AND role_id IN \(list: roles) ORDER BY role_id"
    ).max()
  }
}
