/// The first answer to an interaction, due within three seconds (Discord: interactions, responding).
public enum InteractionAnswer: Encodable, Sendable {
  case pong
  /// A new message; ephemeral when only the person is to see it.
  case message(MessageDraft)
  /// The message the component stands on becomes this.
  case update(MessageDraft)
  /// Suggestions for the option being typed; at most 25.
  case choices([Choice])
  /// A form to fill in.
  case modal(Modal)

  public struct Choice: Encodable, Sendable, Hashable {
    public let name: String
    public let value: String

    public init(_ name: String, value: String) {
      self.name = name.orUntitled.cut(to: 100)
      self.value = value.cut(to: 100)
    }
  }

  /// A message for the person alone.
  public static func whisper(_ text: String, _ components: [ActionRow] = []) -> InteractionAnswer {
    .message(MessageDraft(content: text.cut(to: 2000), components: components, isEphemeral: true))
  }

  enum CodingKeys: String, CodingKey { case type, data }
  private struct Choices: Encodable { let choices: [Choice] }

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
    case .choices(let choices):
      try container.encode(8, forKey: .type)
      try container.encode(Choices(choices: Array(choices.prefix(25))), forKey: .data)
    case .modal(let modal):
      try container.encode(9, forKey: .type)
      try container.encode(modal, forKey: .data)
    }
  }
}

/// A form of text fields, each under its label (Discord: component reference, label and text input).
public struct Modal: Encodable, Sendable, Hashable {
  public struct Field: Encodable, Sendable, Hashable {
    public let name: String
    public let label: String
    public let isParagraph: Bool
    public let isRequired: Bool
    public let value: String
    public let limit: Int

    public init(
      _ name: String, label: String, isParagraph: Bool = false, isRequired: Bool = true, value: String = "", limit: Int
    ) {
      self.name = name
      self.label = label.cut(to: 45)
      self.isParagraph = isParagraph
      self.isRequired = isRequired
      self.value = value.cut(to: limit)
      self.limit = limit
    }

    enum CodingKeys: String, CodingKey { case type, label, component }
    enum InputKeys: String, CodingKey {
      case type, style, required, value
      case customID = "custom_id"
      case maxLength = "max_length"
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(18, forKey: .type)
      try container.encode(label, forKey: .label)
      var input = container.nestedContainer(keyedBy: InputKeys.self, forKey: .component)
      try input.encode(4, forKey: .type)
      try input.encode(name, forKey: .customID)
      try input.encode(isParagraph ? 2 : 1, forKey: .style)
      try input.encode(isRequired, forKey: .required)
      try input.encode(limit, forKey: .maxLength)
      if !value.isEmpty { try input.encode(value, forKey: .value) }
    }
  }

  public let customID: CustomID
  public let title: String
  public let fields: [Field]

  public init(_ customID: CustomID, title: String, fields: [Field]) {
    self.customID = customID
    self.title = title.cut(to: 45)
    self.fields = Array(fields.prefix(5))
  }

  enum CodingKeys: String, CodingKey {
    case title
    case customID = "custom_id"
    case fields = "components"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(customID.description, forKey: .customID)
    try container.encode(title, forKey: .title)
    try container.encode(fields, forKey: .fields)
  }
}
