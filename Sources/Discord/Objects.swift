import Basics

/// What Discord tells of things, as far as we use it. Unknown members are ignored.

public struct Application: Decodable, Sendable {
  public let id: ApplicationID
  public let name: String
  /// The Ed25519 key interactions are signed with, as hex.
  public let verifyKey: String
  /// Where Discord sends interactions; nil while nobody has said it.
  public let interactionsURL: String?
  /// The account that the application acts as.
  public let bot: User?
  /// A bitset (Discord: application, flags).
  let flags: UInt64?

  /// The privileged intents that are on, by their names in the developer portal. Each has two bits: for many servers, and
  /// for few.
  public var privilegedIntents: [String] {
    [(12, "Presence"), (14, "Server Members"), (18, "Message Content")]
      .filter { bit, _ in (flags ?? 0) >> bit & 0b11 != 0 }.map(\.1)
  }

  enum CodingKeys: String, CodingKey {
    case id, name, bot, flags
    case verifyKey = "verify_key"
    case interactionsURL = "interactions_endpoint_url"
  }
}

public struct Channel: Decodable, Sendable {
  public let id: ChannelID
  public let type: Int
  public let guildID: GuildID?
  public let name: String?
  /// Where it stands among the others of its kind; absent in threads.
  public let position: Int?
  public let lastMessageID: MessageID?
  /// The channel a thread belongs to, the category of others.
  public let parentID: ChannelID?
  /// Forums only.
  public let tags: [Tag]?
  /// Threads only.
  public let archiving: Archiving?

  public struct Archiving: Decodable, Sendable {
    let archiveTimestamp: String?
    enum CodingKeys: String, CodingKey { case archiveTimestamp = "archive_timestamp" }

    /// When it was last archived or opened again.
    public var changedAt: Timestamp? { archiveTimestamp.flatMap { Timestamp(iso8601: $0) } }
  }
  /// Absent in threads, which go by their channel's.
  public let overwrites: [Overwrite]?

  public struct Tag: Decodable, Sendable {
    public let id: Snowflake<Tag>
    public let name: String
  }

  enum CodingKeys: String, CodingKey {
    case id, type, name, position
    case guildID = "guild_id"
    case lastMessageID = "last_message_id"
    case parentID = "parent_id"
    case tags = "available_tags"
    case archiving = "thread_metadata"
    case overwrites = "permission_overwrites"
  }

  /// Discord: channel types. The ones that messages can be posted into directly.
  public var takesMessages: Bool { [0, 2, 5, 10, 11, 12, 13].contains(type) }
  /// A channel of posts: a forum, or a media channel.
  public var isForum: Bool { [15, 16].contains(type) }
}

public struct User: Decodable, Sendable {
  public let id: UserID
  public let username: String
  public let globalName: String?

  enum CodingKeys: String, CodingKey {
    case id, username
    case globalName = "global_name"
  }
}

/// A person in a server.
public struct Member: Decodable, Sendable {
  public let user: User?
  public let nick: String?
  public let roles: [RoleID]
  /// The rights in the channel of an interaction, as a decimal bitset; absent elsewhere.
  public let permissions: String?
}

public struct Message: Decodable, Sendable {
  public let id: MessageID
  public let author: User?
  /// The custom ids of all its components, in order: how we recognise messages of ours.
  public let customIDs: [String]

  enum CodingKeys: String, CodingKey { case id, author, components }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(MessageID.self, forKey: .id)
    author = try container.decodeIfPresent(User.self, forKey: .author)
    let components = try container.decodeIfPresent([ReceivedComponent].self, forKey: .components) ?? []
    customIDs = components.flatMap(\.customIDs)
  }

  public init(id: MessageID, author: User? = nil, customIDs: [String] = []) {
    self.id = id
    self.author = author
    self.customIDs = customIDs
  }
}

private struct ReceivedComponent: Decodable {
  let customID: String?
  let components: [ReceivedComponent]?

  enum CodingKeys: String, CodingKey {
    case components
    case customID = "custom_id"
  }

  var customIDs: [String] { (customID.map { [$0] } ?? []) + (components ?? []).flatMap(\.customIDs) }
}
