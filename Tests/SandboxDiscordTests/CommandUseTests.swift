import Basics
import Foundation
import HTTP
import Testing

@testable import SandboxDiscord

private let commands = #"""
  [{"name":"issue","description":"Issues","options":[
     {"type":1,"name":"show","description":"One","options":[
       {"type":3,"name":"issue","description":"Which","required":true,"autocomplete":true,"max_length":20},
       {"type":4,"name":"lines","description":"How many","min_value":1,"max_value":5},
       {"type":6,"name":"who","description":"Whose"}]},
     {"type":1,"name":"new","description":"A new one"}]},
   {"type":3,"name":"File as issue"},
   {"name":"ban","description":"For some","default_member_permissions":"16"}]
  """#

private func call(_ name: String, _ rest: String, as user: String = Identity.tomasz) -> String {
  #"{"channel_id":"\#(Identity.general)","user_id":"\#(user)","name":"\#(name)"\#(rest)}"#
}

private func bench() throws -> Bench {
  let bench = try Bench()
  #expect(bench.send(.put, guildCommands, commands).status == 200)
  bench.answer(#"{"type":4,"data":{"content":"Here"}}"#)
  return bench
}

extension Bench {
  /// The body of the last interaction.
  func lastSent() throws -> JSONValue {
    try JSON.decode(JSONValue.self, from: #require(sent.withLock { $0.last }).body)
  }
}

@Test func aCommandIsSentAndAnswered() throws {
  let bench = try bench()
  let outcome = try bench.script(
    "command", call("issue show", #","options":{"issue":"7","lines":"3","who":"\#(Identity.nelly)"}"#))
  #expect(outcome["state"] == "acknowledged")
  let body = try bench.lastSent()
  #expect(body["type"] == 2)
  #expect(body["message"] == nil)
  #expect(body["data"]?["name"] == "issue")
  #expect(body["data"]?["type"] == 1)
  #expect(body["data"]?["guild_id"]?.string == Identity.guild)
  let subcommand = body["data"]?["options"]?[0]
  #expect(subcommand?["type"] == 1)
  #expect(subcommand?["name"] == "show")
  #expect(
    subcommand?["options"] == [
      ["name": "issue", "type": 3, "value": "7"], ["name": "lines", "type": 4, "value": 3],
      ["name": "who", "type": 6, "value": .string(Identity.nelly)],
    ])
  #expect(body["data"]?["resolved"]?["users"]?[Identity.nelly]?["username"] == "nelly_k")
  #expect(body["data"]?["resolved"]?["members"]?[Identity.nelly]?["user"] == nil)
  let answer = try bench.send(.get, "/channels/\(Identity.general)/messages").value[0]
  #expect(answer?["type"] == 20)
  #expect(answer?["message_reference"] == nil)
  #expect(answer?["interaction_metadata"]?["name"] == "issue show")
}

@Test(.enabled(if: ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] != nil, "GUILDHALL_SHARED is unset"))
func aCommandHasTheMembersOfARecordedOne() throws {
  let bench = try bench()
  _ = try bench.script("command", call("issue new", ""))
  let own = try bench.lastSent()
  let folder = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] ?? ""
  let path = folder + "/fixtures/discord/interactions/slash_http_integer_option.json"
  let recorded = try JSON.decode(JSONValue.self, from: #require(FileManager.default.contents(atPath: path)))
  let names = { (value: JSONValue?) in Set((value?.object ?? [:]).keys) }
  // Newer than the recording.
  #expect(names(own).subtracting(names(recorded)) == ["attachment_size_limit"])
  #expect(names(recorded).isSubset(of: names(own)))
  #expect(names(own["data"]).subtracting(["guild_id"]) == names(recorded["data"]))
  #expect(names(own["channel"]) == names(recorded["channel"]))
}

@Test(arguments: [
  (call("issue show", ""), 50035), (call("issue show", #","options":{"issue":"123456789012345678901"}"#), 50035),
  (call("issue show", #","options":{"issue":"1","lines":6}"#), 50035),
  (call("issue show", #","options":{"issue":"1","lines":"many"}"#), 50035), (call("issue", ""), 10063),
  (call("ban", ""), 10063), (call("nothing", ""), 10063),
])
func aCommandThatDoesNotFitIsNotSent(body: String, code: Int) throws {
  let bench = try bench()
  #expect(try bench.script("command", body)["code"]?.integer == Int64(code))
  #expect(bench.sent.withLock { $0.isEmpty })
}

@Test func commandsAreForThoseWhoMay() throws {
  let bench = try bench()
  #expect(try bench.script("command", call("ban", "", as: Identity.nelly))["state"] == "acknowledged")
  let page = "/sandbox/discord/channels/\(Identity.general)"
  #expect(bench.page(page, query: ["as": Identity.nelly]).contains("<b>/ban</b>"))
  #expect(!bench.page(page, query: ["as": Identity.tomasz]).contains("<b>/ban</b>"))
}

@Test func suggestionsComeWhileOneTypes() throws {
  let bench = try bench()
  bench.answer(#"{"type":8,"data":{"choices":[{"name":"BUG-7 Lamp","value":"a-7"}]}}"#)
  let asked = call("issue show", #","options":{"issue":"lam"},"focused":"issue""#)
  let outcome = try bench.script("autocomplete", asked)
  #expect(outcome["shown"]?["choices"]?[0]?["value"] == "a-7")
  let body = try bench.lastSent()
  #expect(body["type"] == 4)
  #expect(
    body["data"]?["options"]?[0]?["options"] == [["name": "issue", "type": 3, "value": "lam", "focused": true]])
  bench.answer(#"{"type":4,"data":{"content":"no"}}"#)
  #expect(try bench.script("autocomplete", asked)["state"] == "failed")
  let choices = (0...25).map { #"{"name":"c","value":"\#($0)"}"# }.joined(separator: ",")
  bench.answer(#"{"type":8,"data":{"choices":[\#(choices)]}}"#)
  #expect(try bench.script("autocomplete", asked)["reason"]?.string?.contains("25 or fewer") == true)
  #expect(try bench.script("autocomplete", call("issue show", #","focused":"lines""#))["code"] == 50035)
}

@Test func aCommandOnAMessageCarriesItWhole() throws {
  let bench = try bench()
  let message = try bench.send(.get, "/channels/\(Identity.general)/messages").value[0]
  let id = message?["id"]?.string ?? ""
  let rest = #","message_id":"\#(id)""#
  #expect(try bench.script("message-command", call("File as issue", rest))["state"] == "acknowledged")
  let data = try bench.lastSent()["data"]
  #expect(data?["type"] == 3)
  #expect(data?["target_id"]?.string == id)
  #expect(data?["resolved"]?["messages"]?[id]?["content"] == message?["content"])
  #expect(try bench.send(.get, "/channels/\(Identity.general)/messages").value[0]?["type"] == 23)
  #expect(try bench.script("message-command", call("File as issue", #","message_id":"1""#))["code"] == 10008)
  #expect(try bench.script("message-command", call("issue", rest))["code"] == 10063)
}

@Test func aTypedCommandOpensItsForm() throws {
  let bench = try bench()
  let page = "/sandbox/discord/channels/\(Identity.general)"
  let post = { (path: String, form: Fields) in
    bench.router.answer(
      Request(
        method: .post, path: page + path, headers: ["Content-Type": "application/x-www-form-urlencoded"],
        body: Array(form.encoded.utf8)))
  }
  let location = post("/say", ["as": Identity.tomasz, "content": "/issue show lamp"]).headers["Location"]
  #expect(location == page + "?as=\(Identity.tomasz)&command=issue%20show&typed=lamp")
  let html = bench.page(page, query: ["as": Identity.tomasz, "command": "issue show", "typed": "lamp"])
  #expect(html.contains("name=\"option.issue\""))
  #expect(html.contains("value=\"lamp\""))
  let sent: Fields = ["as": Identity.tomasz, "command": "issue show", "option.issue": "lamp", "option.lines": ""]
  #expect(post("/command", sent).headers["Location"] == page + "?as=\(Identity.tomasz)")
  #expect(try bench.lastSent()["data"]?["options"]?[0]?["options"]?.array?.count == 1)
  #expect(bench.page(page).contains("Here"))
  #expect(
    post("/say", ["as": Identity.tomasz, "content": "/nothing"]).headers["Location"]?.contains("notice=") == true)
  bench.answer(#"{"type":8,"data":{"choices":[{"name":"Lamp","value":"7"}]}}"#)
  let asked: Fields = ["as": Identity.tomasz, "command": "issue show", "focused": "issue", "option.issue": "l"]
  #expect(try post("/suggest", asked).value["choices"]?[0]?["name"] == "Lamp")
}
