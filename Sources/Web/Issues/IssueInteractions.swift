import Accounts
import Basics
import Discord
import IssueSync
import Markdown
import Store

/// What people do with issues in Discord: the controls on a message, the command `/issue`, and filing a message.
public struct IssueInteractions: Sendable {
  let changing: Changing
  let filing: Filing
  let clock: WallClock

  public init(changing: Changing, filing: Filing, clock: WallClock) {
    self.changing = changing
    self.filing = filing
    self.clock = clock
  }

  public var routes: [InteractionRoute] { controls + commands + forms }

  /// The commands as Discord is told of them.
  public static let definitions: [CommandDefinition] = [
    CommandDefinition(
      .slash, "issue", "Issues of this server",
      options: [
        .init(
          .subcommand, "show", "Show one issue",
          options: [.init(.string, "issue", "Its number or words of its title", required: true, autocomplete: true)]),
        .init(
          .subcommand, "find", "Find issues by words",
          options: [.init(.string, "words", "Words of the title, a number or a status", required: true, maxLength: 100)]
        ),
        .init(.subcommand, "new", "File a new issue"),
        .init(.subcommand, "stats", "How many are open and fixed"),
      ]),
    CommandDefinition(.message, "File as issue"),
  ]

  private var controls: [InteractionRoute] {
    [
      InteractionRoute(.component(IssueAction.fix), .changeIssue) { try change($0, .fix, $1) },
      InteractionRoute(.component(IssueAction.status), .changeIssue) {
        try change($0, .status($0.values.first ?? ""), $1)
      },
      InteractionRoute(.component(IssueAction.assign), .changeIssue) { ask, transaction in
        switch try changing.assignToMe(ask.id, in: ask.actor.guild, by: Changing.Person(ask.actor), transaction) {
        case .message(let draft): return .update(draft)
        case .question(let text, let select): return .whisper(text, [.select(select)])
        }
      },
      InteractionRoute(.component(IssueAction.person), .changeIssue) { ask, transaction in
        let choice = ask.values.first ?? ""
        let text = try changing.introduce(
          choice, for: ask.id, in: ask.actor.guild, by: Changing.Person(ask.actor), transaction)
        return .update(MessageDraft(content: text, isEphemeral: true))
      },
      InteractionRoute(.component(IssueAction.undo), .changeIssue) { ask, transaction in
        return .update(try changing.undo(ask.id, in: ask.actor.guild, by: Changing.Person(ask.actor), transaction))
      },
    ]
  }

  private var commands: [InteractionRoute] {
    [
      InteractionRoute(.command("issue show"), .readIssues) { ask, transaction in
        let id = ask.call?.options["issue"]?.string ?? ""
        var draft = try Finding.drawn(id, in: ask.actor.guild, at: clock.now(), transaction)
        draft.isEphemeral = true
        return .message(draft)
      },
      InteractionRoute(suggestingFor: "issue show", .readIssues) { ask, transaction in
        let typed = ask.call?.options["issue"]?.string ?? ""
        return try Finding.issues(matching: typed, in: ask.actor.guild, limit: 25, transaction)
          .map { InteractionAnswer.Choice($0.line, value: $0.id) }
      },
      InteractionRoute(.command("issue find"), .readIssues) { try find($0, $1) },
      InteractionRoute(.command("issue new"), .fileIssue) { ask, transaction in
        try form(for: ask, title: "", summary: "", transaction)
      },
      InteractionRoute(.command("issue stats"), .readIssues) { ask, transaction in
        return .whisper(try Stats(of: ask.actor.guild, at: clock.now(), transaction).sentence)
      },
      InteractionRoute(.command("File as issue"), .fileIssue) { ask, transaction in
        let message = ask.call?.target
        let text = message?.plainText ?? ""
        let title = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let author = message?.authorName.map { "\n\n— \($0)" } ?? ""
        return try form(for: ask, title: title, summary: text + author, transaction)
      },
    ]
  }

  private var forms: [InteractionRoute] {
    [
      InteractionRoute(.modal("issue.file"), .fileIssue) { ask, transaction in
        let mapping = try filing.mapping(for: ChannelID(ask.id), in: ask.actor.guild, transaction)
        let title = ask.fields["title"] ?? ""
        try filing.file(
          title: title, summary: ask.fields["summary"] ?? "", by: Changing.Person(ask.actor), under: mapping,
          transaction)
        return .whisper("Filing “\(title.markdownEscaped.cut(to: 200))”. It will appear in <#\(mapping.channel)>.")
      }
    ]
  }

  private func change(_ ask: Ask, _ wish: Changing.Wish, _ transaction: WriteTransaction) throws -> InteractionAnswer {
    return .update(
      try changing.press(wish, on: ask.id, in: ask.actor.guild, by: Changing.Person(ask.actor), transaction))
  }

  private func find(_ ask: Ask, _ transaction: WriteTransaction) throws -> InteractionAnswer {
    let words = ask.call?.options["words"]?.string ?? ""
    let hits = try Finding.issues(matching: words, in: ask.actor.guild, limit: 10, transaction)
    if hits.isEmpty { return .whisper("No issue fits “\(words.markdownEscaped)”. Try fewer words.") }
    let lines = hits.map { hit in
      let text = hit.line.cut(to: 120).markdownEscaped
      return hit.message.map { "- [\(text)](\($0))" } ?? "- \(text)"
    }
    return .whisper(lines.joined(separator: "\n"))
  }

  private func form(for ask: Ask, title: String, summary: String, _ transaction: WriteTransaction) throws
    -> InteractionAnswer
  {
    let mapping = try filing.mapping(for: ask.channel, in: ask.actor.guild, transaction)
    return .modal(
      Modal(
        CustomID(action: "issue.file", id: mapping.channel.rawValue), title: "New issue",
        fields: [
          .init("title", label: "Title", value: title, limit: 200),
          .init("summary", label: "What happens?", isParagraph: true, isRequired: false, value: summary, limit: 1800),
        ]))
  }
}

extension CommandCall.TargetMessage {
  /// What the message says, as it may stand elsewhere: names instead of mentions, and nothing that a spoiler hides.
  fileprivate var plainText: String {
    Document(parsing: content).plainText(
      naming: { mention in
        if case .user(let id) = mention { mentioned[id].map { "@\($0)" } } else { nil }
      },
      time: { seconds in
        "\(Timestamp(milliseconds: seconds * 1000).description.prefix(16).replacing("T", with: " ")) UTC"
      })
  }
}

extension Changing.Person {
  init(_ actor: Actor) { self.init(id: actor.user, name: actor.name, roles: actor.roles) }
}

extension Stats {
  /// The totals as people read them.
  fileprivate var sentence: String {
    let statuses = byStatus.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key.isEmpty ? "No status" : $0.key.markdownEscaped): \($0.value)" }
    let ended = closed == 0 ? "" : ", **\(closed)** closed otherwise"
    return (["**\(open)** open, **\(fixed)** fixed\(ended)."] + statuses.map { "- \($0)" }).joined(separator: "\n")
  }
}
