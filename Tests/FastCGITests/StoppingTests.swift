import Basics
import Foundation
import HTTP
import Synchronization
import Testing

@testable import FastCGI

struct StoppingTests {
  private let get = Record.request([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/")])

  @Test func requestInFlightIsAnsweredBeforeStopReturns() throws {
    let path = temporarySocketPath()
    let entered = DispatchSemaphore(value: 0)
    let leave = DispatchSemaphore(value: 0)
    let responder = Responder(listener: try .bind(path: path), workers: 4) { _ in
      entered.signal()
      leave.wait()
      return .text("done")
    }
    try responder.start()
    let client = try PeerClient(path)
    client.send(get)
    entered.wait()
    let stopping = try JoinableThread(name: "stop") { responder.stop(patience: .seconds(60)) }
    while FileManager.default.fileExists(atPath: path) { usleep(1000) }
    leave.signal()
    stopping.join()
    #expect(client.receiveAnswer().body == "done")
    #expect(responder.statistics.busyWorkers == 0)
    #expect(responder.statistics.served == 1)
  }

  @Test func queuedConnectionsAreAnsweredBeforeOurSocketCloses() throws {
    let path = temporarySocketPath()
    let leave = DispatchSemaphore(value: 0)
    let entered = DispatchSemaphore(value: 0)
    let responder = Responder(listener: try .bind(path: path), workers: 1) { _ in
      entered.signal()
      leave.wait()
      return .text("done")
    }
    try responder.start()
    let clients = try (0..<3).map { _ in try PeerClient(path) }
    for client in clients { client.send(get) }
    entered.wait()
    let stopping = try JoinableThread(name: "stop") { responder.stop(patience: .seconds(60)) }
    for _ in clients { leave.signal() }
    stopping.join()
    for client in clients { #expect(client.receiveAnswer().body == "done") }
  }

  @Test func idleConnectionsDoNotHoldStop() throws {
    let path = temporarySocketPath()
    let responder = Responder(listener: try .bind(path: path), workers: 2) { _ in .text("done") }
    try responder.start()
    let idle = try (0..<4).map { _ in try PeerClient(path) }
    responder.stop(patience: .seconds(60))
    for client in idle { #expect(client.receiveAll().isEmpty) }
    #expect(responder.statistics.broken == 4)
  }

  @Test func stopsTwiceAndBeforeStart() throws {
    let path = temporarySocketPath()
    let responder = Responder(listener: try .bind(path: path), workers: 2) { _ in .text("done") }
    responder.stop()
    try responder.start()
    let answer = try exchange(path, get)
    #expect(answer.body == "done")
    responder.stop()
    responder.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func anUnreadAnswerIsCountedAsUnsent() throws {
    let path = temporarySocketPath()
    let closed = DispatchSemaphore(value: 0)
    let entered = DispatchSemaphore(value: 0)
    let responder = Responder(listener: try .bind(path: path), workers: 1) { _ in
      entered.signal()
      closed.wait()
      return .text("done")
    }
    try responder.start()
    do {
      let client = try PeerClient(path)
      client.send(get)
      entered.wait()
    }
    closed.signal()
    responder.stop(patience: .seconds(60))
    #expect(responder.statistics.unsent == 1)
    #expect(responder.statistics.served == 0)
  }
}

struct SilenceTests {
  private let get = Record.request([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/")])

  @Test(arguments: [0, 20, 30, 45])
  func silentConnectionsAreGivenUp(_ bytesSent: Int) throws {
    let path = temporarySocketPath()
    let responder = Responder(listener: try .bind(path: path), workers: 1, silence: .milliseconds(100)) { _ in
      .text("done")
    }
    try responder.start()
    defer { responder.stop() }
    let silent = try PeerClient(path)
    silent.send(Array(get.prefix(bytesSent)))
    let answer = try exchange(path, get)
    #expect(answer.body == "done")
    #expect(silent.receiveAll().isEmpty)
    #expect(responder.statistics.broken == 1)
  }

  @Test func bodyThatFallsSilentIsRefused() throws {
    let path = temporarySocketPath()
    let responder = Responder(listener: try .bind(path: path), workers: 1, silence: .milliseconds(100)) { _ in
      .text("done")
    }
    try responder.start()
    defer { responder.stop() }
    let client = try PeerClient(path)
    client.send(Record.begin() + Record.parameters([("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "5")]))
    client.send(Record.body(Array("he".utf8), isComplete: false))
    #expect(client.receiveAnswer().status == 400)
  }
}

struct ListenerTests {
  @Test func bindsWithGroupAccess() throws {
    let path = temporarySocketPath()
    let listener = try Listener.bind(path: path)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o660)
    #expect(fcntl(listener.descriptor, F_GETFD) & FD_CLOEXEC != 0)
    #expect(fcntl(listener.descriptor, F_GETFL) & O_NONBLOCK != 0)
    listener.unlinkPath()
    listener.close()
  }

  @Test func replacesStaleSocketOnly() throws {
    let path = temporarySocketPath()
    try Listener.bind(path: path).close()
    let listener = try Listener.bind(path: path)
    #expect(throws: Failure.self) { try Listener.bind(path: path) }
    #expect(FileManager.default.fileExists(atPath: path))
    listener.unlinkPath()
    listener.close()
  }

  @Test func leavesPathThatAnotherProcessBoundSince() throws {
    let path = temporarySocketPath()
    let first = try Listener.bind(path: path)
    unlink(path)
    let second = try Listener.bind(path: path)
    first.unlinkPath()
    #expect(FileManager.default.fileExists(atPath: path))
    second.unlinkPath()
    #expect(!FileManager.default.fileExists(atPath: path))
    first.close()
    second.close()
  }

  @Test(arguments: ["", "/nonexistent/folder/socket", "/tmp/" + String(repeating: "x", count: 200), "/dev/null"])
  func refusesPath(_ path: String) {
    #expect(throws: Failure.self) { try Listener.bind(path: path) }
  }

  @Test func takesOverAnInheritedSocket() throws {
    let path = temporarySocketPath()
    let own = try Listener.bind(path: path)
    let given = dup(own.descriptor)
    let listener = try #require(try Listener.inherited(on: given))
    #expect(!listener.isOurs)
    #expect(!Listener.isListening(given))
    #expect(fcntl(listener.descriptor, F_GETFD) & FD_CLOEXEC != 0)
    #expect(try Listener.inherited(on: given) == nil)
    own.unlinkPath()
    own.close()
    listener.close()
    close(given)
  }
}
