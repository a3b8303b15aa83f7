import Basics

/// A command that somebody used, or is typing (Discord: application commands, interaction data).
public struct CommandCall: Decodable, Sendable, Hashable {
  /// The name with its group and subcommand: `issue show`.
  public let name: String
  /// What was given, by option name.
  public let options: [String: JSONValue]
  /// Autocomplete only: the option being typed.
  public let focused: String?
  /// Message commands only: the message they were used on.
  public let target: TargetMessage?

  public struct TargetMessage: Decodable, Sendable, Hashable {
    public let id: MessageID
    public let content: String
    public let authorName: String?
    /// How the people are called whom the message mentions, by id.
    public let mentioned: [String: String]

    enum CodingKeys: String, CodingKey { case id, content, author, mentions }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      id = try container.decode(MessageID.self, forKey: .id)
      content = try container.decodeIfPresent(String.self, forKey: .content) ?? ""
      let author = try container.decodeIfPresent(User.self, forKey: .author)
      authorName = author?.globalName ?? author?.username
      let mentions = try container.decodeIfPresent([User].self, forKey: .mentions) ?? []
      mentioned = Dictionary(
        mentions.map { ($0.id.rawValue, $0.globalName ?? $0.username) }, uniquingKeysWith: { first, _ in first })
    }
  }

  enum CodingKeys: String, CodingKey {
    case name, options, resolved
    case target = "target_id"
  }

  private struct Resolved: Decodable {
    let messages: [String: TargetMessage]?
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var names = [try container.decode(String.self, forKey: .name)]
    var given = try container.decodeIfPresent([Given].self, forKey: .options) ?? []
    while let inner = given.first, inner.isSubcommand {
      names.append(inner.name)
      given = inner.options ?? []
    }
    name = names.joined(separator: " ")
    options = Dictionary(
      given.compactMap { option in option.value.map { (option.name, $0) } }, uniquingKeysWith: { $1 })
    focused = given.first { $0.focused == true }?.name
    let target = try container.decodeIfPresent(String.self, forKey: .target)
    let messages = try container.decodeIfPresent(Resolved.self, forKey: .resolved)?.messages
    self.target = target.flatMap { messages?[$0] }
  }

  /// Option types 1 and 2 nest; the others carry a value.
  private struct Given: Decodable {
    let name: String
    let type: Int
    let value: JSONValue?
    let options: [Given]?
    let focused: Bool?
    var isSubcommand: Bool { type == 1 || type == 2 }
  }
}
