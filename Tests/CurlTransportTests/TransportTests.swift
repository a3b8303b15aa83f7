import Basics
import Foundation
import HTTP
import Testing

@testable import CurlTransport

private func transport(to server: TinyServer) throws -> Transport {
  CurlClient(operatorHosts: try OperatorHosts(["127.0.0.1:\(server.port)"])).transport
}

private func failure(_ transport: Transport, _ request: OutgoingRequest) -> TransportFailure? {
  do throws(TransportFailure) {
    _ = try transport(request)
    return nil
  } catch {
    return error
  }
}

/// What arrives, both ways.
struct ExchangeTests {
  @Test func readsStatusHeadersAndBody() throws {
    let server = try TinyServer(
      text: "HTTP/1.1 100 Continue\r\nX-Old: 1\r\n\r\nHTTP/1.1 418 Teapot\r\nX-One: a\r\nx-two:  b: c \r\nX-One: d\r\n"
        + "Content-Length: 2\r\n\r\nhi")
    defer { server.stop() }
    let response = try transport(to: server)(OutgoingRequest(url: server.url + "/a?b=c"))
    #expect(response.status == 418)
    #expect(response.body == Array("hi".utf8))
    #expect(response.headers.all("X-One") == ["a", "d"])
    #expect(response.headers["X-Two"] == "b: c")
    #expect(response.headers["X-Old"] == nil)
    #expect(server.requests[0].head.hasPrefix("GET /a?b=c HTTP/1.1\r\n"))
  }

  @Test(
    arguments: [
      ("X: a", "a"), ("X:a", "a"), ("X: \t a b \t\r\n", "a b"), ("X:\r\n", ""), ("X: \r\n", ""), ("X: a: b", "a: b"),
      ("x: Übung\r\n", "Übung"), (": a", nil), ("no colon", nil), ("\r\n", nil), ("", nil), ("HTTP/1.1 200 X: a", nil),
    ] as [(String, String?)])
  func aLineOfTheHead(_ line: String, _ value: String?) {
    let exchange = CurlExchange(OutgoingRequest(url: "http://far.example"), isTrusted: true)
    let bytes = Array(line.utf8)
    #expect(bytes.withUnsafeBytes(exchange.takeHeader))
    #expect(exchange.response(status: 200).headers.fields.map(\.value) == (value.map { [$0] } ?? []))
  }

  @Test(
    arguments: [
      (.get, "", "GET"), (.get, "body", "GET"), (.post, "body", "POST"), (.post, "", "POST"), (.put, "body", "PUT"),
      (.patch, "body", "PATCH"), (.patch, "", "PATCH"), (.delete, "", "DELETE"), (.delete, "body", "DELETE"),
    ] as [(HTTP.Method, String, String)])
  func sendsMethodAndBody(_ method: HTTP.Method, _ body: String, _ name: String) throws {
    let server = try TinyServer(text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    defer { server.stop() }
    let headers: Headers = ["User-Agent": "Guildhall", "X-Empty": "", "X-Key": "a:b"]
    let request = OutgoingRequest(method: method, url: server.url, headers: headers, body: Array(body.utf8))
    #expect(try transport(to: server)(request).status == 200)
    let received = server.requests[0]
    #expect(received.head.hasPrefix("\(name) / HTTP/1.1\r\n"))
    #expect(received.body == Array(body.utf8))
    for line in ["User-Agent: Guildhall", "X-Empty:", "X-Key: a:b"] {
      #expect(received.head.contains("\r\n\(line)\r\n"))
    }
    #expect(!received.head.contains("Expect:") && !received.head.contains("Content-Type:"))
  }

  @Test func sendsLargeBodiesWhole() throws {
    let server = try TinyServer(text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    defer { server.stop() }
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    _ = try transport(to: server)(OutgoingRequest(method: .post, url: server.url, body: body))
    #expect(server.requests[0].body == body)
  }

  @Test func headHasNoBody() throws {
    let server = try TinyServer(text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    defer { server.stop() }
    let response = try transport(to: server)(OutgoingRequest(method: .head, url: server.url))
    #expect(response.status == 200 && response.body.isEmpty)
    #expect(response.headers["Content-Length"] == "5")
  }

  @Test func doesNotFollowRedirects() throws {
    let server = try TinyServer(text: "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
    defer { server.stop() }
    let response = try transport(to: server)(OutgoingRequest(url: server.url))
    #expect(response.status == 302 && response.headers["Location"] == "/elsewhere")
    #expect(server.requests.count == 1)
  }

  @Test func decodesGzip() throws {
    // printf hello | gzip -9n
    let packed: [UInt8] = [
      31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0,
    ]
    let server = try TinyServer { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
      connection.send(packed)
      return true
    }
    defer { server.stop() }
    let response = try transport(to: server)(OutgoingRequest(url: server.url))
    #expect(response.body == Array("hello".utf8))
    #expect(response.headers["Content-Length"] == nil && response.headers["Content-Encoding"] == nil)
  }

  @Test func reusesItsConnection() throws {
    let server = try TinyServer(text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    defer { server.stop() }
    let transport = try transport(to: server)
    for _ in 0..<5 { _ = try transport(OutgoingRequest(method: .post, url: server.url)) }
    #expect(server.requests.count == 5)
    #expect(server.connections == 1)
  }

  @Test func servesManyThreadsAtOnce() throws {
    let server = try TinyServer { request, connection in
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
      connection.send(request.body)
      return true
    }
    defer { server.stop() }
    let transport = try transport(to: server)
    let threads = try (0..<8).map { number in
      try JoinableThread(name: "caller") {
        for turn in 0..<20 {
          let body = Array("\(number)/\(turn)".utf8)
          let response = try? transport(OutgoingRequest(method: .post, url: server.url, body: body))  // nil fails below
          #expect(response?.body == body)
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(server.requests.count == 160)
    #expect(server.connections <= 8)
  }
}

/// Every way a call can fail, and whether the other side may have acted.
struct FailureStageTests {
  private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

  @Test func nobodyListens() throws {
    let server = try TinyServer(text: ok)
    let transport = try transport(to: server)
    server.stop()
    let stage = failure(transport, OutgoingRequest(method: .post, url: server.url))?.stage
    #expect(stage == .beforeSending)
  }

  @Test func nameDoesNotResolve() {
    let stage = failure(CurlClient().transport, OutgoingRequest(url: "https://nowhere.invalid/"))?.stage
    #expect(stage == .beforeSending)
  }

  @Test func tlsIsNotSpoken() throws {
    let server = try TinyServer { _, _ in false }
    defer { server.stop() }
    let request = OutgoingRequest(url: "https://127.0.0.1:\(server.port)/", totalDeadline: .milliseconds(300))
    #expect(failure(try transport(to: server), request)?.stage == .beforeSending)
  }

  @Test(arguments: ["GET ", "G\r\nX: y", ""])
  func methodIsNoToken(_ method: String) throws {
    let server = try TinyServer(text: ok)
    defer { server.stop() }
    let request = OutgoingRequest(method: HTTP.Method(rawValue: method), url: server.url)
    #expect(failure(try transport(to: server), request)?.stage == .beforeSending)
    #expect(server.requests.isEmpty)
  }

  @Test(arguments: ["X:Y", "X\r\nInjected", "", "X Y"])
  func headerNameIsNoToken(_ name: String) throws {
    let server = try TinyServer(text: ok)
    defer { server.stop() }
    let request = OutgoingRequest(url: server.url, headers: Headers([(name, "1")]))
    #expect(failure(try transport(to: server), request)?.stage == .beforeSending)
    #expect(server.requests.isEmpty)
  }

  /// What the server writes before it goes silent or closes.
  @Test(
    arguments: [
      "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    ], [Ending.close, .reset, .silence])
  func answerIsCutShort(_ answer: String, _ ending: Ending) throws {
    let server = try TinyServer { _, connection in
      connection.send(answer)
      if ending == .reset { connection.reset() }
      if ending == .silence { connection.waitForEnd() }
      return false
    }
    defer { server.stop() }
    let deadline = Duration.seconds(ending == .silence ? 1 : 10)
    let request = OutgoingRequest(method: .post, url: server.url, totalDeadline: deadline)
    #expect(failure(try transport(to: server), request)?.stage == .afterSending)
  }

  enum Ending: CaseIterable { case close, reset, silence }

  @Test func slowDripEndsAtTheDeadline() throws {
    let server = try TinyServer { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
      for _ in 0..<100 {
        connection.send("x")
        usleep(20_000)
      }
      return false
    }
    defer { server.stop() }
    let request = OutgoingRequest(url: server.url, totalDeadline: .seconds(1))
    #expect(failure(try transport(to: server), request)?.stage == .afterSending)
  }

  @Test(arguments: [
    "Content-Length: 1001\r\n\r\n" + String(repeating: "x", count: 1001), "\r\n" + String(repeating: "x", count: 1001),
    "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + String(repeating: "x", count: 1001) + "\r\n0\r\n\r\n",
    "X: " + String(repeating: "x", count: 90_000) + "\r\nY: " + String(repeating: "x", count: 90_000) + "\r\nZ: "
      + String(repeating: "x", count: 90_000) + "\r\n\r\n",
  ])
  func answerIsTooLarge(_ rest: String) throws {
    let server = try TinyServer { _, connection in
      connection.send("HTTP/1.1 200 OK\r\n" + rest)
      return false
    }
    defer { server.stop() }
    let failure = failure(try transport(to: server), OutgoingRequest(url: server.url, maximumBytes: 1000))
    #expect(failure?.stage == .afterSending)
    #expect(failure?.reason.contains("larger than the 1000 bytes") == true, "\(String(describing: failure))")
  }

  @Test func answerOfExactlyTheLimitIsTaken() throws {
    let server = try TinyServer(text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    defer { server.stop() }
    #expect(try transport(to: server)(OutgoingRequest(url: server.url, maximumBytes: 5)).body.count == 5)
  }

  /// The limit counts decoded bytes: 1 MB of zeros is about 1 KB of gzip.
  @Test func gzipBombIsTooLarge() throws {
    let script = "import gzip,sys; sys.stdout.buffer.write(gzip.compress(bytes(1 << 20)))"
    let packed = try output(of: "python3", ["-c", script])
    let server = try TinyServer { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
      connection.send(packed)
      return true
    }
    defer { server.stop() }
    let request = OutgoingRequest(url: server.url, maximumBytes: 100_000)
    #expect(packed.count < 100_000)
    #expect(failure(try transport(to: server), request)?.reason.contains("larger") == true)
  }

  /// A reused connection that dies before the answer: curl would send anything again, we only what may arrive twice.
  @Test(
    arguments: [
      (.post, nil, 2), (.patch, nil, 2), (.put, nil, 2), (.delete, nil, 2), (.get, nil, 3), (.post, true, 3),
      (.patch, true, 3), (.get, false, 2),
    ] as [(HTTP.Method, Bool?, Int)])
  func nothingIsSentTwiceThatMayNotBe(_ method: HTTP.Method, _ isRepeatable: Bool?, _ count: Int) throws {
    let server = try TinyServer { [ok] request, connection in
      if request.index == 1 { return false }
      connection.send(ok)
      return true
    }
    defer { server.stop() }
    let transport = try transport(to: server)
    _ = try transport(OutgoingRequest(url: server.url))
    let second = failure(transport, OutgoingRequest(method: method, url: server.url, isRepeatable: isRepeatable))
    #expect(second?.stage == (count == 3 ? nil : .afterSending))
    #expect(server.requests.count == count)
  }
}

private func output(of program: String, _ arguments: [String]) throws -> [UInt8] {
  let process = Process()
  let pipe = Pipe()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program] + arguments
  process.standardOutput = pipe
  try process.run()
  let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return Array(bytes)
}
