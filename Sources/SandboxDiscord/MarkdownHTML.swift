import Basics
import HTTP
import Markdown

/// Discord's markdown as HTML. Everything that people wrote is escaped; nothing but http and https becomes a link.
struct MarkdownHTML {
  /// What a mention of an id is called here; nil where nobody knows it.
  let name: (Mention) -> String?
  let now: Timestamp

  func html(_ text: String) -> String { Document(parsing: text).blocks.map(block).joined() }

  /// Within a line: for titles and names, where Discord knows no blocks.
  func line(_ text: String) -> String {
    Document(parsing: text).blocks.map { block in
      switch block {
      case .paragraph(let inner), .heading(_, let inner), .subtext(let inner): inlines(inner)
      default: htmlEscaped(text)
      }
    }.joined(separator: " ")
  }

  // MARK: Blocks

  private func block(_ block: Block) -> String {
    switch block {
    case .paragraph(let inner): "<p>\(inlines(inner))</p>"
    case .heading(let level, let inner): "<p class=\"md-h\(level)\">\(inlines(inner))</p>"
    case .subtext(let inner): "<p class=\"md-sub\">\(inlines(inner))</p>"
    case .quote(let inner): "<blockquote>\(inner.map(self.block).joined())</blockquote>"
    case .code(_, let code): "<pre><code>\(htmlEscaped(code))</code></pre>"
    case .list(let start, let items): list(start, items)
    }
  }

  private func list(_ start: Int?, _ items: [[Block]]) -> String {
    let inner = items.map { "<li>\($0.map(listed).joined())</li>" }.joined()
    return start.map { "<ol start=\"\($0)\">\(inner)</ol>" } ?? "<ul>\(inner)</ul>"
  }

  private func listed(_ block: Block) -> String {
    if case .paragraph(let inner) = block { inlines(inner) } else { self.block(block) }
  }

  // MARK: Within a line

  private func inlines(_ inlines: [Inline]) -> String { inlines.map(inline).joined() }

  private func inline(_ inline: Inline) -> String {
    switch inline {
    case .text(let text): htmlEscaped(text).replacing("\n", with: "<br>")
    case .bold(let inner): "<strong>\(inlines(inner))</strong>"
    case .italic(let inner): "<em>\(inlines(inner))</em>"
    case .underline(let inner): "<u>\(inlines(inner))</u>"
    case .strikethrough(let inner): "<s>\(inlines(inner))</s>"
    case .spoiler(let inner): "<span class=\"spoiler\" tabindex=\"0\">\(inlines(inner))</span>"
    case .code(let code): "<code>\(htmlEscaped(code))</code>"
    case .link(let label, let url): link(url, inlines(label))
    case .address(let url): link(url, htmlEscaped(url))
    case .mention(let mention): self.mention(mention)
    case .emoji(let name, _, _): "<span class=\"emoji\">:\(htmlEscaped(name)):</span>"
    case .time(let seconds, let style): time(Timestamp(seconds: seconds), style ?? "f")
    }
  }

  private func link(_ url: String, _ label: String) -> String {
    "<a href=\"\(htmlEscaped(url))\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">\(label)</a>"
  }

  private func mention(_ mention: Mention) -> String {
    let text =
      switch mention {
      case .user: "@\(name(mention) ?? "unknown-user")"
      case .role: "@\(name(mention) ?? "unknown-role")"
      case .channel: "#\(name(mention) ?? "unknown")"
      case .command(let name, _): "/\(name)"
      case .everyone: "@everyone"
      case .here: "@here"
      }
    return "<span class=\"mention\">\(htmlEscaped(text))</span>"
  }

  private func time(_ time: Timestamp, _ style: Character) -> String {
    let shown = style == "R" ? time.relative(to: now) : time.shown(style)
    return "<time class=\"stamp\" datetime=\"\(time)\" title=\"\(time.shown("F")) UTC\">\(shown)</time>"
  }
}

extension Timestamp {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  /// One of Discord's styles, in UTC: t T d D f F.
  func shown(_ style: Character) -> String {
    let text = description
    let (year, month, day) = (text.prefix(4), text.dropFirst(5).prefix(2), text.dropFirst(8).prefix(2))
    let date = "\(Int(day) ?? 0) \(Self.months[(Int(month) ?? 1) - 1]) \(year)"
    let clock = String(text.dropFirst(11).prefix(5))
    switch style {
    case "t": return clock
    case "T": return String(text.dropFirst(11).prefix(8))
    case "d": return "\(day)/\(month)/\(year)"
    case "D": return date
    default: return "\(date) \(clock)"
    }
  }

  /// “4 minutes ago”, “in 2 days”.
  func relative(to now: Timestamp) -> String {
    let seconds = (milliseconds - now.milliseconds) / 1000
    let units: [(Int64, String)] = [
      (31_536_000, "year"), (2_592_000, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"),
    ]
    let (size, unit) = units.first { abs(seconds) >= $0.0 } ?? (1, "second")
    let count = abs(seconds) / size
    let amount = "\(count) \(unit)\(count == 1 ? "" : "s")"
    return count == 0 ? "now" : seconds < 0 ? "\(amount) ago" : "in \(amount)"
  }
}
