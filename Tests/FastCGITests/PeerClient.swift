import Foundation

@testable import FastCGI

/// A web server's side of FastCGI, as small as it gets: records built by hand (FastCGI 1.0, 3.3).
final class PeerClient: Sendable {
  let descriptor: Int32

  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = try unixAddress(path)
    guard call(connect, descriptor, &address) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// All of it, or as much as the other side takes.
  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if sent <= 0 { return }
      rest = rest.dropFirst(sent)
    }
  }

  func closeWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Everything until the other side closes.
  func receiveAll() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count <= 0 { return all }
      all += buffer[..<count]
    }
  }

  /// The answer's stdout stream and whether an end-of-request record followed it.
  func receiveAnswer() -> Answer {
    var rest = receiveAll()[...]
    var output: [UInt8] = []
    var isEnded = false
    while rest.count >= 8 {
      let header = Array(rest.prefix(8))
      let length = Int(header[4]) << 8 | Int(header[5])
      if header[1] == 6 { output += rest.dropFirst(8).prefix(length) }
      if header[1] == 3 { isEnded = true }
      rest = rest.dropFirst(8 + length + Int(header[6]))
    }
    return Answer(text: String(decoding: output, as: UTF8.self), isEnded: isEnded)
  }

  struct Answer {
    let text: String
    let isEnded: Bool

    var status: Int? { text.wholeMatch(of: /Status: (\d+) (?s:.*)/).flatMap { Int($0.1) } }
    var body: String { text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? "" }

    func header(_ name: String) -> String? {
      text.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
        .first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
  }
}

enum Record {
  static func begin(keepConnection: Bool = false) -> [UInt8] {
    record(1, [0, 1, keepConnection ? 1 : 0, 0, 0, 0, 0, 0])
  }

  static func parameters(_ pairs: [(String, String)]) -> [UInt8] {
    record(4, pairs.flatMap { length($0.0) + length($0.1) + Array($0.0.utf8) + Array($0.1.utf8) }) + record(4, [])
  }

  static func body(_ bytes: [UInt8], isComplete: Bool = true) -> [UInt8] {
    var records: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      records += record(5, Array(rest.prefix(65_528)))
      rest = rest.dropFirst(65_528)
    }
    return records + (isComplete ? record(5, []) : [])
  }

  static let abort = record(2, [])

  static func request(_ pairs: [(String, String)], body: [UInt8] = []) -> [UInt8] {
    begin() + parameters(pairs) + Record.body(body)
  }

  private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
    [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 255), 0, 0] + content
  }

  private static func length(_ text: String) -> [UInt8] {
    let count = text.utf8.count
    return count < 128
      ? [UInt8(count)]
      : [UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
  }
}
