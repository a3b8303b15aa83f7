import Basics
import Foundation
import HTTP
import Testing

@testable import SandboxDiscord

@Test func aMessageIsAnsweredWithEveryMember() throws {
  let bench = try Bench()
  let response = bench.send(
    .post, bugTracker,
    #"""
    {"content":"  Hello <@749716076337561603> \n","nonce":"n-1",
     "embeds":[{"title":" A title ","color":255,"fields":[{"name":"a","value":"b"}],"timestamp":"2026-11-20T10:00:00Z"}],
     "components":[{"type":1,"components":[{"type":2,"style":1,"label":"Go","custom_id":"go"},
       {"type":2,"style":5,"label":"Open","url":"https://example.com"}]}]}
    """#)
  let message = try response.value
  #expect(response.status == 200)
  #expect(message["content"] == "Hello <@749716076337561603>")
  #expect(message["nonce"] == "n-1")
  #expect(message["timestamp"] == "2026-11-21T07:10:00.000000+00:00")
  #expect(message["mentions"]?[0]?["username"] == "nelly_k")
  #expect(message["author"]?["bot"] == true)
  #expect(message["embeds"]?[0]?["type"] == "rich")
  #expect(message["embeds"]?[0]?["title"] == "A title")
  #expect(message["embeds"]?[0]?["timestamp"] == "2026-11-20T10:00:00.000000+00:00")
  #expect(message["embeds"]?[0]?["fields"]?[0]?["inline"] == false)
  #expect(message["components"]?[0]?["id"] == 1)
  #expect(message["components"]?[0]?["components"]?[1]?["id"] == 3)
  let id = Int64(message["id"]?.string ?? "") ?? 0
  #expect(Snowflakes.time(of: id) == Timestamp(seconds: 1_795_245_000))
  #expect(try bench.messages()[0]["nonce"] == nil)
  let path = "/channels/\(Identity.bugTracker)"
  #expect(try bench.send(.get, path).value["last_message_id"] == message["id"])
}

@Test(.enabled(if: ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] != nil, "GUILDHALL_SHARED is unset"))
func membersAreThoseOfRecordedMessages() throws {
  let bench = try Bench()
  _ = try bench.messageWithButton()
  let own = try bench.messages()
  let folder = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] ?? ""
  let file = try #require(FileManager.default.contents(atPath: folder + "/fixtures/discord/rest/channel_messages.json"))
  let recorded = try JSON.decode([JSONValue].self, from: file)
  for message in recorded {
    let names = Set(message.object?.keys.map { $0 } ?? []).subtracting(["position"])
    #expect(names.isSubset(of: own[0].object?.keys.map { $0 } ?? []))
    let authors = Set(message["author"]?.object?.keys.map { $0 } ?? []).subtracting(["bot"])
    #expect(authors.isSubset(of: own[0]["author"]?.object?.keys.map { $0 } ?? []))
  }
}

/// Each body is refused, with this code at this place; most texts are Discord's own.
@Test(
  arguments: [
    (#"{"content":"\#(String(repeating: "x", count: 2001))"}"#, "content", "BASE_TYPE_MAX_LENGTH"),
    (#"{"embeds":[{"title":"\#(String(repeating: "x", count: 257))"}]}"#, "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
    (
      #"{"embeds":[{"description":"\#(String(repeating: "x", count: 4097))"}]}"#, "embeds.0.description",
      "BASE_TYPE_MAX_LENGTH"
    ),
    (
      #"{"embeds":[{"fields":[{"name":"n","value":"\#(String(repeating: "x", count: 1025))"}]}]}"#,
      "embeds.0.fields.0.value", "BASE_TYPE_MAX_LENGTH"
    ),
    (#"{"embeds":[{"fields":[{"name":"n"}]}]}"#, "embeds.0.fields.0.value", "BASE_TYPE_REQUIRED"),
    (
      #"{"embeds":[{"fields":[\#(Array(repeating: #"{"name":"n","value":"v"}"#, count: 26).joined(separator: ","))]}]}"#,
      "embeds.0.fields", "BASE_TYPE_MAX_LENGTH"
    ),
    (
      #"{"embeds":[{"description":"\#(String(repeating: "x", count: 4000))"},{"description":"\#(String(repeating: "x", count: 2001))"}]}"#,
      "embeds", "MAX_EMBED_SIZE_EXCEEDED"
    ),
    (
      #"{"embeds":[\#(Array(repeating: #"{"title":"t"}"#, count: 11).joined(separator: ","))]}"#, "embeds",
      "BASE_TYPE_MAX_LENGTH"
    ),
    (#"{"embeds":[{"title":"t","color":16777216}]}"#, "embeds.0.color", "NUMBER_TYPE_MAX"),
    (#"{"embeds":[{"title":"t","url":"javascript:alert(1)"}]}"#, "embeds.0.url", "URL_TYPE_INVALID_SCHEME"),
    (#"{"embeds":[{"title":"t","timestamp":"yesterday"}]}"#, "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE"),
    (
      #"{"embeds":[{"title":"t","footer":{"text":"\#(String(repeating: "x", count: 2049))"}}]}"#,
      "embeds.0.footer.text",
      "BASE_TYPE_MAX_LENGTH"
    ),
    (#"{"embeds":"x"}"#, "embeds", "LIST_TYPE_CONVERT"),
    (#"{"content":{"a":1}}"#, "content", "STRING_TYPE_CONVERT"),
    (
      #"{"content":"x","components":[{"type":2,"style":1,"label":"a","custom_id":"a"}]}"#, "components.0",
      "UNION_TYPE_CHOICES"
    ),
    (#"{"content":"x","components":[{"type":1,"components":[]}]}"#, "components.0.components", "BASE_TYPE_BAD_LENGTH"),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":99}]}]}"#, "components.0.components.0",
      "UNION_TYPE_CHOICES"
    ),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":2,"label":"a","custom_id":"a"}]}]}"#,
      "components.0.components.0.style", "BASE_TYPE_REQUIRED"
    ),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":2,"style":9,"label":"a","custom_id":"a"}]}]}"#,
      "components.0.components.0.style", "BASE_TYPE_CHOICES"
    ),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":2,"style":1,"label":"a"}]}]}"#,
      "components.0.components.0", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED"
    ),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":2,"style":1,"custom_id":"a"}]}]}"#,
      "components.0.components.0.label", "BASE_TYPE_REQUIRED"
    ),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":2,"style":5,"label":"a","url":"ftp://a"}]}]}"#,
      "components.0.components.0.url", "URL_TYPE_INVALID_SCHEME"
    ),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":2,"style":1,"label":"\#(String(repeating: "x", count: 81))","custom_id":"a"}]}]}"#,
      "components.0.components.0.label", "BASE_TYPE_MAX_LENGTH"
    ),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":2,"style":1,"label":"x","custom_id":"\#(String(repeating: "x", count: 101))"}]}]}"#,
      "components.0.components.0.custom_id", "BASE_TYPE_BAD_LENGTH"
    ),
    (
      #"{"content":"x","components":[\#(row("a")),\#(row("a"))]}"#, "components.1.components.0.custom_id",
      "COMPONENT_CUSTOM_ID_DUPLICATED"
    ),
    (
      #"{"content":"x","components":[\#((0..<6).map { row(String($0)) }.joined(separator: ","))]}"#, "components",
      "BASE_TYPE_MAX_LENGTH"
    ),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":2,"style":1,"label":"x","custom_id":"a","emoji":{"name":"ab"}}]}]}"#,
      "components.0.components.0.emoji.name", "BUTTON_COMPONENT_INVALID_EMOJI"
    ),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":3,"custom_id":"a","options":[]}]}]}"#,
      "components.0.components.0.options", "BASE_TYPE_BAD_LENGTH"
    ),
    (
      #"{"content":"x","components":[{"type":1,"components":[{"type":3,"custom_id":"a","options":[{"label":"l","value":"v"},{"label":"l","value":"v"}]}]}]}"#,
      "components.0.components.0.options.1", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
    ),
    (
      #"{"content":"x","allowed_mentions":{"parse":["users"],"users":["1"]}}"#, "allowed_mentions",
      "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
    ),
    (#"{"content":"x","allowed_mentions":{"parse":["everybody"]}}"#, "allowed_mentions.parse.0", "BASE_TYPE_CHOICES"),
    (#"{"content":"x","nonce":"\#(String(repeating: "n", count: 26))"}"#, "nonce", "BASE_TYPE_MAX_LENGTH"),
    (#"{"content":"x","message_reference":{"message_id":"123"}}"#, "message_reference", "REPLIES_UNKNOWN_MESSAGE"),
    (
      #"{"content":"x","flags":32768,"components":[{"type":10,"content":"t"}]}"#, "content",
      "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    ),
    (#"[1]"#, "", "DICT_TYPE_CONVERT"),
  ] as [(String, String, String)])
func aBodyBeyondALimitIsRefused(body: String, place: String, code: String) throws {
  let bench = try Bench()
  let response = bench.send(.post, bugTracker, body)
  let error = try response.value
  #expect(response.status == 400)
  #expect(error["code"] == 50035)
  #expect(error["message"] == "Invalid Form Body")
  let leaf = place.split(separator: ".").reduce(error["errors"]) { $0?[String($1)] }
  #expect(leaf?["_errors"]?.array?.contains { $0["code"]?.string == code } == true, "\(error)")
  #expect(try bench.messages().count == 1)
}

@Test(arguments: [
  #"{"content":"\#(String(repeating: "🎃", count: 2000))"}"#,
  #"{"embeds":[{"title":"\#(String(repeating: "x", count: 256))","description":"\#(String(repeating: "x", count: 4096))"}]}"#,
  #"{"embeds":[{"title":"  \#(String(repeating: "x", count: 256))  "}]}"#,
  #"{"components":[\#((0..<5).map { row(String($0)) }.joined(separator: ","))]}"#,
  #"{"flags":32768,"components":[{"type":17,"components":[{"type":10,"content":"t"},{"type":14}]}]}"#,
  #"{"content":"x","allowed_mentions":{"parse":[],"users":["749716076337561603"]}}"#,
  #"{"content":"x","message_reference":{"message_id":"123","fail_if_not_exists":false}}"#,
])
func aBodyAtALimitIsTaken(body: String) throws {
  #expect(try Bench().send(.post, bugTracker, body).status == 200)
}

@Test(arguments: [
  (#"{"content":""}"#, 400, 50006), (#"{"content":" \n "}"#, 400, 50006), (#"{}"#, 400, 50006),
  ("{", 400, 50109), ("", 400, 50109), ("\u{0}", 400, 50109),
])
func anEmptyOrBrokenBodyIsRefused(body: String, status: Int, code: Int) throws {
  let response = try Bench().send(.post, bugTracker, body)
  #expect(response.status == status)
  #expect(try response.value["code"]?.integer == Int64(code))
}

@Test(arguments: [
  (#"{"content":"<@749716076337561603> <@&1257261703926644736> @everyone"}"#, 1, 1, false),
  (#"{"content":"<@749716076337561603> <@&1257261703926644736>","allowed_mentions":{"parse":[]}}"#, 0, 0, false),
  (
    #"{"content":"<@749716076337561603> <@1091610493988110337>","allowed_mentions":{"users":["1091610493988110337"]}}"#,
    1, 0, false
  ),
  (#"{"content":"`<@749716076337561603>` <@&1238906268140175364>"}"#, 0, 0, false),
])
func mentionsAreThoseAllowed(body: String, users: Int, roles: Int, everyone: Bool) throws {
  let message = try Bench().send(.post, bugTracker, body).value
  #expect(message["mentions"]?.array?.count == users)
  #expect(message["mention_roles"]?.array?.count == roles)
  #expect(message["mention_everyone"]?.bool == everyone)
}

@Test func anEnforcedNonceGivesTheEarlierMessage() throws {
  let bench = try Bench()
  let body = #"{"content":"once","nonce":"job-1","enforce_nonce":true}"#
  let first = try bench.send(.post, bugTracker, body).value
  bench.pass(.seconds(200))
  let again = try bench.send(.post, bugTracker, #"{"content":"twice","nonce":"job-1","enforce_nonce":true}"#).value
  #expect(again["id"] == first["id"])
  #expect(again["content"] == "once")
  #expect(try bench.send(.post, bugTracker, #"{"content":"x","nonce":"job-1"}"#).value["id"] != first["id"])
  bench.pass(.seconds(301))
  #expect(try bench.send(.post, bugTracker, body).value["id"] != first["id"])
}

@Test func editingChangesWhatIsMentionedOnly() throws {
  let bench = try Bench()
  let id = try bench.messageWithButton()
  bench.pass(.seconds(5))
  let edited = try bench.send(.patch, bugTracker + "/\(id)", #"{"embeds":[{"title":"t"}],"components":[]}"#).value
  #expect(edited["content"] == "An issue")
  #expect(edited["components"] == [])
  #expect(edited["embeds"]?[0]?["title"] == "t")
  #expect(edited["edited_timestamp"] == "2026-11-21T07:10:05.000000+00:00")
  #expect(bench.send(.patch, bugTracker + "/\(id)", #"{"content":null,"embeds":[]}"#).status == 400)
  #expect(try bench.send(.get, bugTracker + "/\(id)").value["embeds"]?[0]?["title"] == "t")
  #expect(bench.send(.delete, bugTracker + "/\(id)").status == 204)
  #expect(try bench.send(.get, bugTracker + "/\(id)").value["code"] == 10008)
}

@Test func messagesOfOthersAreTheirs() throws {
  let bench = try Bench()
  let other = try bench.messages()[0]["id"]?.string ?? ""
  #expect(try bench.send(.patch, bugTracker + "/\(other)", #"{"content":"x"}"#).value["code"] == 50005)
  #expect(try bench.send(.delete, bugTracker + "/\(other)").value["code"] == 50013)
}

@Test func historyIsPagedNewestFirst() throws {
  let bench = try Bench()
  for number in 0..<5 {
    bench.pass(.seconds(1))
    _ = bench.send(.post, bugTracker, #"{"content":"\#(number)"}"#)
  }
  let all = try bench.messages()
  #expect(all.compactMap { $0["content"]?.string }.prefix(5) == ["4", "3", "2", "1", "0"])
  let middle = all[2]["id"]?.string ?? ""
  let texts = { (query: Fields) in try bench.messages(query).compactMap { $0["content"]?.string } }
  #expect(try texts(["before": middle, "limit": "1"]) == ["1"])
  #expect(try texts(["after": middle, "limit": "1"]) == ["3"])
  #expect(try texts(["around": middle, "limit": "3"]) == ["3", "2", "1"])
  #expect(bench.send(.get, bugTracker, query: ["limit": "101"]).status == 400)
  #expect(bench.send(.get, bugTracker, query: ["limit": "0"]).status == 400)
  #expect(bench.send(.get, bugTracker, query: ["before": "abc"]).status == 400)
}

@Test func aMultipartMessageKeepsItsFiles() throws {
  let bench = try Bench()
  let body = """
    --edge\r\nContent-Disposition: form-data; name="payload_json"\r\nContent-Type: application/json\r\n\r
    {"content":"with a file","attachments":[{"id":0,"description":"notes"}]}\r
    --edge\r\nContent-Disposition: form-data; name="files[0]"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r
    hello\r\n--edge--\r\n
    """
  let response = bench.router.answer(
    Request(
      method: .post, path: "/sandbox/discord/api/v10" + bugTracker,
      headers: [
        "User-Agent": "DiscordBot (x, 1)", "Authorization": "Bot \(bench.sandbox.token)",
        "Content-Type": "multipart/form-data; boundary=edge",
      ], body: Array(body.utf8)))
  let message = try response.value
  #expect(message["content"] == "with a file")
  #expect(message["attachments"]?[0]?["filename"] == "a.txt")
  #expect(message["attachments"]?[0]?["size"] == 5)
  #expect(message["attachments"]?[0]?["description"] == "notes")
}
