import Basics
import Foundation
import HTTP
import Signatures
import Testing

@testable import SandboxDiscord

@Test func aClickIsSignedAsDiscordSigns() throws {
  let bench = try Bench()
  let outcome = try bench.click(bench.messageWithButton())
  #expect(outcome["status"] == 200)
  #expect(outcome["state"] == "acknowledged")
  let sent = try #require(bench.sent.withLock { $0.first })
  #expect(sent.url == "http://sandbox.test/discord/interactions")
  #expect(sent.headers["User-Agent"] == "Discord-Interactions/1.0 (+https://discord.com)")
  let timestamp = try #require(sent.headers["X-Signature-Timestamp"])
  #expect(timestamp == "1795245000")
  let key = try Ed25519.PublicKey(hexadecimal: DiscordSandbox.identities(bench.sandbox.stage)["public_key"] ?? "")
  let signature = try #require(bytes(hexadecimal: sent.headers["X-Signature-Ed25519"] ?? ""))
  #expect(key.isValid(signature: signature, for: Array(timestamp.utf8) + sent.body))
  #expect(try JSON.encode(JSON.decode(JSONValue.self, from: sent.body)) == sent.body)
}

@Test(.enabled(if: ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] != nil, "GUILDHALL_SHARED is unset"))
func aClickHasTheMembersOfARecordedOne() throws {
  let bench = try Bench()
  _ = try bench.click(bench.messageWithButton())
  let own = try JSON.decode(JSONValue.self, from: bench.sent.withLock { $0[0].body })
  let folder = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] ?? ""
  let path = folder + "/fixtures/discord/interactions/button_http_in_thread.json"
  let recorded = try JSON.decode(JSONValue.self, from: #require(FileManager.default.contents(atPath: path)))
  let names = { (value: JSONValue?) in Set((value?.object ?? [:]).keys) }
  #expect(names(own) == names(recorded))
  for place in ["member", "message", "data", "guild"] {
    #expect(names(own[place]) == names(recorded[place]), "\(place)")
  }
  #expect(names(own["member"]?["user"]) == names(recorded["member"]?["user"]))
  #expect(names(own["message"]?["author"]) == names(recorded["message"]?["author"]))
}

@Test func amessageAnswerIsShown() throws {
  let bench = try Bench()
  let message = try bench.messageWithButton()
  bench.answer(#"{"type":4,"data":{"content":"Marking as fixed… <@1038561751148265472>"}}"#)
  _ = try bench.click(message)
  let answer = try bench.messages()[0]
  #expect(answer["content"] == "Marking as fixed… <@1038561751148265472>")
  #expect(answer["type"] == 19)
  #expect(answer["message_reference"]?["message_id"]?.string == message)
  #expect(answer["interaction_metadata"]?["user"]?["id"]?.string == Identity.tomasz)
  #expect(answer["mentions"]?.array?.count == 1)
}

@Test func anUpdateChangesTheMessage() throws {
  let bench = try Bench()
  let message = try bench.messageWithButton()
  bench.answer(#"{"type":7,"data":{"content":"Fixed","components":[]}}"#)
  _ = try bench.click(message)
  let changed = try bench.messages()[0]
  #expect(changed["id"]?.string == message)
  #expect(changed["content"] == "Fixed")
  #expect(changed["components"] == [])
}

@Test func anEphemeralAnswerIsForOnePerson() throws {
  let bench = try Bench()
  let message = try bench.messageWithButton()
  bench.answer(#"{"type":4,"data":{"content":"Between us","flags":64}}"#)
  _ = try bench.click(message)
  #expect(try bench.messages().count == 2)
  let page = "/sandbox/discord/channels/\(Identity.bugTracker)"
  let own = bench.page(page, query: ["as": Identity.tomasz])
  #expect(own.contains("Between us"))
  #expect(own.contains("Only you can see this"))
  #expect(!bench.page(page, query: ["as": Identity.aiko]).contains("Between us"))
  let token = try JSON.decode(JSONValue.self, from: bench.sent.withLock { $0[0].body })["token"]?.string ?? ""
  let original = "/webhooks/\(Identity.application)/\(token)/messages/@original"
  let answer = try bench.send(.get, original).value
  #expect(answer["flags"] == 64)
  #expect(try bench.send(.get, bugTracker + "/\(answer["id"]?.string ?? "")").value["code"] == 10008)
  #expect(bench.send(.delete, original).status == 204)
  #expect(!bench.page(page, query: ["as": Identity.tomasz]).contains("Between us"))
}

@Test func aPromiseIsKeptLater() throws {
  let bench = try Bench()
  bench.answer(#"{"type":5,"data":{"flags":64}}"#)
  _ = try bench.click(bench.messageWithButton())
  let token = try JSON.decode(JSONValue.self, from: bench.sent.withLock { $0[0].body })["token"]?.string ?? ""
  let webhook = "/webhooks/\(Identity.application)/\(token)"
  #expect(try bench.send(.get, webhook + "/messages/@original").value["flags"] == 192)
  bench.pass(.seconds(60))
  let headers: Headers = ["User-Agent": "DiscordBot (x, 1)", "Content-Type": "application/json"]
  let filled = try bench.send(.patch, webhook + "/messages/@original", #"{"content":"Done"}"#, headers: headers).value
  #expect(filled["content"] == "Done")
  #expect(filled["flags"] == 64)
  #expect(filled["edited_timestamp"] == .null)
  #expect(try bench.send(.post, webhook, #"{"content":"And more"}"#, headers: headers).value["flags"] == 0)
  bench.pass(.seconds(900))
  #expect(try bench.send(.post, webhook, #"{"content":"Too late"}"#).value["code"] == 10015)
}

@Test func aFollowUpFillsWhatWasPromised() throws {
  let bench = try Bench()
  bench.answer(#"{"type":5}"#)
  _ = try bench.click(bench.messageWithButton())
  let token = try JSON.decode(JSONValue.self, from: bench.sent.withLock { $0[0].body })["token"]?.string ?? ""
  let filled = try bench.send(.post, "/webhooks/\(Identity.application)/\(token)", #"{"content":"Done","flags":64}"#)
    .value
  #expect(filled["flags"] == 0)
  #expect(try bench.messages().count == 3)
}

@Test func aLateAnswerFails() throws {
  let bench = try Bench()
  let message = try bench.messageWithButton()
  bench.answer { _, bench in
    bench.pass(.milliseconds(3001))
    return IncomingResponse(status: 200, body: Array(#"{"type":4,"data":{"content":"late"}}"#.utf8))
  }
  let outcome = try bench.click(message)
  #expect(outcome["late"] == true)
  #expect(outcome["state"] == "failed")
  #expect(try bench.messages().count == 2)
  let body = try JSON.decode(JSONValue.self, from: bench.sent.withLock { $0[0].body })
  let (id, token) = (body["id"]?.string ?? "", body["token"]?.string ?? "")
  #expect(try bench.send(.post, "/interactions/\(id)/\(token)/callback", #"{"type":6}"#).value["code"] == 10062)
  #expect(
    try bench.send(.post, "/webhooks/\(Identity.application)/\(token)", #"{"content":"x"}"#).value["code"] == 10015)
  let page = bench.page("/sandbox/discord/channels/\(Identity.bugTracker)", query: ["as": Identity.tomasz])
  #expect(page.contains("This interaction failed"))
}

@Test(arguments: [
  (500, ""), (401, "{}"), (200, ""), (200, "[]"), (200, #"{"type":4}"#), (200, #"{"type":99}"#), (200, #"{"type":1}"#),
  (200, #"{"type":4,"data":{"content":""}}"#), (200, #"{"type":4,"data":{"content":"x","components":[{"type":2}]}}"#),
])
func anAnswerThatCannotBeShownFails(status: Int, body: String) throws {
  let bench = try Bench()
  bench.answer(body, status: status)
  let outcome = try bench.click(bench.messageWithButton())
  #expect(outcome["state"] == "failed")
  #expect(outcome["reason"]?.string?.isEmpty == false)
  #expect(try bench.messages().count == 2)
}

@Test func anAnswerMayComeByCallback() throws {
  let bench = try Bench()
  let message = try bench.messageWithButton()
  bench.answer { request, bench in
    let body = try? JSON.decode(JSONValue.self, from: request.body)  // a test: what is missing fails below
    let (id, token) = (body?["id"]?.string ?? "", body?["token"]?.string ?? "")
    let response = bench.send(
      .post, "/interactions/\(id)/\(token)/callback", #"{"type":4,"data":{"content":"by callback"}}"#,
      query: ["with_response": "true"])
    #expect(response.status == 200)
    #expect((try? response.value["resource"]?["message"]?["content"]) == "by callback")  // as above
    let again = bench.send(.post, "/interactions/\(id)/\(token)/callback", #"{"type":6}"#)
    #expect((try? again.value["code"]) == 40060)  // as above
    return IncomingResponse(status: 202)
  }
  #expect(try bench.click(message)["state"] == "acknowledged")
  #expect(try bench.messages()[0]["content"] == "by callback")
}

@Test func onlyWhatIsThereCanBePressed() throws {
  let bench = try Bench()
  let message = try bench.messageWithButton()
  #expect(try bench.click(message, "other:1")["code"] == 50035)
  #expect(try bench.click("1")["code"] == 10008)
  #expect(try bench.click(message, as: Identity.percy)["code"] == 50001)
  #expect(bench.sent.withLock { $0.isEmpty })
  let forged = try bench.script(
    "click",
    #"{"channel_id":"\#(Identity.bugTracker)","message_id":"\#(message)","custom_id":"other:1","user_id":"\#(Identity.rook)","force":true}"#
  )
  #expect(forged["status"] == 200)
}

@Test(arguments: ["good", "bad", "missing", "short", "doubled", "upper"])
func anythingCanBeSentRaw(signature: String) throws {
  let bench = try Bench()
  _ = try bench.script("raw", #"{"body":{"b":1,"a":"ü"},"signature":"\#(signature)","age_s":400}"#)
  let sent = try #require(bench.sent.withLock { $0.first })
  #expect(String(decoding: sent.body, as: UTF8.self) == #"{"a":"ü","b":1}"#)
  #expect(sent.headers["X-Signature-Timestamp"] == "1795244600")
  let key = try Ed25519.PublicKey(hexadecimal: bench.sandbox.key.publicKey)
  let signatures = sent.headers.all("X-Signature-Ed25519")
  let isValid = signatures.first.flatMap { bytes(hexadecimal: $0) }
    .map { key.isValid(signature: $0, for: Array("1795244600".utf8) + sent.body) }
  #expect(isValid == ["good": true, "bad": false, "doubled": true, "upper": true][signature])
  #expect(signatures.count == ["missing": 0, "doubled": 2][signature] ?? 1)
}

@Test func savingAnEndpointTriesItBothWays() throws {
  let bench = try Bench()
  bench.answer { request, bench in
    let signed = Array((request.headers["X-Signature-Timestamp"] ?? "").utf8) + request.body
    let key = try? Ed25519.PublicKey(hexadecimal: bench.sandbox.key.publicKey)  // a test: nil refuses all
    let isGood = key?.isValid(
      signature: bytes(hexadecimal: request.headers["X-Signature-Ed25519"] ?? "") ?? [], for: signed)
    return isGood == true
      ? IncomingResponse(status: 200, body: Array(#"{"type":1}"#.utf8)) : IncomingResponse(status: 401)
  }
  #expect(try bench.script("ping", "")["accepted"] == true)
  let url = #"{"interactions_endpoint_url":"http://elsewhere.test/x"}"#
  #expect(
    try bench.send(.patch, "/applications/@me", url).value["interactions_endpoint_url"] == "http://elsewhere.test/x")
  bench.answer(#"{"type":1}"#)
  #expect(try bench.script("ping", "")["accepted"] == false)
  #expect(bench.send(.patch, "/applications/@me", url).status == 400)
}
