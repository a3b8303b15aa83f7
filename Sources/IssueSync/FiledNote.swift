import Basics
import Discord
import Foundation
import Store

/// The note in a filed row that says who filed it, and by which a row is found again.
enum FiledNote {
  private static let opening = "Filed from Discord by "
  private static let nameless = "Filed from Discord"

  static let migration = Migration(
    "20261121-1210-issue-filings",
    """
    CREATE TABLE issue_filings (
      key TEXT PRIMARY KEY,
      guild_id TEXT NOT NULL,
      user_id TEXT,
      person_name TEXT NOT NULL,
      filed_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX issue_filings_by_person ON issue_filings (user_id, guild_id);
    """)

  static func text(_ person: String, _ key: String) -> String { "\(opening)\(person) (\(key))" }

  static func remember(
    _ key: String, by person: Changing.Person, in guild: GuildID, at time: Timestamp, _ transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      INSERT INTO issue_filings (key, guild_id, user_id, person_name, filed_at)
      VALUES (\(key), \(guild), \(person.id), \(person.name), \(time))
      """)
  }

  /// Notion may still name somebody who was erased here; what is read from there is kept without the name.
  static func forgetting(_ content: Issue.Content, _ queries: some Queries) throws -> Issue.Content {
    guard let start = content.summary.range(of: opening) else { return content }
    var content = content
    guard let key = key(in: content.summary[start.upperBound...]) else {
      // Cut off within the name: then nobody can tell whose it is.
      if content.summary.hasSuffix("…") { content.summary = String(content.summary[..<start.lowerBound]) + nameless }
      return content
    }
    let isErased =
      try queries.value(
        Int.self, "SELECT count(*) FROM issue_filings WHERE key = \(key) AND user_id IS NULL") ?? 0 > 0
    if isErased { content.summary = withoutName(content.summary, key: key) }
    return content
  }

  static func withoutName(_ summary: String, key: String) -> String {
    guard let start = summary.range(of: opening),
      let end = summary.range(of: " (\(key))", range: start.upperBound..<summary.endIndex)
    else { return summary }
    return summary[..<start.lowerBound] + nameless + summary[end.lowerBound...]
  }

  /// `… (GH-0123456789ab)`
  private static func key(in rest: Substring) -> String? {
    guard let open = rest.range(of: " (GH-") else { return nil }
    let key = "GH-" + rest[open.upperBound...].prefix { $0.isHexDigit }
    return key.count == 15 ? key : nil
  }
}
