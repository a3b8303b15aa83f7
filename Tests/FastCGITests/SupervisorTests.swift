import Basics
import Foundation
import Testing

@testable import FastCGI

struct SupervisorTests {
  @Test func isToldInItsWords() throws {
    let path = temporarySocketPath()
    let manager = try Manager(path)
    let supervisor = Supervisor(["NOTIFY_SOCKET": path])
    supervisor.ready()
    supervisor.isAlive()
    supervisor.stopping()
    #expect((1...3).map { _ in manager.next() } == ["READY=1", "WATCHDOG=1", "STOPPING=1"])
  }

  @Test func isToldAtANameInTheKernelToo() throws {
    let name = "@guildhall-\(UUID().uuidString)"
    let manager = try Manager(name)
    Supervisor(["NOTIFY_SOCKET": name]).ready()
    #expect(manager.next() == "READY=1")
  }

  @Test(
    arguments: [
      ([:], nil), (["WATCHDOG_USEC": "30000000"], Duration.seconds(30)),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "41"], nil),
      (["WATCHDOG_USEC": "5", "WATCHDOG_PID": "42"], .microseconds(5)),
      (["WATCHDOG_USEC": "soon"], nil),
    ] as [([String: String], Duration?)])
  func asksForASignOfLife(environment: [String: String], watchdog: Duration?) {
    #expect(Supervisor(environment, process: 42).watchdog == watchdog)
  }

  /// Receives what a service manager would.
  private final class Manager: Sendable {
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws {
      self.path = path
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var address = try unixAddress(path)
      let isAbstract = path.hasPrefix("@")
      if isAbstract { address.sun_path.0 = 0 }
      let length = isAbstract ? MemoryLayout<sa_family_t>.size + path.utf8.count : MemoryLayout<sockaddr_un>.size
      let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(length)) }
      }
      try #require(status == 0)
    }

    func next() -> String {
      var bytes = [UInt8](repeating: 0, count: 100)
      let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    deinit {
      close(descriptor)
      unlink(path)
    }
  }
}
