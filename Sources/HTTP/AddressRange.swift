import Foundation

/// One address, or all that begin like it: `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`.
public struct AddressRange: Sendable, Hashable, LosslessStringConvertible {
  private let bytes: [UInt8]
  private let bits: Int
  public let description: String

  /// Nil when it is none, or when bits are set behind the prefix (`10.0.0.1/8` is a slip more often than a wish).
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2, let bytes = addressBytes(parts[0]) else { return nil }
    let bits = parts.count == 1 ? bytes.count * 8 : Int(parts[1])
    guard let bits, (0...bytes.count * 8).contains(bits), bytes == masked(bytes, bits) else { return nil }
    self.bytes = bytes
    self.bits = bits
    description = text
  }

  /// An IPv4 address that came wrapped in an IPv6 one is the IPv4 address.
  public func contains(_ address: String) -> Bool {
    guard let other = addressBytes(address), other.count == bytes.count else { return false }
    return masked(other, bits) == bytes
  }
}

private func addressBytes(_ text: String) -> [UInt8]? {
  var v4 = in_addr()
  if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
  var v6 = in6_addr()
  guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
  let bytes = withUnsafeBytes(of: v6) { Array($0) }
  let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
  return isMapped ? Array(bytes.suffix(4)) : bytes
}

/// The first so many bits, the rest zero.
private func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
  bytes.enumerated().map { index, byte in
    let kept = min(8, max(0, bits - index * 8))
    return kept == 0 ? 0 : byte & (0xFF << (8 - kept))
  }
}
