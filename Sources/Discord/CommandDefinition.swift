import Basics

/// A command as it is registered (Discord: application commands). Compared before it is sent, so that nothing is
/// written that stands there already.
public struct CommandDefinition: Codable, Sendable, Hashable {
  /// Open, because others may have registered commands of kinds that we have none of.
  public struct Kind: RawRepresentable, Codable, Sendable, Hashable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let slash = Kind(rawValue: 1)
    public static let message = Kind(rawValue: 3)
  }

  public struct Option: Codable, Sendable, Hashable {
    public struct Kind: RawRepresentable, Codable, Sendable, Hashable {
      public let rawValue: Int
      public init(rawValue: Int) { self.rawValue = rawValue }

      public static let subcommand = Kind(rawValue: 1)
      public static let string = Kind(rawValue: 3)
    }

    public let type: Kind
    public let name: String
    public let description: String
    public let required: Bool
    public let autocomplete: Bool
    public let maxLength: Int?
    public let options: [Option]

    public init(
      _ type: Kind, _ name: String, _ description: String, required: Bool = false, autocomplete: Bool = false,
      maxLength: Int? = nil, options: [Option] = []
    ) {
      self.type = type
      self.name = name
      self.description = description
      self.required = required
      self.autocomplete = autocomplete
      self.maxLength = maxLength
      self.options = options
    }

    enum CodingKeys: String, CodingKey {
      case type, name, description, required, autocomplete, options
      case maxLength = "max_length"
    }

    /// Discord leaves out what is false or empty.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      type = try container.decode(Kind.self, forKey: .type)
      name = try container.decode(String.self, forKey: .name)
      description = try container.decode(String.self, forKey: .description)
      required = try container.decodeIfPresent(Bool.self, forKey: .required) ?? false
      autocomplete = try container.decodeIfPresent(Bool.self, forKey: .autocomplete) ?? false
      maxLength = try container.decodeIfPresent(Int.self, forKey: .maxLength)
      options = try container.decodeIfPresent([Option].self, forKey: .options) ?? []
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(type, forKey: .type)
      try container.encode(name, forKey: .name)
      try container.encode(description, forKey: .description)
      if required { try container.encode(true, forKey: .required) }
      if autocomplete { try container.encode(true, forKey: .autocomplete) }
      try container.encodeIfPresent(maxLength, forKey: .maxLength)
      if !options.isEmpty { try container.encode(options, forKey: .options) }
    }
  }

  public let type: Kind
  public let name: String
  /// Empty for message commands.
  public let description: String
  public let options: [Option]

  public init(_ type: Kind, _ name: String, _ description: String = "", options: [Option] = []) {
    self.type = type
    self.name = name
    self.description = description
    self.options = options
  }

  enum CodingKeys: String, CodingKey { case type, name, description, options, contexts }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    type = try container.decodeIfPresent(Kind.self, forKey: .type) ?? .slash
    name = try container.decode(String.self, forKey: .name)
    description = try container.decodeIfPresent(String.self, forKey: .description) ?? ""
    options = try container.decodeIfPresent([Option].self, forKey: .options) ?? []
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(type, forKey: .type)
    try container.encode(name, forKey: .name)
    if type == .slash { try container.encode(description, forKey: .description) }
    if !options.isEmpty { try container.encode(options, forKey: .options) }
    // Servers only: what is asked about is always a server's.
    try container.encode([0], forKey: .contexts)
  }
}
