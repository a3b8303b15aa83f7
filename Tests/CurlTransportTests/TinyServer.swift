import Basics
import Foundation
import Synchronization

/// An HTTP server on loopback whose every byte the test decides: a thread accepts, a thread a connection.
final class TinyServer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let state = Mutex(Counts())
  private let accepting = Mutex<JoinableThread?>(nil)

  private struct Counts {
    var connections = 0
    var requests: [Received] = []
  }

  struct Received: Sendable {
    let head: String
    let body: [UInt8]
    /// Which one on its connection, from 0.
    let index: Int
  }

  var url: String { "http://127.0.0.1:\(port)" }
  var connections: Int { state.withLock { $0.connections } }
  var requests: [Received] { state.withLock { $0.requests } }

  /// - Parameter answer: writes the answer to a request; false closes the connection.
  init(_ answer: @escaping @Sendable (Received, TinyConnection) -> Bool) throws {
    (listener, port) = try Self.listen()
    let thread = try JoinableThread(name: "tiny-server") { self.acceptAll(answer) }
    accepting.withLock { $0 = thread }
  }

  /// Answers every request with these bytes and leaves the connection open.
  convenience init(text: String) throws {
    try self.init { _, connection in
      connection.send(text)
      return true
    }
  }

  /// Closes the port, once nobody accepts on it any more.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    accepting.withLock { $0.take() }?.join()
    close(listener)
  }

  private func acceptAll(_ answer: @escaping @Sendable (Received, TinyConnection) -> Bool) {
    while true {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else { return }
      state.withLock { $0.connections += 1 }
      let connection = TinyConnection(descriptor)
      let serve = { @Sendable in self.serve(connection, answer) }
      _ = try? JoinableThread(name: "tiny-connection", serve)  // without one the caller's deadline ends the test
    }
  }

  private func serve(_ connection: TinyConnection, _ answer: (Received, TinyConnection) -> Bool) {
    var index = 0
    while let (head, body) = connection.receiveRequest() {
      let received = Received(head: head, body: body, index: index)
      state.withLock { $0.requests.append(received) }
      guard answer(received, connection) else { return }
      index += 1
    }
  }

  private static func listen() throws -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) | Foundation.listen(descriptor, 16) | getsockname(descriptor, $0, &length)
      }
    }
    guard status == 0 else { throw Failure(.unavailable, "No port is free.", cause: systemError()) }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }
}

/// One connection; closes with its last reference.
final class TinyConnection: Sendable {
  private let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }
  deinit { close(descriptor) }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if sent <= 0 { return }
      rest = rest.dropFirst(sent)
    }
  }

  /// Closes with a reset instead of an ordinary end.
  func reset() {
    var hard = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
  }

  /// Waits until the other side has closed.
  func waitForEnd() {
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) > 0 {}
  }

  fileprivate func receiveRequest() -> (String, [UInt8])? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard let byte = receive(1).first else { return nil }
      head.append(byte)
    }
    let text = String(decoding: head, as: UTF8.self)
    let length = text.firstMatch(of: /(?i)\r\ncontent-length: *(\d+)/).flatMap { Int($0.1) } ?? 0
    return (text, receive(length))
  }

  private func receive(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = read(descriptor, buffer.baseAddress! + filled, count - filled)
        guard got > 0 else { return }
        filled += got
      }
    }
  }
}
