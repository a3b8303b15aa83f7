import Foundation

/// Whether a socket address lies in the public internet (IANA's special-purpose registries): what a URL that people
/// supplied may lead to. Asked for the address that is connected to, so a name that changes its answer gains nothing.
func isPublic(_ address: UnsafePointer<sockaddr>) -> Bool {
  switch Int32(address.pointee.sa_family) {
  case AF_INET:
    address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
      isPublic(v4: UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
    }
  case AF_INET6:
    address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
      withUnsafeBytes(of: $0.pointee.sin6_addr) { isPublic(v6: Array($0)) }
    }
  default: false
  }
}

private let specialV4: [(network: UInt32, bits: UInt32)] = [
  (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xAC10_0000, 12),
  (0xC000_0000, 24), (0xC000_0200, 24), (0xC058_6300, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24),
  (0xCB00_7100, 24), (0xE000_0000, 4), (0xF000_0000, 4),
]

private func isPublic(v4 address: UInt32) -> Bool {
  !specialV4.contains { network, bits in (address ^ network) >> (32 - bits) == 0 }
}

/// Only global unicast, 2000::/3, without the parts of it that wrap an IPv4 address or document. All else (loopback,
/// link-local, unique local, IPv4-mapped, NAT64, multicast) is outside of it.
private func isPublic(v6 bytes: [UInt8]) -> Bool {
  guard bytes[0] >> 5 == 1 else { return false }
  let isTeredoOrBenchmark = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 2  // 2001::/23
  let isDocumentation = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8
  let is6to4 = bytes[0] == 0x20 && bytes[1] == 0x02
  let isNewDocumentation = bytes[0] == 0x3F && bytes[1] == 0xFF && bytes[2] < 16  // 3fff::/20
  return !(isTeredoOrBenchmark || isDocumentation || is6to4 || isNewDocumentation)
}
