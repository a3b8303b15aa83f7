import Basics
import Discord
import Notion
import Store

/// Who is who: people of a server and of a Notion workspace. A person says it once, when they first assign something to
/// themselves; what Notion's people are called is read with each full comparison.
public enum People {
  static let migration = Migration(
    "20261121-0935-people",
    """
    CREATE TABLE notion_people (
      connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (connection_id, id)
    ) STRICT;
    CREATE TABLE person_links (
      guild_id TEXT NOT NULL,
      connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
      user_id TEXT NOT NULL,
      person_id TEXT NOT NULL,
      PRIMARY KEY (guild_id, connection_id, user_id)
    ) STRICT;
    """)

  /// Who this member is in Notion; nil while they have not said it, or when Notion does not know that person any more.
  static func link(of user: UserID, under mapping: Mapping, _ queries: some Queries) throws -> Person? {
    try person(
      """
      SELECT notion_people.id, notion_people.name FROM person_links
      JOIN notion_people ON notion_people.connection_id = person_links.connection_id
        AND notion_people.id = person_links.person_id
      WHERE person_links.guild_id = \(mapping.guild) AND person_links.connection_id = \(mapping.connection)
        AND person_links.user_id = \(user)
      """, queries)
  }

  static func find(_ id: String, under mapping: Mapping, _ queries: some Queries) throws -> Person? {
    try person(
      "SELECT id, name FROM notion_people WHERE connection_id = \(mapping.connection) AND id = \(id)", queries)
  }

  static func remember(
    _ user: UserID, is person: Person, under mapping: Mapping, in transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      INSERT INTO person_links (guild_id, connection_id, user_id, person_id)
      VALUES (\(mapping.guild), \(mapping.connection), \(user), \(person.id))
      ON CONFLICT (guild_id, connection_id, user_id) DO UPDATE SET person_id = excluded.person_id
      """)
  }

  static func choices(under mapping: Mapping, _ queries: some Queries) throws -> [StringSelect.Option] {
    try queries.rows(
      "SELECT id, name FROM notion_people WHERE connection_id = \(mapping.connection) ORDER BY name, id LIMIT 25"
    ).map { StringSelect.Option(try $0.get("name"), value: try $0.get("id")) }
  }

  /// Whom an assignee's name stands for; empty for nobody.
  static func id(named name: String, under mapping: Mapping, _ queries: some Queries) throws -> String {
    if name.isEmpty { return "" }
    let ids = try queries.values(
      String.self,
      "SELECT id FROM notion_people WHERE connection_id = \(mapping.connection) AND name = \(name) ORDER BY id LIMIT 2")
    guard let id = ids.first, ids.count == 1 else {
      throw Failure.conflict("It is not known who “\(name.cut(to: 100))” is in Notion. Assign the issue there.")
    }
    return id
  }

  /// Everybody an issue can be given to, by name; of a very large workspace the first.
  static func all(under mapping: Mapping, _ queries: some Queries) throws -> [IssueStory.Assignee] {
    try queries.rows(
      "SELECT id, name FROM notion_people WHERE connection_id = \(mapping.connection) ORDER BY name, id LIMIT 500"
    ).map { IssueStory.Assignee(id: try $0.get("id"), name: try $0.get("name")) }
  }

  private static func person(_ sql: SQL, _ queries: some Queries) throws -> Person? {
    try queries.rows(sql).first.map { Person(id: try $0.get("id"), name: try $0.get("name")) }
  }
}

extension Syncing {
  /// Reads the workspace's members again. An integration without the right to see people leaves them as they were.
  func refreshPeople(of mapping: Mapping, _ notion: NotionClient, _ report: inout Report) throws {
    var people: [Person] = []
    var cursor: String?
    do {
      repeat {
        let page = try notion.people(cursor)
        report.calls += 1
        people += page.people.filter { $0.name != nil }
        cursor = page.nextCursor
      } while cursor != nil
    } catch let refusal as NotionRefusal where refusal.failure.kind == .denied {
      return
    }
    try desk.store.write { transaction in
      try transaction.run("DELETE FROM notion_people WHERE connection_id = \(mapping.connection)")
      for person in people {
        try transaction.run(
          """
          INSERT INTO notion_people (connection_id, id, name)
          VALUES (\(mapping.connection), \(person.id), \(person.name ?? "")) ON CONFLICT (connection_id, id) DO NOTHING
          """)
      }
    }
  }
}
