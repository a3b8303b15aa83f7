import Basics
import CSodium

/// Ed25519 (RFC 8032): what Discord signs its requests with. By libsodium, which checks a signature in some six tenths of
/// the time that Debian's OpenSSL takes.
public enum Ed25519 {
  /// Checks signatures.
  public struct PublicKey: Sendable, Equatable {
    public let bytes: [UInt8]

    /// - Parameter bytes: the 32 bytes of the key.
    public init(_ bytes: [UInt8]) throws {
      guard bytes.count == keyLength else {
        throw Failure.invalid("An Ed25519 public key has 32 bytes; this one has \(bytes.count).")
      }
      self.bytes = bytes
    }

    /// - Parameter text: 64 hexadecimal digits, as the Discord developer portal shows the key.
    public init(hexadecimal text: String) throws {
      guard let bytes = Basics.bytes(hexadecimal: text), bytes.count == keyLength else {
        throw Failure.invalid("An Ed25519 public key is 64 hexadecimal digits; copy it again.")
      }
      self.bytes = bytes
    }

    /// Whether the holder of the private key signed exactly this message. False for a signature that has not 64 bytes.
    public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
      signature.count == signatureLength && isReady
        && crypto_sign_ed25519_verify_detached(signature, message, UInt64(message.count), bytes) == 0
    }
  }

  /// Signs: for the sandbox and for tests.
  public struct PrivateKey: Sendable {
    /// The 32 secret bytes everything else follows from.
    public let seed: [UInt8]
    public let publicKey: PublicKey
    /// As libsodium wants it: the seed and the public key.
    private let pair: [UInt8]

    /// - Parameter seed: 32 bytes.
    public init(seed: [UInt8]) throws {
      guard seed.count == keyLength, isReady else {
        throw Failure.invalid("An Ed25519 seed has 32 bytes; this one has \(seed.count).")
      }
      var publicBytes = [UInt8](repeating: 0, count: keyLength)
      var pair = [UInt8](repeating: 0, count: 2 * keyLength)
      _ = crypto_sign_ed25519_seed_keypair(&publicBytes, &pair, seed)  // cannot fail
      self.seed = seed
      self.pair = pair
      publicKey = try PublicKey(publicBytes)
    }

    public static func generate() throws -> PrivateKey { try PrivateKey(seed: RandomToken.bytes(keyLength)) }

    public func signature(for message: [UInt8]) -> [UInt8] {
      var signature = [UInt8](repeating: 0, count: signatureLength)
      _ = crypto_sign_ed25519_detached(&signature, nil, message, UInt64(message.count), pair)  // cannot fail
      return signature
    }
  }
}

private let keyLength = 32
private let signatureLength = 64

/// libsodium chooses its code for this processor once, before anything else is called; any thread may come first.
private let isReady = sodium_init() >= 0
