/// Splits text into blocks, line by line; what is inside a line is the inline parser's.
struct BlockParser {
  private let text: [Unicode.Scalar]
  private let mayQuote: Bool
  private var position = 0
  private var blocks: [Block] = []
  /// Lines of the paragraph being read, with their breaks.
  private var pending: [Unicode.Scalar] = []
  /// From here on no fence is closed; known once a search has failed.
  private var hasNoMoreFences = false

  init(_ text: String) { self.init(scalars(of: text), mayQuote: true) }

  private init(_ text: [Unicode.Scalar], mayQuote: Bool) {
    self.text = text
    self.mayQuote = mayQuote
  }

  mutating func parse() -> [Block] {
    while position < text.count {
      if !readQuote() && !readHeading() && !readList() { readParagraphLine() }
    }
    endParagraph()
    return blocks
  }

  // MARK: Lines

  private func endOfLine(from start: Int) -> Int { text[start...].firstIndex(of: "\n") ?? text.count }

  private func line(at start: Int) -> ArraySlice<Unicode.Scalar> { text[start..<endOfLine(from: start)] }

  private mutating func add(_ block: Block) {
    endParagraph()
    blocks.append(block)
  }

  private mutating func endParagraph() {
    while pending.last == "\n" { pending.removeLast() }
    let start = pending.firstIndex { $0 != "\n" } ?? pending.count
    if start < pending.count { blocks.append(.paragraph(inlines(Array(pending[start...])))) }
    pending = []
  }

  // MARK: Kinds of block

  private mutating func readQuote() -> Bool {
    guard mayQuote else { return false }
    let line = line(at: position)
    if line.starts(with: ">>> ".unicodeScalars) {
      var inner = BlockParser(Array(text[(position + 4)...]), mayQuote: false)
      add(.quote(inner.parse()))
      position = text.count
      return true
    }
    guard line.starts(with: "> ".unicodeScalars) else { return false }
    var quoted: [Unicode.Scalar] = []
    while position < text.count, self.line(at: position).starts(with: "> ".unicodeScalars) {
      quoted += self.line(at: position).dropFirst(2) + ["\n"]
      position = endOfLine(from: position) + 1
    }
    var inner = BlockParser(quoted, mayQuote: false)
    add(.quote(inner.parse()))
    return true
  }

  private mutating func readHeading() -> Bool {
    let line = line(at: position)
    for (mark, level) in [("# ", 1), ("## ", 2), ("### ", 3), ("-# ", 0)] where line.starts(with: mark.unicodeScalars) {
      let content = line.dropFirst(mark.unicodeScalars.count).drop { $0 == " " }
      guard !content.isEmpty else { return false }
      let inlines = inlines(Array(content))
      add(level == 0 ? .subtext(inlines) : .heading(level: level, inlines))
      position = endOfLine(from: position) + 1
      return true
    }
    return false
  }

  private mutating func readList() -> Bool {
    var lines: [ListLine] = []
    while position < text.count {
      let line = line(at: position)
      if let item = ListLine(line) {
        lines.append(item)
      } else if !lines.isEmpty, line.starts(with: "  ".unicodeScalars), line.contains(where: { $0 != " " }) {
        lines[lines.count - 1].text += ["\n"] + line.drop { $0 == " " }
      } else {
        break
      }
      position = endOfLine(from: position) + 1
    }
    guard !lines.isEmpty else { return false }
    var rest = lines[...]
    while !rest.isEmpty { add(list(&rest, depth: 0)) }
    return true
  }

  /// The list that begins with the first line, with everything that is indented further below its items.
  private func list(_ lines: inout ArraySlice<ListLine>, depth: Int) -> Block {
    let first = lines[lines.startIndex]
    var items: [[Block]] = []
    while let line = lines.first, line.indent >= first.indent || depth == 0 {
      let isDeeper = !items.isEmpty && line.indent >= first.indent + 2 && depth < 10
      if isDeeper {
        items[items.count - 1].append(list(&lines, depth: depth + 1))
      } else if !items.isEmpty && (line.number == nil) != (first.number == nil) {
        break
      } else {
        items.append([.paragraph(inlines(line.text))])
        lines.removeFirst()
      }
    }
    return .list(start: first.number, items: items)
  }

  /// One line of plain text, with the code blocks that begin in it.
  private mutating func readParagraphLine() {
    let end = endOfLine(from: position)
    var start = position
    while let fence = firstFence(from: start, to: end) {
      start = fence + 3
      guard let block = FencedCode(text, at: fence) else { continue }
      pending += text[position..<fence]
      add(.code(language: block.language, block.content))
      start = block.end
      position = block.end
      if block.end >= end { break }
    }
    if position <= end {
      pending += text[position..<end] + ["\n"]
      position = end + 1
    } else if position < text.count, text[position] == "\n" {
      position += 1
    }
  }

  private mutating func firstFence(from start: Int, to end: Int) -> Int? {
    guard !hasNoMoreFences else { return nil }
    let fence = index(ofFenceIn: text, from: start, to: end)
    if fence != nil, index(ofFenceIn: text, from: fence! + 3, to: text.count) == nil { hasNoMoreFences = true }
    return hasNoMoreFences ? nil : fence
  }

  private func inlines(_ text: [Unicode.Scalar]) -> [Inline] {
    var parser = InlineParser(text)
    return parser.parse()
  }
}

/// A line such as `- text`, `* text` or `3. text`.
private struct ListLine {
  let indent: Int
  let number: Int?
  var text: [Unicode.Scalar]

  init?(_ line: ArraySlice<Unicode.Scalar>) {
    let body = line.drop { $0 == " " }
    indent = line.count - body.count
    let mark = body.prefix { $0 != " " }
    let digits = mark.dropLast()
    if mark.count == 1, mark.first == "-" || mark.first == "*" {
      number = nil
    } else if mark.last == ".", (1...9).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }) {
      number = Int(string(digits))
    } else {
      return nil
    }
    text = Array(body.dropFirst(mark.count).drop { $0 == " " })
    guard !text.isEmpty else { return nil }
  }
}
