import Basics
import Foundation
import HTTP
import Synchronization
import Testing

@testable import FastCGI

/// The responder on a real Unix socket; the handler counts and echoes.
struct ResponderTests {
  private let get = [("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/echo"), ("CONTENT_LENGTH", "")]

  private func post(_ length: String) -> [(String, String)] {
    [("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/echo?a=b"), ("CONTENT_LENGTH", length)]
  }

  @Test func answersOrdinaryRequest() throws {
    try withResponder { path, calls in
      let answer = try exchange(path, Record.request(post("5"), body: Array("hello".utf8)))
      #expect(answer.status == 200 && answer.isEnded)
      #expect(answer.header("Content-Length") == "17")
      #expect(answer.body == "POST /echo: hello")
      #expect(calls.count == 1)
    }
  }

  @Test func answersLargeBodyBothWays() throws {
    try withResponder { path, _ in
      let body = [UInt8](repeating: 65, count: 900_000)
      let client = try PeerClient(path)
      let thread = try JoinableThread(name: "sender") { client.send(Record.request(post("900000"), body: body)) }
      let answer = client.receiveAnswer()
      thread.join()
      #expect(answer.body.utf8.count == "POST /echo: ".utf8.count + 900_000)
    }
  }

  @Test func answersHeadWithoutLengthOrBody() throws {
    try withResponder { path, _ in
      let answer = try exchange(path, Record.request([("REQUEST_METHOD", "HEAD"), ("REQUEST_URI", "/")]))
      #expect(answer.status == 200 && answer.body.isEmpty && answer.header("Content-Length") == nil)
    }
  }

  @Test(arguments: [
    ("body shorter than announced", "6", "hello", 400), ("body missing", "5", "", 400),
    ("not a number", "5x", "hello", 400),
    ("negative", "-5", "hello", 400), ("signed", "+5", "hello", 400),
    ("too large for an integer", "99999999999999999999", "", 400),
    ("over the limit", "1000001", "", 413),
  ])
  func refusesBadLength(_ what: String, _ length: String, _ body: String, _ status: Int) throws {
    try withResponder { path, calls in
      let answer = try exchange(path, Record.request(post(length), body: Array(body.utf8)))
      #expect(answer.status == status && answer.isEnded)
      #expect(answer.header("Content-Security-Policy") != nil)
      #expect(calls.count == 0)
    }
  }

  @Test func takesExactlyTheAnnouncedBytes() throws {
    try withResponder { path, _ in
      let text = try exchange(path, Record.request(post("2"), body: Array("hello".utf8))).body
      #expect(text == "POST /echo: he")
    }
  }

  @Test(arguments: [
    "HTTP_X_SIGNATURE_ED25519", "HTTP_X_SIGNATURE_TIMESTAMP", "HTTP_X_NOTION_SIGNATURE", "HTTP_AUTHORIZATION",
    "HTTP_COOKIE", "HTTP_HOST", "HTTP_CONTENT_LENGTH",
  ])
  func refusesDoubledHeader(_ name: String) throws {
    try withResponder { path, calls in
      let answer = try exchange(path, Record.request(get + [(name, "1"), (name, "2")]))
      #expect(answer.status == 400)
      #expect(calls.count == 0)
      let status = try exchange(path, Record.request(get + [("HTTP_ACCEPT", "1"), ("HTTP_ACCEPT", "2")])).status
      #expect(status == 200)
    }
  }

  @Test func abortedRequestChangesNothing() throws {
    try withResponder { path, calls in
      let begun = Record.begin() + Record.parameters(post("5")) + Record.body(Array("he".utf8), isComplete: false)
      let status = try exchange(path, begun + Record.abort).status
      #expect(status == 400)
      #expect(calls.count == 0)
    }
  }

  @Test(arguments: [
    [UInt8](), [1], Array("GET / HTTP/1.1\r\n\r\n".utf8), [9, 9, 9, 9, 9, 9, 9, 9], Record.begin(),
    Record.begin() + [1, 4, 0, 1, 0, 4, 0, 0, 200, 0, 0, 0], Record.begin() + [1, 5, 0, 1, 0, 0, 0, 0],
    [1, 1, 0, 1, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0],
  ])
  func survivesBrokenRecords(_ bytes: [UInt8]) throws {
    try withResponder(workers: 1) { path, calls in
      let client = try PeerClient(path)
      client.send(bytes)
      client.closeWriting()
      _ = client.receiveAll()
      #expect(calls.count == 0)
      let status = try exchange(path, Record.request(get)).status
      #expect(status == 200)
    }
  }

  @Test func idleAndHalfSentConnectionsLeaveOtherWorkersFree() throws {
    try withResponder(workers: 3) { path, _ in
      let idle = try PeerClient(path)
      let half = try PeerClient(path)
      half.send(Record.begin() + Record.parameters(get).prefix(12))
      for _ in 0..<20 {
        let status = try exchange(path, Record.request(get)).status
        #expect(status == 200)
      }
      withExtendedLifetime((idle, half)) {}
    }
  }

  @Test func keptConnectionIsClosedAfterItsRequest() throws {
    try withResponder(workers: 1) { path, _ in
      for _ in 0..<3 {
        let kept = Record.begin(keepConnection: true) + Record.parameters(get) + Record.body([])
        let status = try exchange(path, kept).status
        #expect(status == 200)
      }
    }
  }

  @Test func answersManyAtOnce() throws {
    try withResponder(workers: 8) { path, calls in
      let wrong = Atomic(0)
      let threads = try (0..<32).map { _ in
        try JoinableThread(name: "client") {
          for number in 0..<25 {
            let body = Array("\(number)".utf8)
            let answer = try? exchange(path, Record.request(post("\(body.count)"), body: body))  // counted as wrong
            if answer?.body != "POST /echo: \(number)" { wrong.add(1, ordering: .relaxed) }
          }
        }
      }
      for thread in threads { thread.join() }
      #expect(wrong.load(ordering: .relaxed) == 0)
      #expect(calls.count == 800)
    }
  }
}

/// Calls of the handler, and the requests it saw.
final class Calls: Sendable {
  private let requests = Mutex<[Request]>([])
  var count: Int { requests.withLock { $0.count } }
  func add(_ request: Request) { requests.withLock { $0.append(request) } }
}

func temporarySocketPath() -> String { "/tmp/guildhall-\(UUIDv7.make()).sock" }

func withResponder(workers: Int = 4, _ body: (String, Calls) throws -> Void) throws {
  let path = temporarySocketPath()
  let calls = Calls()
  let responder = Responder(listener: try .bind(path: path), workers: workers, maximumBody: 1_000_000) { request in
    calls.add(request)
    return .text("\(request.method.rawValue) \(request.path): " + String(decoding: request.body, as: UTF8.self))
  }
  try responder.start()
  defer { responder.stop() }
  try body(path, calls)
}

func exchange(_ path: String, _ records: [UInt8]) throws -> PeerClient.Answer {
  let client = try PeerClient(path)
  client.send(records)
  return client.receiveAnswer()
}
