import Accounts
import Basics
import Discord
import HTTP
import IssueSync
import Jobs
import Notion
import Signatures
import Store
import Synchronization
import Testing

@testable import Web

/// Discord's side of the door: a key to sign with, and a door that knows its public half.
struct Door {
  let store: DataStore
  let router: Router
  let key: Ed25519.PrivateKey
  let now = Timestamp(iso8601: "2026-11-21T10:00:00Z")!

  static let echo = "test.echo"

  init() throws {
    let key = try Ed25519.PrivateKey(seed: Array(repeating: 7, count: 32))
    self.key = key
    store = try DataStore.inMemory()
    _ = try store.migrate(
      webMigrations + [AuditLog.migration, Migration("20260101-0000-effects", "CREATE TABLE effects (id TEXT) STRICT")])
    let now = now
    let door = InteractionDoor(
      store: store, signature: DiscordSignature(clock: WallClock { now }, publicKey: { key.publicKey }),
      interactions: [
        InteractionRoute(.component(Self.echo), .changeIssue) { ask, transaction in
          if ask.id == "refuse" { throw Failure.denied("Not you.") }
          try transaction.run("INSERT INTO effects (id) VALUES (\(ask.id))")
          if ask.id == "break" { throw Failure(.unavailable, "The disk is full.") }
          return .update(MessageDraft(content: "\(ask.actor.name) pressed \(ask.id)"))
        },
        InteractionRoute(.command("test show"), .readIssues) { ask, _ in
          .whisper(ask.call?.options["what"]?.string ?? "nothing")
        },
        InteractionRoute(suggestingFor: "test show", .readIssues) { ask, _ in
          [InteractionAnswer.Choice("for \(ask.call?.focused ?? "")", value: "1")]
        },
        InteractionRoute(.modal("test.form"), .fileIssue) { ask, transaction in
          try transaction.run("INSERT INTO effects (id) VALUES (\(ask.fields["title"] ?? ""))")
          return .whisper("\(ask.id): \(ask.fields["title"] ?? "")")
        },
      ])
    router = Router(door.doorways)
  }

  func effects() throws -> Int { try store.read { try $0.value(Int.self, "SELECT count(*) FROM effects") ?? 0 } }
  func kept() throws -> Int { try store.read { try $0.value(Int.self, "SELECT count(*) FROM interactions") ?? 0 } }

  func click(id: String = "1", _ customID: String, guild: String? = "1000") -> String {
    let place = guild.map {
      #""guild_id":"\#($0)","member":{"nick":"Zoë","roles":[],"permissions":"0","user":{"id":"5","username":"z"}}"#
    }
    return
      #"{"type":3,"id":"\#(id)","token":"t","application_id":"9","data":{"custom_id":"\#(customID)","component_type":2},"#
      + (place ?? #""user":{"id":"5","username":"z"}"#) + "}"
  }

  /// A request as Discord signs it; each part may be replaced to make it wrong.
  func request(
    _ body: String, stamp: String? = nil, signature: ((String) -> String?)? = nil, method: HTTP.Method = .post,
    path: String = "/discord/interactions"
  ) throws -> Request {
    let stamp = stamp ?? String(now.seconds)
    let signed = hexadecimal(key.signature(for: Array(stamp.utf8) + Array(body.utf8)))
    var request = Request(
      method: method, path: path, headers: ["Content-Type": "application/json"], body: Array(body.utf8))
    request.headers["X-Signature-Timestamp"] = stamp
    request.headers["X-Signature-Ed25519"] = signature.map { $0(signed) } ?? signed
    return request
  }

  func answer(_ body: String) throws -> (status: Int, json: JSONValue) {
    let response = router.answer(try request(body))
    return (response.status, try JSON.decode(JSONValue.self, from: response.body))
  }
}

@Suite("The door of interactions")
struct InteractionDoorTests {
  let door = try! Door()  // in memory, with a fixed key: cannot fail

  @Test(arguments: ["/discord/interactions", "/api/sync/webhook"])
  func aPingIsAnswered(path: String) throws {
    let response = door.router.answer(
      try door.request(#"{"type":1,"id":"1","application_id":"9","token":"t"}"#, path: path))
    #expect(response.status == 200 && String(decoding: response.body, as: UTF8.self) == #"{"type":1}"#)
    #expect(response.headers["Content-Type"] == "application/json")
  }

  @Test func aClickIsHandledOnceHoweverOftenItComes() throws {
    let body = door.click("test.echo:a")
    let first = try door.answer(body)
    let second = try door.answer(body)
    #expect(first.status == 200 && first.json == second.json)
    #expect(first.json["type"] == 7 && first.json["data"]?["content"] == "Zoë pressed a")
    #expect(try door.effects() == 1 && door.kept() == 1)
  }

  @Test func whoIsRefusedIsWrittenDownOnce() throws {
    for _ in 1...3 { _ = try door.answer(door.click("test.echo:refuse")) }
    let rows = try door.store.read { try AuditLog.page(of: GuildID("1000"), AuditFilter(), limit: 9, $0) }.records
    #expect(rows.count == 1 && rows[0].outcome == .denied && rows[0].targetID == "test.echo:refuse")
    #expect(rows[0].actorName == "Zoë" && rows[0].action == "issue.change" && rows[0].request != nil)
    #expect(try door.effects() == 0)
  }

  @Test func twoClicksAreTwo() throws {
    _ = try door.answer(door.click(id: "1", "test.echo:a"))
    _ = try door.answer(door.click(id: "2", "test.echo:a"))
    #expect(try door.effects() == 2)
  }

  @Test(arguments: [
    nil, "", "0", String(repeating: "0", count: 128), String(repeating: "a", count: 127),
    String(repeating: "a", count: 130), String(repeating: "z", count: 128),
  ])
  func aBadSignatureIs401(signature: String?) throws {
    var request = try door.request(door.click("test.echo:a"))
    request.headers["X-Signature-Ed25519"] = signature
    #expect(door.router.answer(request).status == 401)
    #expect(try door.effects() == 0 && door.kept() == 0)
  }

  @Test func upperCaseHexIsTheSameSignature() throws {
    let request = try door.request(door.click("test.echo:a"), signature: { $0.uppercased() })
    #expect(door.router.answer(request).status == 200)
  }

  @Test(arguments: [
    ("301 s old", -301, 401), ("300 s old", -300, 200), ("300 s ahead", 300, 200), ("301 s ahead", 301, 401),
  ])
  func timestampsFarAwayAre401(name: String, offset: Int64, status: Int) throws {
    let request = try door.request(door.click("test.echo:a"), stamp: String(door.now.seconds + offset))
    #expect(door.router.answer(request).status == status)
  }

  @Test(arguments: ["", "-5", "abc", "1763719200.5", " 1763719200", "99999999999999999999", "0x1"])
  func aMalformedTimestampIs401(stamp: String) throws {
    #expect(door.router.answer(try door.request(door.click("test.echo:a"), stamp: stamp)).status == 401)
  }

  @Test func aChangedBodyIs401() throws {
    var request = try door.request(door.click("test.echo:a"))
    request.body[request.body.count - 2] ^= 1
    #expect(door.router.answer(request).status == 401)
  }

  @Test(arguments: [
    "", "null", "[]", "{", #"{"type":3}"#, #"{"type":"3","id":"1"}"#, #"{"type":3,"id":"x","data":{"custom_id":"a"}}"#,
    #"{"type":3,"id":"1"}"#, #"{"type":1e400,"id":"1"}"#, "\u{FEFF}{}", String(repeating: "[", count: 2000),
  ])
  func aSignedBodyThatIsNoInteractionIs400(body: String) throws {
    let response = door.router.answer(try door.request(body))
    #expect(response.status == 400 && response.headers["Content-Type"] == "application/problem+json")
    #expect(try door.kept() == 0)
  }

  @Test func invalidUTF8Is400() throws {
    var request = try door.request("x")
    request.body = [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x7D]
    let stamp = Array(request.headers["X-Signature-Timestamp"]!.utf8)
    request.headers["X-Signature-Ed25519"] = hexadecimal(door.key.signature(for: stamp + request.body))
    #expect(door.router.answer(request).status == 400)
  }

  @Test(arguments: ["unknown.action:1", "no-colon", ":", "test.echo", String(repeating: "x", count: 200) + ":1"])
  func anUnknownComponentIsToldToThePersonAlone(customID: String) throws {
    let answer = try door.answer(door.click(customID))
    #expect(answer.status == 200 && answer.json["type"] == 4 && answer.json["data"]?["flags"] == 64)
    #expect(try door.effects() == 0)
  }

  @Test func aRefusalIsEphemeralRememberedAndChangesNothing() throws {
    let body = door.click("test.echo:refuse")
    let first = try door.answer(body)
    #expect(first.json["data"]?["content"] == "Not you." && first.json["data"]?["flags"] == 64)
    #expect(try door.answer(body).json == first.json)
    #expect(try door.effects() == 0 && door.kept() == 1)
  }

  @Test func ourOwnTroubleIsAnErrorAndLeavesNothing() throws {
    #expect(try door.answer(door.click("test.echo:break")).status == 503)
    #expect(try door.effects() == 0 && door.kept() == 0)
  }

  @Test func outsideAServerNothingIsDone() throws {
    let answer = try door.answer(door.click("test.echo:a", guild: nil))
    #expect(answer.json["data"]?["content"] == "This works only inside a server.")
  }

  private let place = #""guild_id":"1000","member":{"roles":[],"user":{"id":"5","username":"z"}}"#

  @Test func aCommandIsAnsweredByItsWholeName() throws {
    let options = #"[{"name":"show","type":1,"options":[{"name":"what","type":3,"value":"this"}]}]"#
    let answer = try door.answer(
      #"{"type":2,"id":"1","data":{"id":"8","name":"test","type":1,"options":\#(options)},\#(place)}"#)
    #expect(answer.json["type"] == 4 && answer.json["data"]?["content"] == "this")
    let other = try door.answer(#"{"type":2,"id":"2","data":{"id":"8","name":"other","type":1},\#(place)}"#)
    #expect(other.json["data"]?["flags"] == 64)
  }

  @Test func typingIsAnsweredWithChoicesAndKeepsNothing() throws {
    let options = #"[{"name":"show","type":1,"options":[{"name":"what","type":3,"value":"th","focused":true}]}]"#
    let answer = try door.answer(
      #"{"type":4,"id":"1","data":{"id":"8","name":"test","type":1,"options":\#(options)},\#(place)}"#)
    #expect(answer.json["type"] == 8 && answer.json["data"]?["choices"] == [["name": "for what", "value": "1"]])
    #expect(try door.kept() == 0)
  }

  @Test(arguments: [
    #"{"type":18,"component":{"type":4,"custom_id":"title","value":"Hello"}}"#,
    #"{"type":1,"components":[{"type":4,"custom_id":"title","value":"Hello"}]}"#,
  ])
  func aFormComesBackInBothShapes(part: String) throws {
    let body = #"{"type":5,"id":"1","data":{"custom_id":"test.form:9","components":[\#(part)]},\#(place)}"#
    #expect(try door.answer(body).json["data"]?["content"] == "9: Hello")
    #expect(try door.answer(body).json["data"]?["content"] == "9: Hello")
    #expect(try door.effects() == 1)
  }

  @Test func aGetSaysWhatTheAddressTakes() throws {
    let response = door.router.answer(Request(method: .get, path: "/discord/interactions"))
    #expect(response.status == 405 && response.headers["Allow"] == "POST")
  }
}
