/// A row of at most five buttons (Discord: component reference).
public struct ActionRow: Encodable, Sendable, Hashable {
  public let buttons: [Button]

  public init(_ buttons: [Button]) { self.buttons = Array(buttons.prefix(5)) }

  enum CodingKeys: String, CodingKey { case type, components }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(1, forKey: .type)
    try container.encode(buttons, forKey: .components)
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

/// What a component of ours is called: `subject.action:id`, at most 100 characters. Anybody can see and forge it, so
/// the id is looked up in the server of the click, and the person is authorised anew.
public struct CustomID: Sendable, Hashable, LosslessStringConvertible {
  /// `subject.action`
  public let action: String
  public let id: String

  public init(action: String, id: String) {
    self.action = action
    self.id = id
  }

  public init?(_ description: String) {
    let parts = description.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, description.utf16.count <= 100 else { return nil }
    self.init(action: String(parts[0]), id: String(parts[1]))
  }

  public var description: String { "\(action):\(id)" }
}
