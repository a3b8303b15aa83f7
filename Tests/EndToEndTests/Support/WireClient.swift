import Basics
import Foundation
import HTTP

/// An HTTP client that sends exactly the bytes a test wants, mistakes included: one request on one connection.
struct WireClient: Sendable {
  let port: UInt16

  struct Answer: Sendable {
    /// 0 when the connection was closed without an answer.
    var status = 0
    var headers = Headers()
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue { (try? JSON.decode(JSONValue.self, from: body)) ?? .null }  // not JSON: nothing is found in it
  }

  /// A request as it should be: with its length, and nothing twice unless it is given twice.
  func send(
    _ method: String, _ path: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil
  ) throws -> Answer {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    return try exchange(Array((head + "\r\n").utf8) + (body ?? []))
  }

  /// - Parameter isCutShort: close our side after the bytes, as a client that breaks off does.
  func exchange(_ bytes: [UInt8], isCutShort: Bool = false) throws -> Answer {
    let connection = try connected()
    defer { close(connection) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count <= 0 { break }  // refused before all was sent: the answer may be there already
      rest = rest.dropFirst(count)
    }
    if isCutShort { shutdown(connection, Int32(SHUT_WR)) }
    return Self.parsed(received(connection))
  }

  private func connected() throws -> Int32 {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = loopback(port)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      close(connection)
      throw Failure(.unavailable, "Nothing listens on port \(port).", cause: String(cString: strerror(errno)))
    }
    return connection
  }

  private func received(_ connection: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count <= 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  private static func parsed(_ bytes: [UInt8]) -> Answer {
    var answer = Answer()
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return answer }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    answer.status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      answer.headers.add(String(parts[0]), parts.dropFirst().first?.trimmingCharacters(in: .whitespaces) ?? "")
    }
    answer.body = Array(bytes[end.upperBound...])
    return answer
  }
}

func loopback(_ port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

/// A port of the loopback that nobody listens on at the moment.
func freePort() throws -> UInt16 {
  let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(probe) }
  var address = loopback(0)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let status = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(probe, $0, length) == 0 && getsockname(probe, $0, &length) == 0
    }
  }
  guard status else { throw Failure(.unavailable, "No port is free on the loopback.") }
  return UInt16(bigEndian: address.sin_port)
}
