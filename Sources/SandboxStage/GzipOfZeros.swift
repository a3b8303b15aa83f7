/// A valid gzip file (RFC 1952) of zero bytes: one literal, then copies of 258 bytes in 13 bits each (RFC 1951).
func gzipOfZeros(count: Int) -> [UInt8] {
  var bits = BitWriter(bytes: [31, 139, 8, 0, 0, 0, 0, 0, 0, 255])
  bits.append(code: 0b110, length: 3)  // last block, fixed Huffman codes: the bits 1, 1, 0 as they are read
  var rest = count
  if rest > 0 { bits.append(code: 0b0011_0000, length: 8) }
  rest = max(0, rest - 1)
  for _ in 0..<(rest / 258) {
    bits.append(code: 0b1100_0101, length: 8)  // length 258
    bits.append(code: 0, length: 5)  // distance 1
  }
  for _ in 0..<(rest % 258) { bits.append(code: 0b0011_0000, length: 8) }
  bits.append(code: 0, length: 7)  // end of block
  var crc: UInt32 = 0xFFFF_FFFF
  for _ in 0..<count { crc = (crc >> 8) ^ crcTable[Int(crc & 255)] }
  return bits.bytes + littleEndian(crc ^ 0xFFFF_FFFF) + littleEndian(UInt32(truncatingIfNeeded: count))
}

/// Huffman codes go in most significant bit first, into bytes filled from their least significant bit.
private struct BitWriter {
  var bytes: [UInt8]
  private var free = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func append(code: UInt16, length: Int) {
    for position in stride(from: length - 1, through: 0, by: -1) {
      if free == 0 {
        bytes.append(0)
        free = 8
      }
      if code >> UInt16(position) & 1 == 1 { bytes[bytes.count - 1] |= 1 << UInt8(8 - free) }
      free -= 1
    }
  }
}

private func littleEndian(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }

private let crcTable: [UInt32] = (0..<256).map { index in
  (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
}
