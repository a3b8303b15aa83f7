import Basics
import COpenSSL

/// Ed25519 (RFC 8032): what Discord signs its requests with.
public enum Ed25519 {
  /// Checks signatures. Made once and used from any thread.
  public struct PublicKey: Sendable {
    private let key: KeyHandle

    /// - Parameter bytes: the 32 bytes of the key.
    public init(_ bytes: [UInt8]) throws {
      let pointer = bytes.count == 32 ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, 32) : nil
      guard let pointer else {
        throw Failure.invalid("An Ed25519 public key has 32 bytes; this one has \(bytes.count).")
      }
      key = KeyHandle(adopting: pointer)
    }

    /// - Parameter text: 64 hexadecimal digits, as the Discord developer portal shows the key.
    public init(hexadecimal text: String) throws {
      guard let bytes = Basics.bytes(hexadecimal: text), bytes.count == 32 else {
        throw Failure.invalid("An Ed25519 public key is 64 hexadecimal digits; copy it again.")
      }
      try self.init(bytes)
    }

    fileprivate init(_ key: KeyHandle) { self.key = key }

    public var bytes: [UInt8] { key.raw(EVP_PKEY_get_raw_public_key) }

    /// Whether the holder of the private key signed exactly this message. False for a signature that has not 64 bytes.
    public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
      guard signature.count == 64, let context = EVP_MD_CTX_new() else { return false }
      defer {
        EVP_MD_CTX_free(context)
        ERR_clear_error()  // a refused signature leaves notes that a later call on this thread would find
      }
      return EVP_DigestVerifyInit(context, nil, nil, nil, key.pointer) == 1
        && EVP_DigestVerify(context, signature, 64, message, message.count) == 1
    }
  }

  /// Signs: for the sandbox and for tests.
  public struct PrivateKey: Sendable {
    private let key: KeyHandle

    /// - Parameter seed: the 32 secret bytes everything else follows from.
    public init(seed: [UInt8]) throws {
      let pointer = seed.count == 32 ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, 32) : nil
      guard let pointer else { throw Failure.invalid("An Ed25519 seed has 32 bytes; this one has \(seed.count).") }
      key = KeyHandle(adopting: pointer)
    }

    public static func generate() throws -> PrivateKey { try PrivateKey(seed: RandomToken.bytes(32)) }

    public var seed: [UInt8] { key.raw(EVP_PKEY_get_raw_private_key) }
    public var publicKey: PublicKey { PublicKey(key) }

    public func signature(for message: [UInt8]) throws -> [UInt8] {
      guard let context = EVP_MD_CTX_new() else { throw Failure(.unexpected, "The signature could not be made.") }
      defer { EVP_MD_CTX_free(context) }
      var signature = [UInt8](repeating: 0, count: 64)
      var length = signature.count
      guard EVP_DigestSignInit(context, nil, nil, nil, key.pointer) == 1,
        EVP_DigestSign(context, &signature, &length, message, message.count) == 1, length == 64
      else { throw Failure(.unexpected, "The signature could not be made.") }
      return signature
    }
  }
}

/// Owns an `EVP_PKEY`.
///
/// `@unchecked Sendable`: the key is complete when it gets here and only read from then on, which OpenSSL 3 allows
/// from many threads at once; each call brings its own context.
private final class KeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  init(adopting pointer: OpaquePointer) { self.pointer = pointer }
  deinit { EVP_PKEY_free(pointer) }

  func raw(_ read: (OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>?) -> Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 32)
    var length = bytes.count
    return read(pointer, &bytes, &length) == 1 ? bytes : []
  }
}
