import Basics
import Foundation
import Testing

@testable import Signatures

private let sharedFolder = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"]
private let isShared = ConditionTrait.enabled(
  if: sharedFolder != nil, "GUILDHALL_SHARED names no folder with test vectors")

/// All vectors of C2SP/wycheproof, and recorded Discord requests.
struct WycheproofTests {
  @Test(isShared) func ed25519() throws {
    var count = 0
    for group in try groups("ed25519") {
      let key = try Ed25519.PublicKey(hexadecimal: try (group["publicKey"]?["pk"]).text)
      for test in group["tests"]?.array ?? [] {
        let isValid = key.isValid(signature: try test["sig"].bytes, for: try test["msg"].bytes)
        #expect(isValid == (test["result"]?.string == "valid"), "\(String(describing: test["tcId"]))")
        count += 1
      }
    }
    #expect(count == 151)
  }

  @Test(isShared) func hmac() throws {
    var count = 0
    for group in try groups("hmac_sha256") {
      let length = Int(try #require(group["tagSize"]?.integer)) / 8
      for test in group["tests"]?.array ?? [] {
        let code = HMAC.sha256(key: try test["key"].bytes, try test["msg"].bytes).prefix(length)
        let isValid = constantTimeEqual(Array(code), try test["tag"].bytes)
        #expect(isValid == (test["result"]?.string == "valid"), "\(String(describing: test["tcId"]))")
        count += 1
      }
    }
    #expect(count == 174)
  }

  @Test(isShared) func aesGCM() throws {
    var (count, tooLong) = (0, 0)
    for test in try groups("aes_gcm").flatMap({ $0["tests"]?.array ?? [] }) {
      count += 1
      let isValid = test["result"]?.string == "valid"
      let box = AESGCM.Box(iv: try test["iv"].bytes, tag: try test["tag"].bytes, ciphertext: try test["ct"].bytes)
      let (key, extra, message) = (try test["key"].bytes, try test["aad"].bytes, try test["msg"].bytes)
      if box.iv.isEmpty || box.iv.count > 128 {
        // OpenSSL takes ivs of 1 to 128 bytes.
        tooLong += box.iv.isEmpty ? 0 : 1
        #expect(throws: Failure.self) { try AESGCM.open(box, key: key, authenticating: extra) }
        continue
      }
      #expect(
        try AESGCM.open(box, key: key, authenticating: extra) == (isValid ? message : nil),
        "\(String(describing: test["tcId"]))")
      if isValid { #expect(try AESGCM.seal(message, key: key, iv: box.iv, authenticating: extra) == box) }
    }
    #expect(count == 316)
    #expect(tooLong == 3)
  }

  @Test(isShared) func discordRequests() throws {
    let recorded = try document("discord/signing/signed_requests.json")
    let key = try Ed25519.PublicKey(hexadecimal: try recorded["public_key"].text)
    let seed = try recorded["private_seed_for_tests_only"].bytes
    #expect(try Ed25519.PrivateKey(seed: seed).publicKey.bytes == key.bytes)
    let cases = try #require(recorded["cases"]?.array)
    #expect(cases.count > 5)
    for test in cases {
      let message = Array((test["timestamp"]?.string ?? "").utf8) + Array((test["body"]?.string ?? "").utf8)
      let signature = bytes(hexadecimal: test["signature"]?.string ?? "") ?? []
      #expect(
        key.isValid(signature: signature, for: message) == test["valid"]?.bool, "\(String(describing: test["name"]))")
    }
  }

  private func groups(_ name: String) throws -> [JSONValue] {
    try #require(try document("wycheproof/\(name)_test.json")["testGroups"]?.array)
  }

  private func document(_ path: String) throws -> JSONValue {
    let url = URL(fileURLWithPath: try #require(sharedFolder)).appending(path: "fixtures/\(path)")
    return try JSON.decode(JSONValue.self, from: Data(contentsOf: url))
  }
}

extension JSONValue? {
  fileprivate var text: String { get throws { try #require(self?.string) } }
  fileprivate var bytes: [UInt8] { get throws { try #require(Basics.bytes(hexadecimal: try text)) } }
}
