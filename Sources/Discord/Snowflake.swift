import Basics
import Store

/// An id of Discord's, told apart by what it names. Always text; never checked beyond being a 64-bit number.
public struct Snowflake<Of>: RawRepresentable, Hashable, Sendable, Codable, LosslessStringConvertible, SQLConvertible {
  public let rawValue: String

  public init?(rawValue: String) {
    guard UInt64(rawValue) != nil, rawValue.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    self.rawValue = rawValue
  }

  public init?(_ description: String) { self.init(rawValue: description) }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let id = Snowflake(rawValue: text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(text.prefix(40)) is no snowflake"))
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  public var description: String { rawValue }

  /// When Discord made it (Discord: API reference, snowflakes).
  public var createdAt: Timestamp {
    Timestamp(milliseconds: Int64((UInt64(rawValue) ?? 0) >> 22) + 1_420_070_400_000)
  }

  /// The smallest id of that instant, as a cursor into history.
  public static func first(at time: Timestamp) -> Snowflake {
    let milliseconds = UInt64(max(0, time.milliseconds - 1_420_070_400_000))
    return Snowflake(rawValue: String(milliseconds << 22))!  // digits of a UInt64
  }
}

public enum Guild {}
public typealias GuildID = Snowflake<Guild>
public typealias ChannelID = Snowflake<Channel>
public typealias MessageID = Snowflake<Message>
public typealias UserID = Snowflake<User>
public typealias ApplicationID = Snowflake<Application>
public enum Role {}
public typealias RoleID = Snowflake<Role>

/// The address of a message, as Discord's clients open it.
public struct MessageLink: Sendable, Hashable, CustomStringConvertible {
  public let guild: GuildID
  public let channel: ChannelID
  public let message: MessageID

  public init(guild: GuildID, channel: ChannelID, message: MessageID) {
    self.guild = guild
    self.channel = channel
    self.message = message
  }

  public var description: String { "https://discord.com/channels/\(guild)/\(channel)/\(message)" }
}
