import Foundation
import Signatures

/// A code challenge made of its verifier (RFC 7636, 4.2): the digest in base64url without padding.
func s256(_ verifier: String) -> String {
  Data(SHA256.digest(Array(verifier.utf8))).base64EncodedString()
    .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}
