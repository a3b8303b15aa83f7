import Basics
import SandboxStage
import Store

/// Everything but messages is kept as the very object the API answers, by kind and id.
enum Kind: String, SQLBindable {
  case application, user, guild, role, channel, member, command, thread
}

extension Queries {
  func document(_ kind: Kind, _ id: String) throws -> JSONValue? {
    try value(String.self, "SELECT body FROM discord_documents WHERE kind = \(kind) AND id = \(id)")
      .map { try JSON.decode(JSONValue.self, from: $0) }
  }

  /// All of a kind that belong to a server, ordered by id.
  func documents(_ kind: Kind, of guild: String) throws -> [JSONValue] {
    try values(
      String.self, "SELECT body FROM discord_documents WHERE kind = \(kind) AND parent = \(guild) ORDER BY id"
    ).map { try JSON.decode(JSONValue.self, from: $0) }
  }

  func documents(_ kind: Kind) throws -> [JSONValue] {
    try values(String.self, "SELECT body FROM discord_documents WHERE kind = \(kind) ORDER BY parent, id")
      .map { try JSON.decode(JSONValue.self, from: $0) }
  }

  /// A channel or thread.
  func channel(_ id: String) throws -> JSONValue? { try document(.channel, id) ?? document(.thread, id) }

  func member(_ user: String, of guild: String) throws -> JSONValue? { try document(.member, "\(guild)/\(user)") }

  func bot() throws -> JSONValue {
    guard let bot = try document(.user, Identity.bot) else {
      throw Failure(.unexpected, "The sandbox's store holds no bot. Remove its state folder and start again.")
    }
    return bot
  }
}

extension WriteTransaction {
  func put(_ kind: Kind, _ id: String, parent: String = "", _ body: JSONValue) throws {
    try run(
      """
      INSERT INTO discord_documents (kind, id, parent, body) VALUES (\(kind), \(id), \(parent), \(JSON.text(body)))
      ON CONFLICT (kind, id) DO UPDATE SET parent = excluded.parent, body = excluded.body
      """)
  }
}

/// A message with what only the sandbox knows of it.
struct MessageRecord: RowDecodable {
  let id: String
  let channel: String
  let author: String
  /// The one person who sees it; nil for everybody.
  let onlyFor: String?
  /// The interaction whose answer it is.
  let interaction: String?
  var body: JSONValue

  init(row: Row) throws {
    id = try row.get("id")
    channel = try row.get("channel_id")
    author = try row.get("author_id")
    onlyFor = try row.optional("only_for")
    interaction = try row.optional("interaction_id")
    body = try JSON.decode(JSONValue.self, from: row.get("body", as: String.self))
  }

  init(id: String, channel: String, author: String, onlyFor: String? = nil, interaction: String? = nil, body: JSONValue)
  {
    self.id = id
    self.channel = channel
    self.author = author
    self.onlyFor = onlyFor
    self.interaction = interaction
    self.body = body
  }
}

extension Queries {
  func message(_ id: String) throws -> MessageRecord? {
    try first(MessageRecord.self, "SELECT * FROM discord_messages WHERE id = \(id)")
  }
}

extension WriteTransaction {
  func insert(_ message: MessageRecord) throws {
    try run(
      """
      INSERT INTO discord_messages (id, ordinal, channel_id, author_id, only_for, interaction_id, body)
      VALUES (\(message.id), \(Int64(message.id) ?? 0), \(message.channel), \(message.author), \(message.onlyFor),
        \(message.interaction), \(JSON.text(message.body)))
      """)
    if message.onlyFor == nil { try noteMessage(message.id, in: message.channel) }
  }

  func update(_ message: MessageRecord) throws {
    try run("UPDATE discord_messages SET body = \(JSON.text(message.body)) WHERE id = \(message.id)")
  }

  func remove(_ kind: Kind, _ id: String) throws {
    try run("DELETE FROM discord_documents WHERE kind = \(kind) AND id = \(id)")
  }

  func delete(message id: String) throws { try run("DELETE FROM discord_messages WHERE id = \(id)") }
}

let discordMigrations = [
  Migration(
    "20261121-0910-sandbox-discord",
    """
    CREATE TABLE discord_documents (
      kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT;
    CREATE INDEX discord_documents_parent ON discord_documents (kind, parent, id);
    CREATE TABLE discord_messages (
      id TEXT PRIMARY KEY, ordinal INTEGER NOT NULL, channel_id TEXT NOT NULL, author_id TEXT NOT NULL, only_for TEXT,
      interaction_id TEXT, body TEXT NOT NULL) STRICT;
    CREATE INDEX discord_messages_channel ON discord_messages (channel_id, ordinal);
    CREATE TABLE discord_nonces (
      channel_id TEXT NOT NULL, author_id TEXT NOT NULL, nonce TEXT NOT NULL, message_id TEXT NOT NULL,
      at INTEGER NOT NULL, PRIMARY KEY (channel_id, author_id, nonce)) STRICT;
    CREATE TABLE discord_interactions (
      id TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, type INTEGER NOT NULL, guild_id TEXT, channel_id TEXT NOT NULL,
      user_id TEXT NOT NULL, message_id TEXT, custom_id TEXT, sent_at INTEGER NOT NULL, state TEXT NOT NULL,
      answer_type INTEGER, original_id TEXT, reason TEXT, milliseconds INTEGER) STRICT;
    CREATE INDEX discord_interactions_message ON discord_interactions (message_id, user_id, id);
    """),
  Migration(
    "20261121-1330-sandbox-discord-commands",
    """
    ALTER TABLE discord_interactions ADD COLUMN target_id TEXT;
    ALTER TABLE discord_interactions ADD COLUMN option TEXT;
    ALTER TABLE discord_interactions ADD COLUMN parent TEXT;
    ALTER TABLE discord_interactions ADD COLUMN shown TEXT;
    """),
  oauthMigration,
]
