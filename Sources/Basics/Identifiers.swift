import Synchronization

/// Keys of our own rows: UUID version 7 (RFC 9562), so that they sort by the time they were made.
public enum UUIDv7 {
  private static let last = Mutex<(millisecond: UInt64, counter: UInt16)>((0, 0))

  /// A new key, greater than every one this process made before.
  public static func make(at time: Timestamp = .now) -> String {
    let (millisecond, counter) = last.withLock { last -> (UInt64, UInt16) in
      let now = UInt64(max(0, time.milliseconds))
      if now > last.millisecond {
        last = (now, UInt16.random(in: 0...0x07FF))
      } else if last.counter < 0x0FFF {
        last.counter += 1
      } else {
        last = (last.millisecond + 1, 0)
      }
      return last
    }
    let random = UInt64.random(in: 0...UInt64.max)
    let head = millisecond << 16 | 0x7000 | UInt64(counter)
    let tail = (random & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    let digits = hexadecimal(bytes(of: head) + bytes(of: tail))
    return [(0, 8), (8, 4), (12, 4), (16, 4), (20, 12)]
      .map { start, length in digits.dropFirst(start).prefix(length) }.joined(separator: "-")
  }

  private static func bytes(of word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
  }
}

/// Lower-case hexadecimal digits, two a byte.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  text.reserveCapacity(2 * bytes.underestimatedCount)
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}

/// The bytes that hexadecimal digits of either case stand for; nil for an odd count or anything else.
public func bytes(hexadecimal text: some StringProtocol) -> [UInt8]? { bytes(digits: String(text)) }

private func bytes(digits text: String) -> [UInt8]? {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.utf8.count / 2)
  var high: UInt8?
  for digit in text.utf8 {
    let value: UInt8
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
    default: return nil
    }
    if let first = high {
      bytes.append(first << 4 | value)
      high = nil
    } else {
      high = value
    }
  }
  return high == nil ? bytes : nil
}
