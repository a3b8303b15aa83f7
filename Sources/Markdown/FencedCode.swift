/// A block between two fences of three backticks, which may begin and end anywhere.
struct FencedCode {
  let language: String?
  let content: String
  /// Behind the closing fence.
  let end: Int

  init?(_ text: [Unicode.Scalar], at fence: Int) {
    guard let close = index(ofFenceIn: text, from: fence + 3, to: text.count) else { return nil }
    var inside = text[(fence + 3)..<close]
    let word = inside.prefix { isLanguage($0) }
    if !word.isEmpty, word.endIndex < close, text[word.endIndex] == "\n" {
      language = string(word)
      inside = inside[word.endIndex...]
    } else {
      language = nil
    }
    if inside.first == "\n" { inside.removeFirst() }
    while inside.last == "\n" { inside.removeLast() }
    guard !inside.isEmpty else { return nil }
    content = string(inside)
    end = close + 3
  }
}

private func isLanguage(_ scalar: Unicode.Scalar) -> Bool {
  isASCIIWord(scalar) || scalar == "+" || scalar == "-" || scalar == "." || scalar == "#"
}

func index(ofFenceIn text: [Unicode.Scalar], from start: Int, to end: Int) -> Int? {
  var index = start
  while index + 2 < text.count, index < end {
    if text[index] == "`", text[index + 1] == "`", text[index + 2] == "`", index == 0 || text[index - 1] != "\\" {
      return index
    }
    index += 1
  }
  return nil
}

/// The scalars of a text with every line break as one `\n`.
func scalars(of text: String) -> [Unicode.Scalar] {
  var scalars: [Unicode.Scalar] = []
  scalars.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
    scalars.append(scalar)
  }
  return scalars
}

func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
  var text = String.UnicodeScalarView()
  text.append(contentsOf: scalars)
  return String(text)
}

func isASCIIWord(_ scalar: Unicode.Scalar) -> Bool {
  ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
}

func isWord(_ scalar: Unicode.Scalar) -> Bool { isASCIIWord(scalar) || scalar.properties.isAlphabetic }

func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\n" || scalar.properties.isWhitespace }
