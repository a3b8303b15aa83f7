/// What a bitset of Discord's permits (Discord: topics, permissions), as far as we ask.
public struct Rights: OptionSet, Sendable, Hashable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Reads the decimal text that Discord sends; text of another form grants nothing.
  public init(decimal text: String?) { rawValue = text.flatMap(UInt64.init) ?? 0 }

  public static let administrator = Rights(rawValue: 1 << 3)
  public static let manageServer = Rights(rawValue: 1 << 5)
  public static let viewChannel = Rights(rawValue: 1 << 10)
  public static let sendMessages = Rights(rawValue: 1 << 11)
  public static let manageMessages = Rights(rawValue: 1 << 13)
  public static let embedLinks = Rights(rawValue: 1 << 14)
  public static let attachFiles = Rights(rawValue: 1 << 15)
  public static let readHistory = Rights(rawValue: 1 << 16)
  public static let manageThreads = Rights(rawValue: 1 << 34)
  public static let sendInThreads = Rights(rawValue: 1 << 38)

  /// What the bot needs in every server: to see channels, post, edit its own posts and look for them again.
  public static let ofBot: Rights = [
    .viewChannel, .sendMessages, .embedLinks, .attachFiles, .readHistory, .manageThreads, .sendInThreads,
  ]
}
