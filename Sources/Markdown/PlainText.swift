extension Document {
  /// The words alone, as people read them: without formatting, with names for mentions, and without what spoilers hide.
  /// - Parameters:
  ///   - name: how somebody or something is called, "@Nelly"; nil when that is not known.
  ///   - time: an instant in words, from seconds since 1970.
  public func plainText(naming name: @escaping (Mention) -> String?, time: @escaping (Int64) -> String)
    -> String
  {
    let words = Words(name: name, time: time)
    let text = blocks.map(words.of).joined(separator: "\n")
    return withoutSpoilersAcrossBlocks(text).replacing(codeBars, with: "||")
  }

  /// Discord hides what stands between bars even where a list or a heading begins in it.
  private func withoutSpoilersAcrossBlocks(_ text: String) -> String {
    let parts = text.split(separator: "||", omittingEmptySubsequences: false)
    guard parts.count > 2 else { return text }
    return parts.enumerated().map { index, part in
      let isHidden = index % 2 == 1 && index < parts.count - 1
      let isUnclosed = index == parts.count - 1 && index % 2 == 1
      return isHidden ? hidden : isUnclosed ? "||\(part)" : String(part)
    }.joined()
  }
}

private let hidden = "(spoiler)"
/// Stands for the two bars in code, where they hide nothing.
private let codeBars = "\u{E000}\u{E001}"

/// How the parts of a document read.
private struct Words {
  let name: (Mention) -> String?
  let time: (Int64) -> String

  func of(_ block: Block) -> String {
    switch block {
    case .paragraph(let inlines), .heading(_, let inlines), .subtext(let inlines): of(inlines)
    case .quote(let blocks): blocks.map(of).joined(separator: "\n")
    case .code(_, let code): code.replacing("||", with: codeBars)
    case .list(let start, let items):
      items.enumerated().map { index, blocks in
        (start.map { "\($0 + index). " } ?? "- ") + blocks.map(of).joined(separator: "\n")
      }.joined(separator: "\n")
    }
  }

  func of(_ inlines: [Inline]) -> String { inlines.map(of).joined() }

  func of(_ inline: Inline) -> String {
    switch inline {
    case .text(let text), .address(let text): text
    case .code(let text): text.replacing("||", with: codeBars)
    case .bold(let inner), .italic(let inner), .underline(let inner), .strikethrough(let inner): of(inner)
    case .spoiler: hidden
    case .link(let label, let url): "\(of(label)) (\(url))"
    case .mention(let mention): name(mention) ?? mention.kind
    case .emoji(let name, _, _): ":\(name):"
    case .time(let seconds, _): time(seconds)
    }
  }
}

extension Mention {
  /// What can be said of a mention whose name is not known.
  fileprivate var kind: String {
    switch self {
    case .user: "@somebody"
    case .role: "@a role"
    case .channel: "#a channel"
    case .command(let name, _): "/\(name)"
    case .everyone: "@everyone"
    case .here: "@here"
    }
  }
}
