import Basics
import COpenSSL

/// AES-GCM (NIST SP 800-38D) with keys of 16, 24 or 32 bytes and tags of 16 bytes, nothing shorter.
enum AESGCM {
  struct Box: Equatable {
    var iv: [UInt8]
    var tag: [UInt8]
    var ciphertext: [UInt8]
  }

  /// - Parameter iv: never twice with one key.
  static func seal(_ plaintext: [UInt8], key: [UInt8], iv: [UInt8], authenticating extra: [UInt8]) throws -> Box {
    try withContext(key: key, iv: iv, isSealing: true) { context in
      let ciphertext = try update(context, plaintext, extra)
      var tag = [UInt8](repeating: 0, count: 16)
      guard isFinished(context), EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag) == 1 else {
        throw refused
      }
      return Box(iv: iv, tag: tag, ciphertext: ciphertext)
    }
  }

  /// The plaintext; nil if it was not sealed with this key, iv and extra, or was changed since.
  static func open(_ box: Box, key: [UInt8], authenticating extra: [UInt8]) throws -> [UInt8]? {
    // OpenSSL takes a tag of any length, even one byte, and then checks only that much.
    guard box.tag.count == 16 else { return nil }
    return try withContext(key: key, iv: box.iv, isSealing: false) { context in
      var tag = box.tag
      guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, &tag) == 1 else { throw refused }
      let plaintext = try update(context, box.ciphertext, extra)
      return isFinished(context) ? plaintext : nil
    }
  }

  private static let refused = Failure(.unexpected, "OpenSSL did not take this secret, its key or its iv.")

  private static func withContext<Result>(
    key: [UInt8], iv: [UInt8], isSealing: Bool, _ body: (OpaquePointer) throws -> Result
  ) throws -> Result {
    guard let cipher = cipher(for: key), let context = EVP_CIPHER_CTX_new() else { throw refused }
    defer {
      EVP_CIPHER_CTX_free(context)
      ERR_clear_error()
    }
    let direction: Int32 = isSealing ? 1 : 0
    guard EVP_CipherInit_ex(context, cipher, nil, nil, nil, direction) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, Int32(iv.count), nil) == 1,
      EVP_CipherInit_ex(context, nil, nil, key, iv, direction) == 1
    else { throw refused }
    return try body(context)
  }

  private static func cipher(for key: [UInt8]) -> OpaquePointer? {
    switch key.count {
    case 16: EVP_aes_128_gcm()
    case 24: EVP_aes_192_gcm()
    case 32: EVP_aes_256_gcm()
    default: nil
    }
  }

  private static func update(_ context: OpaquePointer, _ text: [UInt8], _ extra: [UInt8]) throws -> [UInt8] {
    var written: Int32 = 0
    if !extra.isEmpty {
      guard EVP_CipherUpdate(context, nil, &written, extra, Int32(extra.count)) == 1 else { throw refused }
    }
    guard !text.isEmpty else { return [] }
    var output = [UInt8](repeating: 0, count: text.count)
    guard EVP_CipherUpdate(context, &output, &written, text, Int32(text.count)) == 1, Int(written) == text.count else {
      throw refused
    }
    return output
  }

  /// When opening, this is where the tag is compared.
  private static func isFinished(_ context: OpaquePointer) -> Bool {
    var rest = [UInt8](repeating: 0, count: 16)
    var written: Int32 = 0
    return EVP_CipherFinal_ex(context, &rest, &written) == 1
  }
}
