import Basics
import COpenSSL

/// Secrets nobody can guess, from the system's generator.
public enum RandomToken {
  public static func bytes(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard RAND_bytes(&bytes, Int32(count)) == 1 else {
      throw Failure(.unavailable, "The system gave no random bytes.")
    }
    return bytes
  }

  /// Lower-case hexadecimal digits, two a byte.
  public static func hexadecimal(bytes count: Int) throws -> String { Basics.hexadecimal(try bytes(count)) }

  /// Letters and digits with at least that many bits of chance: 43 characters for 256.
  public static func base62(bits: Int) throws -> String {
    let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    let length = Int((Double(bits) / 5.954196).rounded(.up))  // log2(62) bits a character
    var text: [UInt8] = []
    while text.count < length {
      // 248 = 4 * 62; dropping the rest keeps every character equally likely.
      text += try bytes(length).filter { $0 < 248 }.map { alphabet[Int($0 % 62)] }
    }
    return String(decoding: text.prefix(length), as: UTF8.self)
  }
}
