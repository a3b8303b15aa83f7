import Basics
import Discord
import Foundation
import Store

/// What a server set for itself.
public enum ServerSettings {
  static let migration = Migration(
    "20261121-1250-server-settings",
    """
    CREATE TABLE server_settings (
      guild_id TEXT PRIMARY KEY,
      time_zone TEXT NOT NULL
    ) STRICT;
    """)

  /// Where the server's times are told; UTC until it says so.
  public static func timeZone(of guild: GuildID, _ queries: some Queries) throws -> TimeZone {
    let name: String? = try queries.value("SELECT time_zone FROM server_settings WHERE guild_id = \(guild)")
    return name.flatMap { TimeZone(identifier: $0) } ?? .gmt
  }

  /// The names there are (IANA: time zone database).
  public static let timeZones: [String] = (TimeZone.knownTimeZoneIdentifiers.filter { $0 != "GMT" } + ["UTC"]).sorted()

  /// - Parameter name: one of `timeZones`, whatever its case.
  /// - Returns: the name as it is written.
  @discardableResult
  public static func setTimeZone(_ name: String, of guild: GuildID, _ transaction: WriteTransaction) throws -> String {
    guard let known = timeZones.first(where: { $0.caseInsensitiveCompare(name) == .orderedSame }) else {
      throw Failure.invalid("There is no such time zone. Choose a name such as Europe/Berlin, or UTC.")
    }
    try transaction.run(
      """
      INSERT INTO server_settings (guild_id, time_zone) VALUES (\(guild), \(known))
      ON CONFLICT (guild_id) DO UPDATE SET time_zone = excluded.time_zone
      """)
    return known
  }
}
