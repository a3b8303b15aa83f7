import Basics

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
    case command(CommandCall)
    case autocomplete(CommandCall)
    case modal(customID: String, fields: [String: String])
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
    case 2:
      kind = .command(try container.decode(CommandCall.self, forKey: .data))
    case 3:
      let data = try container.decode(ComponentData.self, forKey: .data)
      kind = .component(customID: data.customID, values: data.values ?? [])
    case 4:
      kind = .autocomplete(try container.decode(CommandCall.self, forKey: .data))
    case 5:
      let data = try container.decode(ModalData.self, forKey: .data)
      let pairs = data.components.flatMap(\.inputs).map { ($0.customID, $0.text) }
      kind = .modal(customID: data.customID, fields: Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
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

/// A modal as it comes back: action rows hold `components`, labels hold one `component`.
private struct ModalData: Decodable {
  let customID: String
  let components: [Part]

  enum CodingKeys: String, CodingKey {
    case components
    case customID = "custom_id"
  }

  struct Part: Decodable {
    let components: [Input]?
    let component: Input?
    var inputs: [Input] { (components ?? []) + (component.map { [$0] } ?? []) }
  }

  struct Input: Decodable {
    let customID: String
    /// What was typed or chosen; several choices have line breaks between them.
    let text: String

    enum CodingKeys: String, CodingKey {
      case value, values
      case customID = "custom_id"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      customID = try container.decodeIfPresent(String.self, forKey: .customID) ?? ""
      let values = try container.decodeIfPresent([String].self, forKey: .values) ?? []
      let value = try container.decodeIfPresent(JSONValue.self, forKey: .value)
      text = value?.string ?? value?.bool.map { $0 ? "true" : "false" } ?? values.joined(separator: "\n")
    }
  }
}
