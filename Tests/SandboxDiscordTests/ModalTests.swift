import Basics
import HTTP
import Testing

@testable import SandboxDiscord

private let modal = #"""
  {"type":9,"data":{"custom_id":"issue.file:1","title":"New issue","components":[
    {"type":18,"label":"Title","component":{"type":4,"custom_id":"title","style":1,"max_length":20,"value":"Lamp"}},
    {"type":18,"label":"How bad","description":"Choose","component":{"type":3,"custom_id":"bad","options":[
      {"label":"Very","value":"p0"},{"label":"A little","value":"p3"}]}},
    {"type":1,"components":[{"type":4,"custom_id":"more","label":"More","style":2,"required":false}]},
    {"type":10,"content":"Thank you"}]}}
  """#

private func submission(_ interaction: JSONValue?, _ fields: String, as user: String = Identity.tomasz) -> String {
  #"{"interaction_id":"\#(interaction?.string ?? "")","user_id":"\#(user)","fields":\#(fields)}"#
}

@Test func aFormIsShownAndSentBack() throws {
  let bench = try Bench()
  let message = try bench.messageWithButton()
  bench.answer(modal)
  let opened = try bench.click(message)
  #expect(opened["answer_type"] == 9)
  let page = "/sandbox/discord/channels/\(Identity.bugTracker)"
  let form: Fields = ["as": Identity.tomasz, "form": opened["interaction_id"]?.string ?? ""]
  let html = bench.page(page, query: form)
  #expect(html.contains("New issue"))
  #expect(html.contains("value=\"Lamp\""))
  #expect(html.contains("name=\"field.more\""))
  #expect(!bench.page(page, query: ["as": Identity.aiko, "form": form["form"] ?? ""]).contains("New issue"))

  bench.answer(#"{"type":7,"data":{"content":"Filed"}}"#)
  let filled = submission(opened["interaction_id"], #"{"title":"Lamp out","bad":["p0"]}"#)
  #expect(try bench.script("modal", filled)["state"] == "acknowledged")
  let body = try bench.lastSent()
  #expect(body["type"] == 5)
  #expect(body["message"]?["id"]?.string == message)
  #expect(body["data"]?["custom_id"] == "issue.file:1")
  let parts = body["data"]?["components"]
  #expect(
    parts?[0] == ["type": 18, "id": 1, "component": ["type": 4, "id": 2, "custom_id": "title", "value": "Lamp out"]])
  #expect(parts?[1]?["component"]?["values"] == ["p0"])
  #expect(parts?[2]?["components"]?[0]?["value"] == "")
  #expect(parts?[3] == ["type": 10, "id": 7])
  #expect(try bench.messages()[0]["content"] == "Filed")
  #expect(try bench.script("modal", filled)["code"] == 10062)
}

@Test(arguments: [
  (#"{"bad":["p0"]}"#, 50035), (#"{"title":"123456789012345678901","bad":["p0"]}"#, 50035),
  (#"{"title":"t","bad":["p9"]}"#, 50035), (#"{"title":"t"}"#, 50035),
])
func aFormThatIsNotFilledInStaysOpen(fields: String, code: Int) throws {
  let bench = try Bench()
  bench.answer(modal)
  let opened = try bench.click(bench.messageWithButton())
  #expect(try bench.script("modal", submission(opened["interaction_id"], fields))["code"]?.integer == Int64(code))
  #expect(bench.sent.withLock { $0.count } == 1)
}

@Test func aFormIsForOnePersonAndNotForAForm() throws {
  let bench = try Bench()
  bench.answer(modal)
  let opened = try bench.click(bench.messageWithButton())
  let fields = #"{"title":"t","bad":["p0"]}"#
  #expect(try bench.script("modal", submission(opened["interaction_id"], fields, as: Identity.aiko))["code"] == 10062)
  let outcome = try bench.script("modal", submission(opened["interaction_id"], fields))
  #expect(outcome["state"] == "failed")
  #expect(outcome["reason"]?.string?.contains("{4, 5, 6, 7}") == true)
}

@Test(arguments: [
  #"{"title":"t","components":[{"type":18,"label":"l","component":{"type":4,"custom_id":"a","style":1}}]}"#,
  #"{"custom_id":"c","title":"1234567890123456789012345678901234567890123456","components":[{"type":10,"content":"x"}]}"#,
  #"{"custom_id":"c","title":"t","components":[]}"#,
  #"{"custom_id":"c","title":"t","components":[{"type":10,"content":"1"},{"type":10,"content":"2"},{"type":10,"content":"3"},{"type":10,"content":"4"},{"type":10,"content":"5"},{"type":10,"content":"6"}]}"#,
  #"{"custom_id":"c","title":"t","components":[{"type":4,"custom_id":"a","style":1}]}"#,
  #"{"custom_id":"c","title":"t","components":[{"type":18,"label":"l","component":{"type":4,"custom_id":"a","style":3}}]}"#,
  #"{"custom_id":"c","title":"t","components":[{"type":18,"label":"l","component":{"type":4,"custom_id":"a","style":1,"max_length":2,"value":"abc"}}]}"#,
  #"{"custom_id":"c","title":"t","components":[{"type":18,"label":"l","component":{"type":4,"custom_id":"a","style":1,"disabled":true}}]}"#,
  #"{"custom_id":"c","title":"t","components":[{"type":18,"label":"l","component":{"type":4,"custom_id":"a","style":1}},{"type":18,"label":"l","component":{"type":4,"custom_id":"a","style":1}}]}"#,
])
func aFormOfTheWrongShapeIsRefused(data: String) throws {
  let bench = try Bench()
  bench.answer(#"{"type":9,"data":\#(data)}"#)
  let outcome = try bench.click(bench.messageWithButton())
  #expect(outcome["state"] == "failed")
  #expect(outcome["reason"]?.string?.contains("Invalid Form Body") == true)
}

@Test(arguments: [
  (#"["mage"]"#, true), (#"["mage","rogue"]"#, true), (#"["mage","rogue","priest"]"#, false), ("[]", false),
  (#"["bard"]"#, false), (#"["mage","mage"]"#, false),
])
func aSelectTakesItsOwnValues(values: String, isSent: Bool) throws {
  let bench = try Bench()
  let options = ["mage", "rogue", "priest"].map { #"{"label":"\#($0)","value":"\#($0)"}"# }.joined(separator: ",")
  let select = #"{"type":3,"custom_id":"class","max_values":2,"options":[\#(options)]}"#
  let body = #"{"content":"Which?","components":[{"type":1,"components":[\#(select)]}]}"#
  let message = try bench.send(.post, bugTracker, body).value["id"]?.string ?? ""
  let outcome = try bench.script(
    "click",
    #"{"channel_id":"\#(Identity.bugTracker)","message_id":"\#(message)","custom_id":"class","user_id":"\#(Identity.tomasz)","values":\#(values)}"#
  )
  #expect((outcome["state"] == "acknowledged") == isSent)
  if isSent {
    let data = try bench.lastSent()["data"]
    #expect(data?["component_type"] == 3)
    #expect(try data?["values"] == JSON.decode(JSONValue.self, from: values))
  }
}
