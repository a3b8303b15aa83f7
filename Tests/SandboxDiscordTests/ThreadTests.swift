import Basics
import Foundation
import HTTP
import SandboxStage
import Testing

@testable import SandboxDiscord

private let forum = "/channels/\(Identity.ideas)"
private let tag = String(Identity.firstForumTag)

private func post(_ bench: Bench, _ more: String = "") throws -> JSONValue {
  let body = #"{"name":"Lamp","message":{"content":"It went out"},"applied_tags":["\#(tag)"]\#(more)}"#
  let answer = bench.send(.post, forum + "/threads", body)
  #expect(answer.status == 201)
  return try answer.value
}

@Test func aPostBeginsWithItsMessage() throws {
  let bench = try Bench()
  let thread = try post(bench)
  let id = thread["id"]?.string ?? ""
  #expect(thread["type"] == 11)
  #expect(thread["parent_id"]?.string == Identity.ideas)
  #expect(thread["owner_id"]?.string == Identity.bot)
  #expect(thread["applied_tags"] == [.string(tag)])
  #expect(thread["message"]?["id"]?.string == id)
  #expect(thread["message_count"] == 0)
  #expect(thread["thread_metadata"]?["archived"] == false)
  #expect(bench.send(.post, "/channels/\(id)/messages", #"{"content":"Still"}"#).status == 200)
  #expect(try bench.send(.get, "/channels/\(id)").value["message_count"] == 1)
  #expect(bench.send(.patch, "/channels/\(id)/messages/\(id)", #"{"content":"It is lit"}"#).status == 200)
  #expect(try bench.send(.get, "/channels/\(id)/messages").value.array?.count == 2)
  #expect(try bench.send(.get, forum).value["last_message_id"]?.string == id)
  let active = try bench.send(.get, "/guilds/\(Identity.guild)/threads/active").value
  #expect(active["threads"]?[0]?["id"]?.string == id)
  #expect(active["members"]?[0]?["user_id"]?.string == Identity.bot)
  #expect(
    try bench.send(.get, "/guilds/\(Identity.guild)/channels").value.array?.contains { $0["id"]?.string == id } == false
  )
}

@Test func aPostIsChangedClosedAndDeleted() throws {
  let bench = try Bench()
  let id = try post(bench)["id"]?.string ?? ""
  let changed = try bench.send(
    .patch, "/channels/\(id)", #"{"name":"Lamp!","applied_tags":[],"archived":true,"locked":true}"#
  ).value
  #expect(changed["name"] == "Lamp!")
  #expect(changed["applied_tags"] == [])
  #expect(changed["thread_metadata"]?["archived"] == true)
  #expect(try bench.send(.patch, "/channels/\(id)/messages/\(id)", #"{"content":"x"}"#).value["code"] == 50083)
  #expect(try bench.send(.patch, "/channels/\(id)", #"{"name":"x"}"#).value["code"] == 50083)
  #expect(try bench.send(.get, "/guilds/\(Identity.guild)/threads/active").value["threads"] == [])
  #expect(try bench.send(.get, forum + "/threads/archived/public").value["threads"]?.array?.count == 1)
  #expect(bench.send(.post, "/channels/\(id)/messages", #"{"content":"Awake"}"#).status == 200)
  #expect(try bench.send(.get, "/channels/\(id)").value["thread_metadata"]?["archived"] == false)
  #expect(bench.send(.delete, "/channels/\(id)").status == 200)
  #expect(try bench.send(.get, "/channels/\(id)/messages").value["code"] == 10003)
}

@Test func aPostIsRenamedTwiceInTenMinutes() throws {
  let bench = try Bench(pace: .real)
  let id = try post(bench)["id"]?.string ?? ""
  let rename = { (name: String) in bench.send(.patch, "/channels/\(id)", #"{"name":"\#(name)"}"#) }
  #expect(rename("one").status == 200)
  #expect(rename("two").status == 200)
  #expect(rename("two").status == 200)
  let third = rename("three")
  #expect(third.status == 429)
  #expect(third.headers["Retry-After"] == "600")
  #expect(bench.send(.patch, "/channels/\(id)", #"{"applied_tags":[]}"#).status == 200)
  bench.pass(.seconds(600))
  #expect(rename("three").status == 200)
}

@Test(arguments: [
  (Identity.ideas, #"{"name":"x"}"#, 50035), (Identity.ideas, #"{"message":{"content":"x"}}"#, 50035),
  (Identity.ideas, #"{"name":"x","message":{"content":"x"},"applied_tags":["1"]}"#, 10087),
  (Identity.ideas, #"{"name":"x","message":{"content":"x"},"applied_tags":["1","2","3","4","5","6"]}"#, 50035),
  (Identity.ideas, #"{"name":"x","message":{}}"#, 50006), (Identity.fireside, #"{"name":"x"}"#, 50024),
])
func aPostIsRefused(channel: String, body: String, code: Int) throws {
  #expect(try Bench().send(.post, "/channels/\(channel)/threads", body).value["code"]?.integer == Int64(code))
}

@Test func aForumTakesNoMessageOfItsOwn() throws {
  let bench = try Bench()
  #expect(try bench.send(.post, forum + "/messages", #"{"content":"x"}"#).value["code"] == 50008)
  let text = bench.send(.post, "/channels/\(Identity.general)/threads", #"{"name":"Aside","type":11}"#)
  #expect(try text.value["code"] == nil)
  #expect(text.status == 201)
}

@Test func aLockedPostIsForThoseWhoManageThreads() throws {
  let bench = try Bench()
  let id = try post(bench)["id"]?.string ?? ""
  #expect(bench.send(.patch, "/channels/\(id)", #"{"locked":true}"#).status == 200)
  let locked = try bench.sandbox.read { try $0.standing(of: Identity.tomasz, in: id) }
  #expect(throws: Refusal.self) { try locked.requireWriting() }
  let moderator = try bench.sandbox.read { try $0.standing(of: Identity.nelly, in: id) }
  #expect(throws: Never.self) { try moderator.requireWriting() }
}

@Test func forumsAndPostsArePages() throws {
  let bench = try Bench()
  let thread = try post(bench)
  let page = "/sandbox/discord/channels/"
  let html = bench.page(page + Identity.ideas)
  #expect(html.contains("It went out"))
  #expect(html.contains("Not started"))
  let own = page + (thread["id"]?.string ?? "")
  #expect(bench.page(own).contains("It went out"))
  let form: Fields = ["as": Identity.tomasz, "name": "Boats", "content": "Please", "tags": tag]
  let answer = bench.router.answer(
    Request(
      method: .post, path: page + Identity.ideas + "/posts",
      headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(form.encoded.utf8)))
  #expect(answer.status == 303)
  #expect(bench.page(page + Identity.ideas).contains("Boats"))
  #expect(answer.headers["Location"]?.contains(Identity.ideas) == false)
}

@Test func aPressInAPostCarriesTheThread() throws {
  let bench = try Bench()
  let body = #"{"name":"Lamp","message":{"content":"x","components":[\#(row("fix:1"))]}}"#
  let id = try bench.send(.post, forum + "/threads", body).value["id"]?.string ?? ""
  _ = try bench.script(
    "click",
    #"{"channel_id":"\#(id)","message_id":"\#(id)","custom_id":"fix:1","user_id":"\#(Identity.tomasz)"}"#)
  let channel = try bench.lastSent()["channel"]
  #expect(channel?["type"] == 11)
  #expect(channel?["parent_id"]?.string == Identity.ideas)
  #expect(channel?["thread_metadata"]?["locked"] == false)
}

@Test func eventsAreSignedAndTried() throws {
  let bench = try Bench()
  bench.answer("", status: 204)
  let send = { (path: String, body: String) in
    try bench.router.answer(
      Request(method: .post, path: "/sandbox/discord/events" + path, body: Array(body.utf8))
    ).value
  }
  #expect(try send("", #"{"type":"APPLICATION_AUTHORIZED"}"#)["status"] == 204)
  let body = try bench.lastSent()
  #expect(body["type"] == 1)
  #expect(body["event"]?["type"] == "APPLICATION_AUTHORIZED")
  #expect(body["event"]?["timestamp"]?.string?.contains("+") == false)
  #expect(bench.sent.withLock { $0.last?.url } == "http://sandbox.test/discord/events")
  #expect(try send("/ping", "")["accepted"] == false)
  #expect(try bench.lastSent()["type"] == 0)
  bench.answer { request, bench in
    let signature = bench.sandbox.key.signature(
      timestamp: request.headers["X-Signature-Timestamp"] ?? "", body: request.body)
    return IncomingResponse(status: signature == request.headers["X-Signature-Ed25519"] ? 204 : 401)
  }
  #expect(try send("/ping", "")["accepted"] == true)
}
