import Basics
import Foundation
import HTTP
import Outbound
import Store
import Synchronization
import Testing

@testable import Discord

/// A client over answers written down beforehand; it fails when it is asked more.
private final class Script: Sendable {
  private let state: Mutex<(answers: [IncomingResponse], requests: [OutgoingRequest])>
  init(_ answers: [IncomingResponse]) { state = Mutex((answers, [])) }

  var requests: [OutgoingRequest] { state.withLock { $0.requests } }

  func client() throws -> DiscordClient {
    let store = try DataStore.inMemory()
    _ = try store.migrate(outboundMigrations)
    let outbound = Outbound(
      transport: { [self] request throws(TransportFailure) in
        let answer = state.withLock { state -> IncomingResponse? in
          state.requests.append(request)
          return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let answer else { throw TransportFailure(.afterSending, "timeout") }
        return answer
      }, volatile: store, clock: .system, sleep: { _ in })
    return .live(
      outbound, base: "https://discord.test/api/v10", token: "secret", connection: "discord:x", urgency: .interactive)
  }
}

private func answer(_ status: Int, _ body: String, _ headers: Headers = Headers()) -> IncomingResponse {
  IncomingResponse(status: status, headers: headers, body: Array(body.utf8))
}

@Suite("The client of Discord")
struct DiscordClientTests {
  let channel = ChannelID("2000")!

  @Test func aPostCarriesWhatDiscordAsksFor() throws {
    let script = Script([
      answer(200, #"{"id":"77","components":[{"type":1,"components":[{"type":2,"custom_id":"a.b:1"}]}]}"#)
    ])
    let message = try script.client().createMessage(channel, MessageDraft(content: "hello", nonce: "n1"))
    #expect(message.id.rawValue == "77" && message.customIDs == ["a.b:1"])
    let request = script.requests[0]
    #expect(request.method == .post && request.url == "https://discord.test/api/v10/channels/2000/messages")
    #expect(request.headers["Authorization"] == "Bot secret" && request.headers["Content-Type"] == "application/json")
    #expect(request.headers["User-Agent"]?.hasPrefix("DiscordBot (https://") == true)
  }

  @Test(arguments: [
    (404, #"{"message":"Unknown Channel","code":10003}"#, Failure.Kind.notFound, "does not exist"),
    (403, #"{"message":"Missing Access","code":50001}"#, .denied, "View Channel"),
    (403, #"{"message":"Missing Permissions","code":50013}"#, .denied, "Embed Links"),
    (
      400,
      #"{"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"title":{"_errors":[{"code":"X","message":"Too long."}]}}}}}"#,
      .invalid, "embeds.0.title: Too long."
    ),
    (400, "<html>no</html>", .invalid, "status 400"),
  ])
  func refusalsAreSaidInWords(status: Int, body: String, kind: Failure.Kind, words: String) throws {
    let script = Script([answer(status, body)])
    #expect { try script.client().createMessage(channel, MessageDraft(content: "x")) } throws: {
      Failure($0).kind == kind && Failure($0).sentence.contains(words)
    }
  }

  @Test func aPostWithoutAnswerIsNotRepeatedAndAnEditIsUnharmed() throws {
    let script = Script([])
    #expect { try script.client().createMessage(channel, MessageDraft(content: "x")) } throws: {
      Failure($0).kind == .outcomeUnknown
    }
    #expect(script.requests.count == 1)
    #expect { try script.client().editMessage(channel, MessageID("1")!, MessageDraft(content: "x")) } throws: {
      Failure($0).kind == .unavailable
    }
  }

  @Test func aRateLimitIsHonouredWithoutAsking() throws {
    let script = Script([
      answer(
        429, #"{"message":"You are being rate limited.","retry_after":5.5,"global":false}"#,
        ["X-RateLimit-Scope": "user", "Retry-After": "6"])
    ])
    let client = try script.client()
    for _ in 1...3 {
      #expect { try client.createMessage(channel, MessageDraft(content: "x")) } throws: {
        if case .busy(let wait?) = Failure($0).kind { wait > .seconds(4) && wait < .seconds(6) } else { false }
      }
    }
    #expect(script.requests.count == 1)
  }

  @Test func oneRefusedTokenIsEnough() throws {
    let script = Script([answer(401, #"{"message":"401: Unauthorized","code":0}"#)])
    let client = try script.client()
    for _ in 1...3 {
      #expect { try client.application() } throws: { Failure($0).kind == .unauthenticated }
    }
    #expect(script.requests.count == 1)
  }
}
