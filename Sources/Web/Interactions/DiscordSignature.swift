import Basics
import HTTP
import Signatures

/// Tells whether a request is Discord's (Discord: interactions, security). The same for interactions and events; Discord
/// itself sends bad signatures now and then, to see whether they are refused.
public struct DiscordSignature: Sendable {
  let clock: WallClock
  /// The key of the connected application; nil while none is connected.
  let publicKey: @Sendable () throws -> Ed25519.PublicKey?

  public init(clock: WallClock, publicKey: @escaping @Sendable () throws -> Ed25519.PublicKey?) {
    self.clock = clock
    self.publicKey = publicKey
  }

  /// Over the raw bytes, before anything is decoded; the timestamp may be five minutes off, either way.
  func verify(_ request: Request) throws {
    guard let key = try publicKey() else {
      throw Failure(
        .unauthenticated, "No Discord application is connected. Run “guildhall discord connect” on the server.")
    }
    guard let signature = request.headers["X-Signature-Ed25519"].flatMap({ bytes(hexadecimal: $0) }),
      signature.count == 64,
      let stamp = request.headers["X-Signature-Timestamp"], (1...12).contains(stamp.utf8.count),
      stamp.utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Int64(stamp)
    else { throw Self.refusal("the signature headers are missing or malformed") }
    guard abs(clock.now().seconds - seconds) <= 300 else {
      throw Self.refusal("the timestamp is more than five minutes away")
    }
    guard key.isValid(signature: signature, for: Array(stamp.utf8) + request.body) else {
      throw Self.refusal("the signature does not fit")
    }
  }

  private static func refusal(_ cause: String) -> Failure {
    Failure(.unauthenticated, "This request is not signed by Discord.", cause: cause)
  }
}
