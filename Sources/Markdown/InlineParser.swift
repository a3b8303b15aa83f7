/// Reads once from left to right. Every mark that may open something opens a frame; a mark that closes one folds the
/// frames above it back into text. So nothing is read twice, and nothing nests deeper than there are kinds of mark.
struct InlineParser {
  private let text: [Unicode.Scalar]
  private var position = 0
  private var frames: [Frame] = [Frame(mark: nil, spelling: "")]
  /// Lengths of backtick runs that have no partner further on.
  private var lonelyTicks: Set<Int> = []

  private struct Frame {
    let mark: Mark?
    let spelling: String
    private var done: [Inline] = []
    /// Text that the next node ends.
    private var plain = ""

    init(mark: Mark?, spelling: String) {
      self.mark = mark
      self.spelling = spelling
    }

    var isEmpty: Bool { done.isEmpty && plain.isEmpty }

    var nodes: [Inline] { plain.isEmpty ? done : done + [.text(plain)] }

    mutating func add(_ node: Inline) {
      if case .text(let more) = node {
        plain += more
      } else {
        if !plain.isEmpty { done.append(.text(plain)) }
        plain = ""
        done.append(node)
      }
    }
  }

  init(_ text: [Unicode.Scalar]) { self.text = text }

  mutating func parse() -> [Inline] {
    var plain: [Unicode.Scalar] = []
    while position < text.count {
      let start = position
      if isPlain(text[position]) {
        plain.append(text[position])
        position += 1
        continue
      }
      flush(&plain)
      if !readSpecial() {
        position = start + 1
        plain.append(text[start])
      }
    }
    flush(&plain)
    fold(above: 0)
    return frames[0].nodes
  }

  private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\\", "`", "<", "[", "]", "*", "_", "~", "|", "@": false
    case "h": !addressMayStart
    default: true
    }
  }

  private mutating func flush(_ plain: inout [Unicode.Scalar]) {
    if !plain.isEmpty { add(.text(string(plain))) }
    plain = []
  }

  private mutating func add(_ node: Inline) { frames[frames.count - 1].add(node) }

  /// Reads what begins here; false when it is plain text after all.
  private mutating func readSpecial() -> Bool {
    switch text[position] {
    case "\\": readEscape()
    case "`": readCode()
    case "<": readAngle()
    case "@": readEveryone()
    case "h": readAddress()
    case "[": open(.link, spelling: "[")
    case "]": readLinkEnd()
    case "*", "_": readStars()
    default: readPair()
    }
  }

  // MARK: Single things

  private mutating func readEscape() -> Bool {
    guard position + 1 < text.count else { return false }
    let next = text[position + 1]
    guard next.isASCII, !isASCIIWord(next) || next == "_", !isSpace(next) else { return false }
    add(.text(String(Character(next))))
    position += 2
    return true
  }

  private mutating func readCode() -> Bool {
    let length = run(of: "`", at: position)
    let start = position + length
    if !lonelyTicks.contains(length), let close = closingTicks(length, from: start) {
      var content = text[start..<close]
      if content.count > 2, content.first == "`" || content.last == "`" || (content.first == " " && content.last == " ")
      {
        content = content.first == " " ? content.dropFirst() : content
        content = content.last == " " ? content.dropLast() : content
      }
      add(.code(string(content)))
      position = close + length
    } else {
      lonelyTicks.insert(length)
      add(.text(string(text[position..<start])))
      position = start
    }
    return true
  }

  private func closingTicks(_ length: Int, from start: Int) -> Int? {
    var index = start
    while index < text.count {
      guard text[index] == "`" else {
        index += 1
        continue
      }
      let found = run(of: "`", at: index)
      if found == length { return index }
      index += found
    }
    return nil
  }

  private mutating func readAngle() -> Bool {
    let limit = min(text.count, position + 2100)
    guard let close = text[position..<limit].firstIndex(where: { $0 == ">" || $0 == "\n" }), text[close] == ">",
      let node = angled(string(text[(position + 1)..<close]))
    else { return false }
    add(node)
    position = close + 1
    return true
  }

  private mutating func readEveryone() -> Bool {
    for (word, mention) in [("@everyone", Mention.everyone), ("@here", .here)]
    where text[position...].starts(with: word.unicodeScalars) {
      add(.mention(mention))
      position += word.unicodeScalars.count
      return true
    }
    return false
  }

  // MARK: Addresses and links

  private var addressMayStart: Bool {
    (position == 0 || !isWord(text[position - 1]))
      && (text[position...].starts(with: "https://".unicodeScalars)
        || text[position...].starts(with: "http://".unicodeScalars))
  }

  private mutating func readAddress() -> Bool {
    var end = position
    let limit = min(text.count, position + 2048)
    while end < limit, !isSpace(text[end]), text[end] != "<", text[end] != ">", !closesFrame(at: end) { end += 1 }
    while end > position, isTrailing(text[end - 1], from: position, to: end) { end -= 1 }
    let address = string(text[position..<end])
    guard isWebAddress(address) else { return false }
    add(.address(address))
    position = end
    return true
  }

  /// Whether a mark that is open is closed here, so that `**https://example.com**` keeps its stars outside.
  private func closesFrame(at index: Int) -> Bool {
    switch text[index] {
    case "*": isOpen(.bold) || isOpen(.italicStar)
    case "]": isOpen(.link)
    case "|": isOpen(.spoiler) && isDoubled(at: index)
    case "~": isOpen(.strikethrough) && isDoubled(at: index)
    case "_": isOpen(.underline) && isDoubled(at: index)
    default: false
    }
  }

  private func isTrailing(_ scalar: Unicode.Scalar, from start: Int, to end: Int) -> Bool {
    switch scalar {
    case ".", ",", ":", ";", "\"", "'", "]", "!", "?": true
    case ")": !text[start..<end].contains("(")
    default: false
    }
  }

  private mutating func readLinkEnd() -> Bool {
    guard let opener = frames.lastIndex(where: { $0.mark == .link }) else { return false }
    guard let (url, end) = linkTarget(text, at: position + 1), !frames[opener].isEmpty || opener < frames.count - 1
    else {
      fold(above: opener - 1)
      return false
    }
    fold(above: opener)
    let label = frames.removeLast().nodes
    add(.link(label, url: url))
    position = end
    return true
  }

  // MARK: Marks

  private mutating func readPair() -> Bool {
    let mark: Mark = text[position] == "~" ? .strikethrough : .spoiler
    guard isDoubled(at: position) else { return false }
    return toggle(mark, spelling: mark == .spoiler ? "||" : "~~")
  }

  private mutating func readStars() -> Bool {
    let scalar = text[position]
    let length = run(of: scalar, at: position)
    let single: Mark = scalar == "*" ? .italicStar : .italicUnderscore
    if length > 3 {
      add(.text(string(text[position..<(position + length)])))
      position += length
      return true
    }
    if length == 1 || (length == 3 && frames.last?.mark == single) {
      return readSingle(single, spelling: String(Character(scalar)))
    }
    return toggle(scalar == "*" ? .bold : .underline, spelling: String(repeating: Character(scalar), count: 2))
  }

  /// `*` may not stand beside the space on its inner side, `_` not inside a word.
  private mutating func readSingle(_ mark: Mark, spelling: String) -> Bool {
    let before = position > 0 ? text[position - 1] : "\n"
    let after = position + 1 < text.count ? text[position + 1] : "\n"
    if isOpen(mark) {
      guard mark == .italicStar ? !isSpace(before) : !isWord(after) || after == "_" else { return false }
      return toggle(mark, spelling: spelling)
    }
    guard !isSpace(after), mark == .italicStar || !isWord(before) || before == "_" else { return false }
    return open(mark, spelling: spelling)
  }

  private mutating func toggle(_ mark: Mark, spelling: String) -> Bool {
    guard let opener = frames.lastIndex(where: { $0.mark == mark }) else { return open(mark, spelling: spelling) }
    if opener == frames.count - 1 && frames[opener].isEmpty {
      fold(above: opener - 1)
      add(.text(spelling))
    } else {
      fold(above: opener)
      let nodes = frames.removeLast().nodes
      add(mark.node(nodes))
    }
    position += spelling.count
    return true
  }

  @discardableResult
  private mutating func open(_ mark: Mark, spelling: String) -> Bool {
    frames.append(Frame(mark: mark, spelling: spelling))
    position += spelling.count
    return true
  }

  private func isOpen(_ mark: Mark) -> Bool { frames.contains { $0.mark == mark } }

  /// Marks above this frame were never closed: they are text.
  private mutating func fold(above index: Int) {
    for frame in frames[(index + 1)...] {
      frames[index].add(.text(frame.spelling))
      for node in frame.nodes { frames[index].add(node) }
    }
    frames.removeLast(frames.count - index - 1)
  }

  private func isDoubled(at index: Int) -> Bool { index + 1 < text.count && text[index + 1] == text[index] }

  private func run(of scalar: Unicode.Scalar, at start: Int) -> Int {
    var end = start
    while end < text.count, text[end] == scalar { end += 1 }
    return end - start
  }
}

/// What opens and closes with the same spelling, and the bracket of a link.
private enum Mark {
  case bold, italicStar, italicUnderscore, underline, strikethrough, spoiler, link

  func node(_ inner: [Inline]) -> Inline {
    switch self {
    case .bold: .bold(inner)
    case .italicStar, .italicUnderscore, .link: .italic(inner)
    case .underline: .underline(inner)
    case .strikethrough: .strikethrough(inner)
    case .spoiler: .spoiler(inner)
    }
  }
}
