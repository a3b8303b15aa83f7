import Basics
import Bootstrap
import Settings
import Signatures

/// Something that setup asks for.
struct Question: Sendable {
  let name: String
  let purpose: String
  let form: String
  let isSecret: Bool
  /// What holds when nobody answers; nil when there is nothing to fall back to.
  let fallback: String?
  /// Asked at the terminal; the others can be answered from a file.
  let isAsked: Bool
  /// Made when there is none.
  var make: (@Sendable () throws -> String)?

  var documentation: String {
    "\(name)\(isSecret ? " (secret)" : "")\n  \(purpose)\n  Written as \(form)."
      + (make != nil ? " Made when there is none." : fallback.map { $0.isEmpty ? "" : " By default \($0)." } ?? "")
  }
}

extension Question: Encodable {
  enum CodingKeys: String, CodingKey {
    case name, purpose, form
    case isSecret = "secret"
    case isMade = "made"
    case fallback = "default"
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(purpose, forKey: .purpose)
    try values.encode(form, forKey: .form)
    try values.encode(isSecret, forKey: .isSecret)
    try values.encode(make != nil, forKey: .isMade)
    try values.encodeIfPresent(fallback.flatMap { $0.isEmpty ? nil : $0 }, forKey: .fallback)
  }
}

extension Question {
  static var all: [Question] { settings + tokens }

  /// Every setting of the house; those that nearly everybody has to think about are asked for.
  static let settings: [Question] = Premises.entries.map { entry in
    let optional = entry.fallbackDescription == "nil" || entry.isSecret && entry.fallbackDescription != nil
    return Question(
      name: entry.name, purpose: entry.purpose, form: entry.formDescription, isSecret: entry.isSecret,
      fallback: optional ? "" : entry.fallbackDescription, isAsked: asked.contains(entry.name), make: makers[entry.name]
    )
  }

  private static let asked: Set<String> = ["STATE_DIR", "PUBLIC_URL", "DISCORD_CLIENT_SECRET"]

  private static let makers: [String: @Sendable () throws -> String] = [
    "ENCRYPTION_KEYS": {
      "\(try SealingKey.freshID(at: .now)):\(try RandomToken.hexadecimal(bytes: 32))"
    }
  ]

  /// What setup hands on to Discord and Notion.
  static let tokens = [
    Question(
      name: "DISCORD_APPLICATION_ID", purpose: "The application's id, to be compared with what the token says.",
      form: "a number of about 19 digits", isSecret: false, fallback: "", isAsked: false),
    Question(
      name: "DISCORD_PUBLIC_KEY", purpose: "The application's public key, to be compared with what the token says.",
      form: "64 hexadecimal digits", isSecret: false, fallback: "", isAsked: false),
    Question(
      name: "DISCORD_BOT_TOKEN",
      purpose: "The bot's token: discord.com/developers, your application, Bot, Reset Token.",
      form: "Discord shows it", isSecret: true, fallback: "", isAsked: true),
    Question(
      name: "NOTION_TOKEN",
      purpose: "The integration's token: notion.so/my-integrations. Share the database with it too.",
      form: "Notion shows it", isSecret: true, fallback: "", isAsked: true),
  ]

  /// Whether the answer goes sealed into the database, rather than into the settings.
  static func isToken(_ question: Question) -> Bool { tokens.contains { $0.name == question.name } }

  static func named(_ name: String) -> Question? { all.first { $0.name == name } }
}
