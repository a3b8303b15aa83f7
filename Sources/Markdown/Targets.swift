/// What stands between angle brackets: a mention, an emoji, an instant, an address; nil for anything else.
func angled(_ inner: String) -> Inline? {
  if isWebAddress(inner) { return .address(inner) }
  if inner.hasPrefix("@&") { return snowflake(inner.dropFirst(2)).map { .mention(.role($0)) } }
  if inner.hasPrefix("@") {
    return snowflake(inner.dropFirst(inner.hasPrefix("@!") ? 2 : 1)).map { .mention(.user($0)) }
  }
  if inner.hasPrefix("#") { return snowflake(inner.dropFirst()).map { .mention(.channel($0)) } }
  let parts = inner.split(separator: ":", omittingEmptySubsequences: false)
  if inner.hasPrefix("/"), parts.count == 2, parts[0].count > 1 {
    return snowflake(parts[1]).map { .mention(.command(name: String(parts[0].dropFirst()), id: $0)) }
  }
  return emoji(parts) ?? time(parts)
}

/// `:name:id` or `a:name:id`.
private func emoji(_ parts: [Substring]) -> Inline? {
  guard parts.count == 3, parts[0] == "" || parts[0] == "a", (2...32).contains(parts[1].unicodeScalars.count),
    parts[1].unicodeScalars.allSatisfy(isASCIIWord), let id = snowflake(parts[2])
  else { return nil }
  return .emoji(name: String(parts[1]), id: id, isAnimated: parts[0] == "a")
}

/// `t:seconds` or `t:seconds:style`.
private func time(_ parts: [Substring]) -> Inline? {
  guard parts.first == "t", parts.count == 2 || parts.count == 3, let seconds = Int64(parts[1]),
    abs(seconds) <= 8_640_000_000_000
  else { return nil }
  guard parts.count == 3 else { return .time(seconds: seconds, style: nil) }
  guard parts[2].count == 1, let style = parts[2].first, "tTdDfFsSR".contains(style) else { return nil }
  return .time(seconds: seconds, style: style)
}

private func snowflake(_ text: some StringProtocol) -> String? {
  (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) } ? String(text) : nil
}

/// Whether a text is an address that may become a link: http or https, with a host, without spaces or controls.
func isWebAddress(_ text: String) -> Bool {
  guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else { return false }
  let rest = text.unicodeScalars.dropFirst(scheme.count)
  return rest.first.map { isWord($0) || $0 == "[" } ?? false && text.unicodeScalars.count <= 2048
    && !rest.contains { $0.value < 33 || $0 == "<" || $0 == ">" || $0 == "\"" || $0.properties.isWhitespace }
}

/// The `(address)` of a link that begins here, optionally with a title, and where it ends.
func linkTarget(_ text: [Unicode.Scalar], at start: Int) -> (url: String, end: Int)? {
  guard start < text.count, text[start] == "(" else { return nil }
  var depth = 1
  var end = start + 1
  let limit = min(text.count, start + 2200)
  while end < limit, text[end] != "\n" {
    if text[end] == "(" { depth += 1 }
    if text[end] == ")" { depth -= 1 }
    if depth == 0 { break }
    end += 1
  }
  guard end < limit, depth == 0 else { return nil }
  var inner = text[(start + 1)..<end]
  if let space = inner.firstIndex(of: " ") { inner = inner[..<space] }
  if inner.first == "<", inner.last == ">", inner.count > 2 { inner = inner.dropFirst().dropLast() }
  let url = string(inner)
  return isWebAddress(url) ? (url, end + 1) : nil
}
