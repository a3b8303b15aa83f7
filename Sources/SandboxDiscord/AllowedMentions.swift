import Basics
import Markdown

/// Whom a message may ping (Discord: message, "Allowed Mentions").
struct AllowedMentions {
  var parse: Set<String>
  var users: Set<String> = []
  var roles: Set<String> = []

  /// What holds when nothing is said: everything for ordinary messages, people alone for answers to interactions.
  static let ofMessages = AllowedMentions(parse: ["users", "roles", "everyone"])
  static let ofInteractions = AllowedMentions(parse: ["users"])

  init(parse: Set<String>) { self.parse = parse }

  init?(_ form: Form) {
    guard let inner = form.form("allowed_mentions") else { return nil }
    parse = []
    for (index, kind) in (inner.array("parse", max: 3) ?? []).enumerated() {
      if let kind = kind.string, ["users", "roles", "everyone"].contains(kind) {
        parse.insert(kind)
      } else {
        inner.complain(
          "BASE_TYPE_CHOICES", "Value must be one of {'everyone', 'roles', 'users'}.", at: "parse", String(index))
      }
    }
    users = Set(inner.snowflakes("users", max: 100) ?? [])
    roles = Set(inner.snowflakes("roles", max: 100) ?? [])
    for (kind, ids) in [("users", users), ("roles", roles)] where parse.contains(kind) && !ids.isEmpty {
      inner.complain(
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[\"\(kind)\"] and \(kind): [ids...] are mutually exclusive.")
    }
  }

  /// Those of the mentions in a text that this lets through, in the order they stand.
  func pinged(by text: String) -> Pinged {
    var pinged = Pinged()
    for mention in mentions(in: Document(parsing: text).blocks) {
      switch mention {
      case .user(let id) where parse.contains("users") || users.contains(id): pinged.add(id, to: \.users)
      case .role(let id) where parse.contains("roles") || roles.contains(id): pinged.add(id, to: \.roles)
      case .everyone where parse.contains("everyone"), .here where parse.contains("everyone"): pinged.everyone = true
      default: break
      }
    }
    return pinged
  }

  struct Pinged {
    var users: [String] = []
    var roles: [String] = []
    var everyone = false

    mutating func add(_ id: String, to list: WritableKeyPath<Pinged, [String]>) {
      if !self[keyPath: list].contains(id) { self[keyPath: list].append(id) }
    }
  }
}

private func mentions(in blocks: [Block]) -> [Mention] {
  blocks.flatMap { block -> [Mention] in
    switch block {
    case .paragraph(let inlines), .heading(_, let inlines), .subtext(let inlines): mentions(in: inlines)
    case .quote(let inner): mentions(in: inner)
    case .list(_, let items): items.flatMap { mentions(in: $0) }
    case .code: []
    }
  }
}

private func mentions(in inlines: [Inline]) -> [Mention] {
  inlines.flatMap { inline -> [Mention] in
    switch inline {
    case .mention(let mention): [mention]
    case .bold(let inner), .italic(let inner), .underline(let inner), .strikethrough(let inner), .spoiler(let inner),
      .link(let inner, _):
      mentions(in: inner)
    case .text, .code, .address, .emoji, .time: []
    }
  }
}
