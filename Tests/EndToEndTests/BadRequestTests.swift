import Basics
import Foundation
import Testing

extension EndToEndTests {
  /// What does not come from Discord, or not whole: refused in words, with one line in the log, and nothing changed.
  @Suite("Bad requests") struct BadRequests {
    let hall: RunningHall
    let body: [UInt8]

    init() throws {
      hall = try EndToEndTests.hall
      let message = try #require(hall.messages().first)
      body = try hall.body(message)
    }

    enum Flaw: String, CaseIterable {
      case bad, stale, future, short, noSignature, noTimestamp, noHeaders, otherBody
      case signatureTwice, timestampTwice, otherSignatureTwice
    }

    @Test(arguments: Flaw.allCases)
    func aFlawedSignatureIsRefused(_ flaw: Flaw) throws {
      let good = try hall.signed(body)
      let (headers, status): ([(String, String)], Int) =
        switch flaw {
        case .bad: ([(good[0].0, String(repeating: "0", count: 128)), good[1]], 401)
        case .stale: (try hall.signed(body, age: 600), 401)
        case .future: (try hall.signed(body, age: -600), 401)
        case .short: ([(good[0].0, String(good[0].1.dropLast())), good[1]], 401)
        case .noSignature: ([good[1]], 401)
        case .noTimestamp: ([good[0]], 401)
        case .noHeaders: ([], 401)
        case .otherBody: (try hall.signed(body + [32]), 401)
        case .signatureTwice: (good + [good[0]], 400)
        case .timestampTwice: (good + [good[1]], 400)
        case .otherSignatureTwice: ([(good[0].0, String(repeating: "0", count: 128))] + good, 400)
        }
      try expectRefusal(status) { try hall.deliver(body, headers) }
    }

    enum Content: String, CaseIterable {
      case empty, nothing, halfAnObject, notUTF8, deep, deepObjects, wrongTypes
    }

    @Test(arguments: Content.allCases)
    func aSignedBodyThatIsNoInteractionIsRefused(_ content: Content) throws {
      let body: [UInt8] =
        switch content {
        case .empty: []
        case .nothing: Array("null".utf8)
        case .halfAnObject: Array(self.body.dropLast(40))
        case .notUTF8:
          Array(#"{"type":3,"id":"1","data":{"custom_id":""#.utf8) + [0xFF, 0xC0, 0x80] + Array(#""}}"#.utf8)
        case .deep: [UInt8](repeating: 91, count: 500_000)
        case .deepObjects: Array(String(repeating: #"{"type":"#, count: 100_000).utf8)
        case .wrongTypes: Array(#"{"type":"3","id":1}"#.utf8)
        }
      try expectRefusal(400) { try hall.deliver(body) }
    }

    @Test func aBodyThatBreaksOffReachesNobody() throws {
      let head =
        "POST /discord/interactions HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count + 10)\r\n"
        + (try hall.signed(body).map { "\($0.0): \($0.1)\r\n" }.joined()) + "\r\n"
      try expectUnchanged { _ = try hall.http.exchange(Array(head.utf8) + body, isCutShort: true) }
      #expect(try hall.http.send("GET", "/health").status == 200)
    }

    @Test func aBodyOverAMebibyteIs413() throws {
      let body = [UInt8](repeating: 32, count: 1 << 20) + self.body
      try expectUnchanged {
        let answer = try hall.deliver(body)
        #expect(answer.status == 413)
      }
    }

    @Test func aChunkedBodyIsTakenWhole() throws {
      let ping = Array(#"{"type":1,"id":"1","application_id":"9","token":"t"}"#.utf8)
      let head =
        "POST /discord/interactions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
        + (try hall.signed(ping).map { "\($0.0): \($0.1)\r\n" }.joined()) + "\r\n"
      let chunks: [[UInt8]] = [ping[..<7], ping[7...]].map { piece in
        Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
      }
      let answer = try hall.http.exchange(Array(head.utf8) + chunks.joined() + Array("0\r\n\r\n".utf8))
      #expect(answer.status == 200 && answer.text == #"{"type":1}"#)
    }

    @Test(arguments: ["GET", "PUT", "DELETE"])
    func anotherMethodIsToldWhatIsTaken(_ method: String) throws {
      try expectUnchanged {
        let answer = try hall.http.send(method, "/discord/interactions")
        #expect(answer.status == 405 && answer.headers["Allow"] == "POST")
      }
    }

    private static let ping = #"{"type":1,"id":"1","application_id":"9","token":"t"}"#

    private func head(_ request: String, _ headers: [(String, String)], _ more: String...) -> [UInt8] {
      Array((([request] + more + headers.map { "\($0.0): \($0.1)" }).joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    @Test func aLengthShorterThanTheBodyReadsOnlyThat() throws {
      let ping = Array(Self.ping.utf8)
      let head = head(
        "POST /discord/interactions HTTP/1.1", try hall.signed(ping), "Host: x", "Connection: close",
        "Content-Length: \(ping.count)")
      let answer = try hall.http.exchange(head + ping + body)
      #expect(answer.status == 200 && answer.text == #"{"type":1}"#, "what follows is not part of it")
    }

    @Test(arguments: ["-1", "1e3", "0x10", "99999999999999999999", "12, 12", "+5"])
    func aLengthThatIsNoneIs400(_ length: String) throws {
      try expectUnchanged {
        let head = head(
          "POST /discord/interactions HTTP/1.1", try hall.signed(body), "Host: x", "Connection: close",
          "Content-Length: \(length)")
        let status = try hall.http.exchange(head + body).status
        #expect([400, 413].contains(status))
      }
    }

    @Test func aLengthAndChunksTogetherAreRefused() throws {
      try expectUnchanged {
        let head = head(
          "POST /discord/interactions HTTP/1.1", try hall.signed(body), "Host: x", "Connection: close",
          "Content-Length: 5", "Transfer-Encoding: chunked")
        let status = try hall.http.exchange(head + Array("0\r\n\r\n".utf8)).status
        #expect(status == 400)
      }
    }

    @Test func whoeverExpectsToBeToldToGoOnIsAnswered() throws {
      let ping = Array(Self.ping.utf8)
      let head = head(
        "POST /discord/interactions HTTP/1.1", try hall.signed(ping), "Host: x", "Connection: close",
        "Expect: 100-continue", "Content-Length: \(ping.count)")
      let answer = try hall.http.exchange(head + ping)
      #expect([100, 200].contains(answer.status) && answer.text.hasSuffix(#"{"type":1}"#))
    }

    @Test(arguments: ["HTTP/1.0", "HTTP/1.1"])
    func withoutAHostOnlyTheOldVersionIsAnswered(_ version: String) throws {
      let answer = try hall.http.exchange(head("GET /health \(version)", [], "Connection: close"))
      #expect(answer.status == (version == "HTTP/1.0" ? 200 : 400))
    }

    @Test(arguments: [
      ("//discord/interactions", 404), ("/discord/%2e%2e/discord/interactions", 400), ("/%00", 400),
      ("/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 400), ("/assets/../../etc/passwd", 400),
      ("/discord/interactions%00", 400),
      ("/discord/%69nteractions", 404), ("/" + String(repeating: "a", count: 9000), 414),
      ("/?" + String(repeating: "a", count: 9000), 414),
      ("/health HTTP/1.1\r\nX: y", 200),
    ])
    func aStrangeAddressLeadsNowhere(_ path: String, _ status: Int) throws {
      try expectUnchanged {
        let answer = try hall.http.send("POST", path, try hall.signed(body), body: body)
        #expect(
          answer.status == status || (status == 400 && answer.status == 404) || (status == 200 && answer.status >= 400))
      }
    }

    @Test(arguments: ["TRACE", "CONNECT", "PATCH", "X", "post"])
    func anUnknownMethodIsRefused(_ method: String) throws {
      try expectUnchanged {
        let status = try hall.http.send(method, "/discord/interactions").status
        #expect([400, 405].contains(status))
      }
    }

    @Test func headersInAnyCaseAreRead() throws {
      let ping = Array(Self.ping.utf8)
      let headers = try hall.signed(ping).map { ($0.0.uppercased(), $0.1) }
      #expect(try hall.http.send("POST", "/discord/interactions", headers, body: ping).status == 200)
    }

    @Test(arguments: ["/discord/events", "/notion/webhook", "/api/sync/run", "/api/cron/sync"])
    func theOtherDoorsAreClosedToo(_ path: String) throws {
      for body in [[], Array("{".utf8), [0xFF, 0], [UInt8](repeating: 0x5B, count: 100_000)] {
        try expectUnchanged {
          let status = try hall.http.send("POST", path, body: body).status
          #expect(status == 401)
        }
      }
    }

    /// Refused with this status, in problem details, with one line in the log that tells nothing of the body.
    private func expectRefusal(_ status: Int, _ request: () throws -> WireClient.Answer) throws {
      let lines = try hall.logLines().count
      try expectUnchanged {
        let answer = try request()
        #expect(answer.status == status && answer.headers["Content-Type"] == "application/problem+json")
        #expect(
          answer.json["detail"]?.string?.isEmpty == false && answer.headers["X-Content-Type-Options"] == "nosniff")
      }
      let added = try hall.logLines().dropFirst(lines)
      #expect(added.count == 1 && added.first?["msg"] == "request refused" && added.first?["level"] == "info")
      #expect(try !JSON.text(Array(added)).contains(hall.fact("user_id")))
    }

    private func expectUnchanged(_ body: () throws -> Void) throws {
      try hall.rest()
      let traces = try hall.traces()
      try body()
      #expect(try hall.traces() == traces)
    }
  }
}
