/// A row of controls under a message: at most five buttons, or one select (Discord: component reference).
public enum ActionRow: Encodable, Sendable, Hashable {
  case buttons([Button])
  case select(StringSelect)

  enum CodingKeys: String, CodingKey { case type, components }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(1, forKey: .type)
    switch self {
    case .buttons(let buttons): try container.encode(Array(buttons.prefix(5)), forKey: .components)
    case .select(let select): try container.encode([select], forKey: .components)
    }
  }

  /// What its controls send when they are used.
  public var customIDs: [CustomID] {
    switch self {
    case .buttons(let buttons): buttons.compactMap(\.customID)
    case .select(let select): [select.customID]
    }
  }
}

public struct Button: Encodable, Sendable, Hashable {
  public enum Action: Sendable, Hashable {
    /// Sends us an interaction.
    case press(customID: CustomID, Style)
    /// Opens an address in the browser.
    case open(url: String)
  }

  public enum Style: Int, Sendable, Hashable {
    case primary = 1
    case secondary = 2
    case success = 3
    case danger = 4
  }

  public let label: String
  public let action: Action
  public let isDisabled: Bool

  public init(_ label: String, _ action: Action, isDisabled: Bool = false) {
    self.label = label.cut(to: 80)
    self.action = action
    self.isDisabled = isDisabled
  }

  var customID: CustomID? { if case .press(let id, _) = action { id } else { nil } }

  enum CodingKeys: String, CodingKey {
    case type, style, label, disabled, url
    case customID = "custom_id"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(2, forKey: .type)
    try container.encode(label, forKey: .label)
    switch action {
    case .press(let customID, let style):
      try container.encode(style.rawValue, forKey: .style)
      try container.encode(customID.description, forKey: .customID)
    case .open(let url):
      try container.encode(5, forKey: .style)
      try container.encode(url, forKey: .url)
    }
    if isDisabled { try container.encode(true, forKey: .disabled) }
  }
}

/// A list to choose one text from; at most 25.
public struct StringSelect: Encodable, Sendable, Hashable {
  public struct Option: Encodable, Sendable, Hashable {
    public let label: String
    public let value: String
    public let isDefault: Bool

    public init(_ label: String, value: String, isDefault: Bool = false) {
      self.label = label.cut(to: 100)
      self.value = value
      self.isDefault = isDefault
    }

    enum CodingKeys: String, CodingKey {
      case label, value
      case isDefault = "default"
    }
  }

  public let customID: CustomID
  public let placeholder: String
  public let options: [Option]
  public let isDisabled: Bool

  public init(_ customID: CustomID, placeholder: String, options: [Option], isDisabled: Bool = false) {
    self.customID = customID
    self.placeholder = placeholder.cut(to: 150)
    self.options = Array(options.prefix(25))
    self.isDisabled = isDisabled
  }

  enum CodingKeys: String, CodingKey {
    case type, options, placeholder, disabled
    case customID = "custom_id"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(3, forKey: .type)
    try container.encode(customID.description, forKey: .customID)
    try container.encode(placeholder, forKey: .placeholder)
    try container.encode(options, forKey: .options)
    if isDisabled { try container.encode(true, forKey: .disabled) }
  }
}
