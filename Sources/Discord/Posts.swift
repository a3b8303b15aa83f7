/// A post to start in a forum (Discord: start thread in forum or media channel).
public struct PostDraft: Encodable, Sendable {
  public let name: String
  public let message: MessageDraft
  public let tags: [Snowflake<Channel.Tag>]

  public init(name: String, message: MessageDraft, tags: [Snowflake<Channel.Tag>]) {
    self.name = name.cut(to: 100)
    self.message = message
    self.tags = Array(tags.prefix(5))
  }

  enum CodingKeys: String, CodingKey {
    case name, message
    case tags = "applied_tags"
  }
}

/// What changes of a post. Discord allows two renamings in ten minutes, so the name is sent only when it differs.
public struct PostEdit: Encodable, Sendable {
  public let name: String?
  public let tags: [Snowflake<Channel.Tag>]?
  public let isArchived: Bool?

  public init(name: String?, tags: [Snowflake<Channel.Tag>]) {
    self.name = name?.cut(to: 100)
    self.tags = Array(tags.prefix(5))
    isArchived = nil
  }

  private init(isArchived: Bool) {
    name = nil
    tags = nil
    self.isArchived = isArchived
  }

  /// A post that was closed after a while takes no edits until it is opened again.
  public static let reopening = PostEdit(isArchived: false)

  enum CodingKeys: String, CodingKey {
    case name
    case tags = "applied_tags"
    case isArchived = "archived"
  }
}
