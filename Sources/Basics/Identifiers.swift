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
    return text(head, tail)
  }

  /// 8-4-4-4-12 digits.
  private static func text(_ head: UInt64, _ tail: UInt64) -> String {
    String(unsafeUninitializedCapacity: 36) { text in
      var end = 0
      for nibble in 0..<32 {
        if nibble >= 8, nibble <= 20, nibble % 4 == 0 {
          text[end] = UInt8(ascii: "-")
          end += 1
        }
        let word = nibble < 16 ? head : tail
        text[end] = digit(UInt8(truncatingIfNeeded: word >> (60 - 4 * (nibble % 16))))
        end += 1
      }
      return end
    }
  }
}

/// Lower-case hexadecimal digits, two a byte.
public func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
  String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
    var end = 0
    for byte in bytes {
      (text[end], text[end + 1]) = (digit(byte >> 4), digit(byte))
      end += 2
    }
    return end
  }
}

/// Of the lower four bits.
private func digit(_ bits: UInt8) -> UInt8 {
  let value = bits & 15
  return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
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
