import Basics
import Signatures

/// The test key interactions are signed with. Made once for a state folder; nobody else's.
struct SigningKey: Sendable {
  private let key: Ed25519.PrivateKey
  /// 64 hexadecimal digits each.
  let seed: String
  let publicKey: String

  init(hexadecimal seed: String) throws {
    guard let bytes = Basics.bytes(hexadecimal: seed) else {
      throw Failure(.unexpected, "The sandbox's signing key is damaged. Remove its state folder and start again.")
    }
    key = try Ed25519.PrivateKey(seed: bytes)
    self.seed = seed
    publicKey = Basics.hexadecimal(key.publicKey.bytes)
  }

  static func newSeed() throws -> String { Basics.hexadecimal(try Ed25519.PrivateKey.generate().seed) }

  /// Over the timestamp's digits followed by the body's bytes (Discord: interactions, "Setting Up an Endpoint").
  func signature(timestamp: String, body: [UInt8]) -> String {
    Basics.hexadecimal(key.signature(for: Array(timestamp.utf8) + body))
  }
}
