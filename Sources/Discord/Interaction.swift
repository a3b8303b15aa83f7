/// Something a person did in Discord that Discord asks us about (Discord: interactions, receiving).
public struct Interaction: Decodable, Sendable {
  public let id: Snowflake<Interaction>
  public let kind: Kind
  public let guildID: GuildID?
  public let channelID: ChannelID?
  /// Who did it: a member in a server, a bare user in a direct message; nil on a ping.
  public let member: Member?
  public let user: User?
  public let messageID: MessageID?

  public enum Kind: Sendable, Hashable {
    case ping
    case component(customID: String, values: [String])
    /// A kind we offer nothing for.
    case other(Int)
  }

  public var person: User? { member?.user ?? user }

  enum CodingKeys: String, CodingKey {
    case id, type, data, member, user, message
    case guildID = "guild_id"
    case channelID = "channel_id"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(Snowflake<Interaction>.self, forKey: .id)
    switch try container.decode(Int.self, forKey: .type) {
    case 1:
      kind = .ping
    case 3:
      let data = try container.decode(ComponentData.self, forKey: .data)
      kind = .component(customID: data.customID, values: data.values ?? [])
    case let type:
      kind = .other(type)
    }
    guildID = try container.decodeIfPresent(GuildID.self, forKey: .guildID)
    channelID = try container.decodeIfPresent(ChannelID.self, forKey: .channelID)
    member = try container.decodeIfPresent(Member.self, forKey: .member)
    user = try container.decodeIfPresent(User.self, forKey: .user)
    messageID = try container.decodeIfPresent(MessageReference.self, forKey: .message)?.id
  }

  private struct ComponentData: Decodable {
    let customID: String
    let values: [String]?

    enum CodingKeys: String, CodingKey {
      case values
      case customID = "custom_id"
    }
  }

  private struct MessageReference: Decodable {
    let id: MessageID
  }
}

/// The first answer to an interaction, due within three seconds (Discord: interactions, responding).
public enum InteractionAnswer: Encodable, Sendable {
  case pong
  /// A new message; ephemeral when only the person is to see it.
  case message(MessageDraft)
  /// The message the component stands on becomes this.
  case update(MessageDraft)

  enum CodingKeys: String, CodingKey { case type, data }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .pong:
      try container.encode(1, forKey: .type)
    case .message(let draft):
      try container.encode(4, forKey: .type)
      try container.encode(draft, forKey: .data)
    case .update(let draft):
      try container.encode(7, forKey: .type)
      try container.encode(draft, forKey: .data)
    }
  }
}
