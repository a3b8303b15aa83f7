import Basics

/// Notion's ids: UUIDs, taken with or without dashes and in any case, always answered dashed and lower case.
enum ObjectID {
  /// The canonical form; nil for what Notion's validator refuses. It looks at the version and variant bits
  /// (recorded: `12345678-1234-1234-1234-123456789abc` is no valid uuid), but lets the nil UUID pass.
  static func parse(_ text: some StringProtocol) -> String? {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
    let lower = String(decoding: digits, as: UTF8.self).lowercased()
    guard lower.utf8.count == 32, let bytes = bytes(hexadecimal: lower) else { return nil }
    guard text.utf8.count == 32 || isDashed(text) else { return nil }
    let isNil = bytes.allSatisfy { $0 == 0 }
    guard isNil || (bytes[8] & 0xC0 == 0x80 && (1...8).contains(bytes[6] >> 4)) else { return nil }
    return dashed(lower)
  }

  /// A new id. Like Notion's it is a version 8 UUID whose beginning grows with time.
  static func make(at time: Timestamp) -> String {
    var digits = Array(UUIDv7.make(at: time))
    digits[14] = "8"
    return String(digits)
  }

  /// The same id for the same name, on every machine: what the first content is made of.
  static func stable(_ name: String) -> String {
    var bytes: [UInt8] = []
    for salt in ["lantern", "keep"] {
      let word = fingerprint(salt + name)
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    return dashed(hexadecimal(bytes))
  }

  /// 64 bits that tell texts apart (FNV-1a, with a final mix so that close texts end far apart).
  static func fingerprint(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ (hash >> 33)
  }

  /// The 32 digits, as they end a page's URL.
  static func compact(_ id: String) -> String { id.filter { $0 != "-" } }

  private static func dashed(_ digits: String) -> String {
    [(0, 8), (8, 4), (12, 4), (16, 4), (20, 12)]
      .map { start, length in digits.dropFirst(start).prefix(length) }.joined(separator: "-")
  }

  private static func isDashed(_ text: some StringProtocol) -> Bool {
    text.split(separator: "-", omittingEmptySubsequences: false).map(\.utf8.count) == [8, 4, 4, 4, 12]
  }
}

/// The address Notion gives a page or database (recorded from July 2026 on: `app.notion.com/p/Title-words-<32 digits>`).
func notionURL(title: String, id: String) -> String {
  let words = title.unicodeScalars.map { isKeptInURL($0) ? Character($0) : " " }
  let slug = String(words).split(separator: " ").joined(separator: "-")
  return "https://app.notion.com/p/" + (slug.isEmpty ? "" : slug + "-") + ObjectID.compact(id)
}

private func isKeptInURL(_ scalar: Unicode.Scalar) -> Bool {
  ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
}
