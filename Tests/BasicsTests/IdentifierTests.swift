import Synchronization
import Testing

@testable import Basics

struct UUIDv7Tests {
  @Test func hasTheFormOfVersionSeven() throws {
    for _ in 0..<1000 {
      let key = UUIDv7.make()
      #expect(key.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    }
  }

  @Test func holdsTheTimeItWasMade() throws {
    let time = Timestamp(seconds: 9_000_000_000)
    let digits = UUIDv7.make(at: time).filter { $0 != "-" }.prefix(12)
    let milliseconds = try #require(Int64(digits, radix: 16))
    #expect(milliseconds >= time.milliseconds)
  }

  @Test func risesAlsoWhenTheClockDoesNot() {
    let later = (0..<10_000).map { _ in UUIDv7.make(at: Timestamp(seconds: 1)) }
    #expect(later == later.sorted())
    #expect(Set(later).count == later.count)
  }

  @Test func risesOnEveryThread() throws {
    let all = Mutex<[String]>([])
    let threads = try (0..<4).map { _ in
      try JoinableThread(name: "keys") {
        let keys = (0..<2000).map { _ in UUIDv7.make() }
        #expect(keys == keys.sorted())
        all.withLock { $0 += keys }
      }
    }
    for thread in threads { thread.join() }
    #expect(Set(all.withLock { $0 }).count == 8000)
  }
}

struct HexadecimalTests {
  @Test(
    arguments: [
      ("", []), ("00", [0]), ("ff7f", [255, 127]), ("0123456789abcdef", [1, 35, 69, 103, 137, 171, 205, 239]),
    ] as [(String, [UInt8])])
  func goesBothWays(_ text: String, _ values: [UInt8]) {
    #expect(bytes(hexadecimal: text) == values)
    #expect(bytes(hexadecimal: text.uppercased()) == values)
    #expect(hexadecimal(values) == text)
  }

  @Test(arguments: ["0", "000", "0g", "0x00", " 00", "00 ", "٠٠", "é", "+1", "\u{0}0"])
  func refuses(_ text: String) { #expect(bytes(hexadecimal: text) == nil) }
}
