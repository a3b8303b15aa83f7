import Basics
import Testing

@testable import Signatures

struct SealingTests {
  private let place = "connections|01|token"
  private let secret = Array("secret_ntn_123".utf8)

  private func key(_ id: String, _ digit: String = "1") throws -> SealingKey {
    try SealingKey(id: id, hexadecimal: String(repeating: digit, count: 64))
  }

  @Test(arguments: ["", "a", "bot.token-with ünicode", String(repeating: "x", count: 10_000)])
  func opensWhatItSealed(_ text: String) throws {
    let keys = try SealingKeys(current: key("a"))
    let sealed = try keys.seal(Array(text.utf8), for: place)
    #expect(sealed.hasPrefix("v2:a:"))
    #expect(keys.isCurrent(sealed))
    #expect(try keys.open(sealed, for: place) == Array(text.utf8))
  }

  @Test func sealsDifferentlyEachTime() throws {
    let keys = try SealingKeys(current: key("a"))
    #expect(try keys.seal(secret, for: place) != keys.seal(secret, for: place))
  }

  @Test func readsOlderKeysAfterRotation() throws {
    let sealed = try SealingKeys(current: key("a", "1")).seal(secret, for: place)
    let rotated = try SealingKeys(current: key("b", "2"), older: [key("a", "1")])
    #expect(try rotated.open(sealed, for: place) == secret)
    #expect(!rotated.isCurrent(sealed))
  }

  /// Made with Node's crypto: aes-256-gcm, key 0x11 × 32, iv of 16 bytes, no extra data.
  @Test func readsTheOlderForm() throws {
    let older = "07070707070707070707070707070707:233b036cf7ff9c9cd49ad7330bf667b1:9ca405586da24e6639823477df2f"
    let keys = try SealingKeys(current: key("b", "2"), older: [key("a")])
    #expect(try keys.open(older, for: place) == secret)
    #expect(!keys.isCurrent(older))
    #expect(throws: Failure.self) { try SealingKeys(current: key("b", "2")).open(older, for: place) }
  }

  @Test func opensNowhereElse() throws {
    let keys = try SealingKeys(current: key("a"))
    let sealed = try keys.seal(secret, for: place)
    #expect(throws: Failure.self) { try keys.open(sealed, for: "connections|02|token") }
    #expect(throws: Failure.self) { try SealingKeys(current: key("a", "2")).open(sealed, for: place) }
  }

  @Test func namesTheKeyThatIsMissing() throws {
    let sealed = try SealingKeys(current: key("a")).seal(secret, for: place)
    let failure = #expect(throws: Failure.self) { try SealingKeys(current: key("b", "2")).open(sealed, for: place) }
    #expect(failure?.sentence.contains("“a”") == true)
  }

  @Test func refusesEveryChangedOrMissingCharacter() throws {
    let keys = try SealingKeys(current: key("a"))
    let sealed = Array(try keys.seal(secret, for: place))
    for index in sealed.indices {
      var changed = sealed
      changed[index] = changed[index] == "0" ? "1" : "0"
      #expect(throws: Failure.self) { try keys.open(String(changed), for: place) }
      #expect(throws: Failure.self) { try keys.open(String(sealed.prefix(index)), for: place) }
    }
  }

  @Test(arguments: ["", ":", "::", "v2", "v1:a:00:00:00", "v2:a:::", "::::", "plain token", "00:00:00", "zz:zz:zz"])
  func refusesMalformed(_ text: String) throws {
    let keys = try SealingKeys(current: key("a"))
    #expect(throws: Failure.self) { try keys.open(text, for: place) }
  }

  @Test(arguments: [0, 1, 11, 13, 15, 17, 32])
  func refusesIVOfOtherLengths(_ length: Int) throws {
    let keys = try SealingKeys(current: key("a"))
    let fields = [String(repeating: "00", count: length), String(repeating: "00", count: 16), "00"]
    #expect(throws: Failure.self) { try keys.open(fields.joined(separator: ":"), for: place) }
  }

  @Test func refusesUnfitKeys() throws {
    let digits = String(repeating: "1", count: 64)
    for id in ["", "a:b", "a b", "ä", String(repeating: "a", count: 33)] {
      #expect(throws: Failure.self) { try SealingKey(id: id, hexadecimal: digits) }
    }
    for text in ["", "11", digits + "11", String(repeating: "x", count: 64)] {
      #expect(throws: Failure.self) { try SealingKey(id: "a", hexadecimal: text) }
    }
    #expect(throws: Failure.self) { try SealingKeys(current: key("a"), older: [key("a", "2")]) }
  }
}
