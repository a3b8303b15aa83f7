import Basics
import COpenSSL

public enum SHA256 {
  /// The 32 bytes of the digest (FIPS 180-4).
  public static func digest(_ message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    _ = COpenSSL.SHA256(message, message.count, &digest)
    return digest
  }

  /// The digest of a text in lower-case hexadecimal digits, as keys and tokens are stored.
  public static func hexadecimalDigest(_ text: String) -> String { hexadecimalDigest(Array(text.utf8)) }

  public static func hexadecimalDigest(_ message: [UInt8]) -> String { hexadecimal(digest(message)) }
}

public enum HMAC {
  /// The 32 bytes of HMAC-SHA-256 (RFC 2104), with a key of any length.
  public static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 32
    _ = COpenSSL.HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, &length)
    return code
  }
}

/// Whether two values are the same, in a time that does not tell how much of them is.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
