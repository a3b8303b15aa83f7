import Basics
import Testing

@testable import Signatures

private func decoded(_ text: String) throws -> [UInt8] { try #require(bytes(hexadecimal: text)) }

/// The published examples of each algorithm.
struct KnownAnswerTests {
  /// RFC 8032, 7.1: seed, public key, message, signature.
  @Test(arguments: [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ])
  func signsAndVerifies(_ seed: String, _ publicKey: String, _ message: String, _ signature: String) throws {
    let key = try Ed25519.PrivateKey(seed: decoded(seed))
    #expect(hexadecimal(key.publicKey.bytes) == publicKey)
    #expect(hexadecimal(try key.signature(for: decoded(message))) == signature)
    let verifier = try Ed25519.PublicKey(hexadecimal: publicKey)
    #expect(verifier.isValid(signature: try decoded(signature), for: try decoded(message)))
    #expect(!verifier.isValid(signature: try decoded(signature), for: try decoded(message) + [0]))
    #expect(!verifier.isValid(signature: Array(try decoded(signature).dropLast()), for: try decoded(message)))
    #expect(!verifier.isValid(signature: try decoded(signature) + [0], for: try decoded(message)))
    #expect(!verifier.isValid(signature: [], for: try decoded(message)))
  }

  @Test(arguments: ["", "00", String(repeating: "0", count: 63), String(repeating: "g", count: 64)])
  func refusesPublicKey(_ text: String) {
    #expect(throws: Failure.self) { try Ed25519.PublicKey(hexadecimal: text) }
  }

  /// RFC 4231, cases 1, 2, 3, 6 and 7.
  @Test(arguments: [
    (
      String(repeating: "0b", count: 20), "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      String(repeating: "aa", count: 131), hexadecimal("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      String(repeating: "aa", count: 131),
      hexadecimal(
        ("This is a test using a larger than block-size key and a larger than block-size data. "
          + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ])
  func authenticates(_ key: String, _ message: String, _ code: String) throws {
    #expect(hexadecimal(HMAC.sha256(key: try decoded(key), try decoded(message))) == code)
  }

  /// FIPS 180-4 examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func digests(_ message: String, _ digest: String) {
    #expect(SHA256.hexadecimalDigest(message) == digest)
  }

  /// McGrew and Viega's GCM test cases 13 to 16 (256-bit keys): key, iv, extra, plaintext, ciphertext, tag.
  @Test(arguments: [
    [
      String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", "", "",
      "530f8afbc74536b9a963b4f1c4cb738b",
    ],
    [
      String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", String(repeating: "0", count: 32),
      "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919",
    ],
    [
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
      "76fc6ece0f4e1768cddf8853bb2d551b",
    ],
  ])
  func sealsAndOpens(_ fields: [String]) throws {
    let values = try fields.map(decoded)
    let box = AESGCM.Box(iv: values[1], tag: values[5], ciphertext: values[4])
    #expect(try AESGCM.seal(values[3], key: values[0], iv: values[1], authenticating: values[2]) == box)
    #expect(try AESGCM.open(box, key: values[0], authenticating: values[2]) == values[3])
    for length in 0..<16 {
      let short = AESGCM.Box(iv: box.iv, tag: Array(box.tag.prefix(length)), ciphertext: box.ciphertext)
      #expect(try AESGCM.open(short, key: values[0], authenticating: values[2]) == nil)
    }
  }
}

struct RandomTokenTests {
  @Test func hasTheLengthAskedFor() throws {
    #expect(try RandomToken.bytes(20).count == 20)
    #expect(try RandomToken.hexadecimal(bytes: 16).count == 32)
    #expect(try RandomToken.base62(bits: 256).count == 43)
    #expect(try RandomToken.base62(bits: 128).count == 22)
  }

  @Test func usesTheWholeAlphabetAndRepeatsNothing() throws {
    let tokens = try (0..<200).map { _ in try RandomToken.base62(bits: 256) }
    #expect(Set(tokens).count == 200)
    #expect(Set(tokens.joined()).count == 62)
  }
}

struct ConstantTimeEqualTests {
  @Test(
    arguments: [
      ([], [], true), ([1], [1], true), ([1], [2], false), ([1, 2], [1], false), ([1], [1, 2], false), ([], [0], false),
    ] as [([UInt8], [UInt8], Bool)])
  func compares(_ left: [UInt8], _ right: [UInt8], _ isEqual: Bool) {
    #expect(constantTimeEqual(left, right) == isEqual)
  }
}
