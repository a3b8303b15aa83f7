import Basics
import Store

/// How long servers want their own rows kept, where they have a say (`Retention.choice`).
public enum RetentionChoices {
  public static let migration = Migration(
    "20261121-1220-retention-choices",
    """
    CREATE TABLE retention_choices (
      guild_id TEXT NOT NULL,
      table_name TEXT NOT NULL,
      days INTEGER NOT NULL CHECK (days > 0),
      PRIMARY KEY (table_name, guild_id)
    ) STRICT;
    """)

  /// The days a server chose, by table; what it did not choose goes by the rule.
  public static func days(of server: String, _ queries: some Queries) throws -> [String: Int] {
    let rows = try queries.rows(
      "SELECT table_name, days FROM retention_choices WHERE guild_id = \(server) ORDER BY table_name")
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("table_name"), try $0.get("days")) })
  }

  /// - Parameter days: nil goes back to the rule.
  public static func set(
    _ days: Int?, for retention: Retention, of server: String, _ transaction: WriteTransaction
  ) throws {
    guard let choice = retention.choice else {
      throw Failure.invalid("How long \(retention.what) are kept is the same for every server.")
    }
    guard let days else {
      try transaction.run(
        "DELETE FROM retention_choices WHERE table_name = \(retention.table) AND guild_id = \(server)")
      return
    }
    guard choice.days.contains(days) else {
      throw Failure.invalid("Choose between \(choice.days.lowerBound) and \(choice.days.upperBound) days.")
    }
    try transaction.run(
      """
      INSERT INTO retention_choices (guild_id, table_name, days) VALUES (\(server), \(retention.table), \(days))
      ON CONFLICT (table_name, guild_id) DO UPDATE SET days = excluded.days
      """)
  }

  static func all(of table: String, _ queries: some Queries) throws -> [(server: String, days: Int)] {
    try queries.rows("SELECT guild_id, days FROM retention_choices WHERE table_name = \(table) ORDER BY guild_id")
      .map { (try $0.get("guild_id"), try $0.get("days")) }
  }
}
