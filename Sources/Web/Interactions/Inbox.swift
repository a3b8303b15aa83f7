import Basics
import Discord
import Store

/// Every interaction that was answered, with its answer: a repetition gets the same one and changes nothing.
enum Inbox {
  static let migration = Migration(
    "20261121-0940-interactions",
    """
    CREATE TABLE interactions (
      id TEXT PRIMARY KEY,
      received_at INTEGER NOT NULL,
      guild_id TEXT,
      body_hash TEXT NOT NULL,
      answer TEXT NOT NULL,
      correlation_id TEXT NOT NULL
    ) STRICT;
    CREATE INDEX interactions_by_age ON interactions (received_at);
    """)

  static let peopleMigration = Migration(
    "20261121-1215-interaction-people",
    """
    ALTER TABLE interactions ADD COLUMN user_id TEXT;
    CREATE INDEX interactions_by_person ON interactions (user_id);
    """)

  static func answer(to id: Snowflake<Interaction>, _ queries: some Queries) throws -> String? {
    try queries.value("SELECT answer FROM interactions WHERE id = \(id)")
  }

  static func keep(
    _ interaction: Interaction, bodyHash: String, answer: String, at time: Timestamp, correlation: String,
    in transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      INSERT INTO interactions (id, received_at, guild_id, user_id, body_hash, answer, correlation_id)
      VALUES (\(interaction.id), \(time), \(interaction.guildID), \(interaction.member?.user?.id), \(bodyHash), \(answer), \(correlation))
      """)
  }
}
