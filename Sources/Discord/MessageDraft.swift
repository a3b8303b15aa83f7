/// A message to post, to edit into place, or to answer an interaction with.
///
/// Every member is sent, so that an edit replaces what was there; `allowed_mentions` always goes along, because Discord
/// would otherwise notify everybody that a text happens to name (Discord: message resource, allowed mentions).
public struct MessageDraft: Encodable, Sendable, Hashable {
  public var content: String
  public var embeds: [Embed]
  public var components: [ActionRow]
  public var isEphemeral: Bool
  /// The roles that the content may call; nobody else is notified, whatever the texts say.
  public var calledRoles: [RoleID]
  /// Posting again with the same nonce within a few minutes gives the first message back. At most 25 characters.
  public var nonce: String?

  public init(
    content: String = "", embeds: [Embed] = [], components: [ActionRow] = [], isEphemeral: Bool = false,
    calledRoles: [RoleID] = [], nonce: String? = nil
  ) {
    self.content = content
    self.embeds = embeds
    self.components = components
    self.isEphemeral = isEphemeral
    self.calledRoles = calledRoles
    self.nonce = nonce
  }

  enum CodingKeys: String, CodingKey {
    case content, embeds, components, flags, nonce
    case enforceNonce = "enforce_nonce"
    case allowedMentions = "allowed_mentions"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(content, forKey: .content)
    try container.encode(embeds, forKey: .embeds)
    try container.encode(components, forKey: .components)
    try container.encode(AllowedMentions(roles: calledRoles), forKey: .allowedMentions)
    if isEphemeral { try container.encode(1 << 6, forKey: .flags) }
    if let nonce {
      try container.encode(nonce, forKey: .nonce)
      try container.encode(true, forKey: .enforceNonce)
    }
  }
}

private struct AllowedMentions: Encodable {
  let parse: [String] = []
  let roles: [RoleID]

  enum CodingKeys: String, CodingKey { case parse, roles }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(parse, forKey: .parse)
    if !roles.isEmpty { try container.encode(Array(roles.prefix(100)), forKey: .roles) }
  }
}

/// Discord: message resource, embeds. Texts are cut to Discord's limits when they are set; fields that would take all of
/// it over 6,000 characters are left out.
public struct Embed: Encodable, Sendable, Hashable {
  public let title: String
  public let url: String?
  public let description: String
  /// 0xRRGGBB
  public let color: Int
  public let fields: [Field]
  public let footer: Footer

  public struct Field: Encodable, Sendable, Hashable {
    public let name: String
    public let value: String
    public let inline: Bool

    public init(_ name: String, _ value: String, inline: Bool = true) {
      self.name = name.cut(to: 256)
      self.value = value.cut(to: 1024)
      self.inline = inline
    }
  }

  public struct Footer: Encodable, Sendable, Hashable {
    public let text: String
  }

  public init(title: String, url: String?, description: String, color: Int, fields: [Field], footer: String) {
    self.title = title.cut(to: 256)
    self.url = url
    self.description = description.cut(to: 2048)
    self.color = color
    self.footer = Footer(text: footer.cut(to: 256))
    var room = 6000 - self.title.utf16.count - self.description.utf16.count - self.footer.text.utf16.count
    self.fields = fields.prefix(25).filter { field in
      room -= field.name.utf16.count + field.value.utf16.count
      return room >= 0
    }
  }
}

extension String {
  /// At most so many UTF-16 units, cut between characters, with an ellipsis where something is missing.
  public func cut(to limit: Int) -> String {
    if utf16.count <= limit { return self }
    var text = ""
    var length = 1
    for character in self {
      length += character.utf16.count
      if length > limit { break }
      text.append(character)
    }
    return text + "…"
  }
}
