import Discord
import Store

/// The jobs of this subject in words.
public struct JobWords: Sendable {
  /// What each kind does.
  public static let titles = [
    Changing.kindName: "Change an issue in Notion",
    Delivering.kindName: "Show an issue in Discord",
    Filing.kindName: "File an issue in Notion",
    Rereading.pageKindName: "Read a row of Notion again",
    Rereading.tableKindName: "Read a table of Notion",
    Redrawing.kindName: "Draw the messages of a mapping anew",
  ]

  /// What a job is about.
  public struct Subject: Sendable {
    public let name: String
    /// The issue's id; nil when it is about something else.
    public let issue: String?
  }

  /// By lane. Lanes end in the id of what their jobs are about; those of other servers are about nothing here.
  public static func subjects(of lanes: [String], in guild: GuildID, _ queries: some Queries) throws -> [String:
    Subject]
  {
    let ids = Dictionary(lanes.map { ($0, String($0.split(separator: ":").last ?? "")) }, uniquingKeysWith: { $1 })
    let issues = try queries.rows(naming(Array(Set(ids.values)), in: guild))
    let mappings = try queries.rows("SELECT id, name FROM sync_mappings WHERE guild_id = \(guild) ORDER BY id")
    var known: [String: Subject] = [:]
    for row in mappings { known[try row.get("id")] = Subject(name: try row.get("name"), issue: nil) }
    for row in issues {
      let (id, number, title): (String, String, String) = (
        try row.get("id"), try row.get("number"), try row.get("title")
      )
      known[id] = Subject(name: [number, title].filter { !$0.isEmpty }.joined(separator: " · "), issue: id)
    }
    return ids.compactMapValues { known[$0] }
  }

  /// By id, never by server.
  static func naming(_ ids: [String], in guild: GuildID) -> SQL {
    "SELECT id, number, title FROM issues WHERE guild_id || '' = \(guild) AND id IN \(list: ids) ORDER BY id"
  }
}
