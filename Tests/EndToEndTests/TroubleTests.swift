import Basics
import Foundation
import Testing

extension EndToEndTests {
  /// The services have a bad moment, and it comes right in the end.
  @Suite("Trouble with the services") struct Trouble {
    let hall: RunningHall

    init() throws { hall = try EndToEndTests.hall }

    /// Faults of posting a message; the last is longer than we wait for an answer.
    static let faults: [(name: String, action: JSONValue)] = [
      (
        "limited",
        ["status": 429, "headers": ["Retry-After": "1"], "body": ["message": "limited", "retry_after": 0.5]]
      ),
      ("broken", ["status": 500]), ("lost", ["status": 502, "effect": true]),
      ("cut short", ["body_truncated": true, "keep_length": true]), ("no JSON", ["html": true, "effect": true]),
      ("hanging", ["hang_ms": 14_000]), ("hanging after the effect", ["hang_ms": 14_000, "effect": true]),
    ]

    @Test func whateverHappensToAPostThereIsExactlyOneMessage() throws {
      let names = Self.faults.map { "Posted although \($0.name) \(RunningHall.newID())" }
      for name in names { try hall.addRow(name) }
      defer { try? hall.clearFaults() }  // the test has failed already if the sandbox is gone
      try hall.script(
        .array(
          Self.faults.map {
            ["service": "discord", "method": "POST", "path": "*/messages", "action": $0.action]
          }))
      try hall.requireWell(hall.run("notion-sync"))
      try hall.rest()
      let shown = try hall.messages()
      for name in names { #expect(shown.filter { $0.title.contains(name) }.count == 1, "\(name)") }
      let applied = try hall.call("GET", "/sandbox/faults").array ?? []
      #expect(applied.count == Self.faults.count && applied.allSatisfy { $0["applied"] == 1 })
    }

    @Test(
      arguments: [
        ["status": 500], ["status": 504, "effect": true], ["status": 429, "headers": ["Retry-After": "1"]],
      ] as [JSONValue])
    func aChangeInNotionOutlivesItsTrouble(_ action: JSONValue) throws {
      let message = try hall.openIssue()
      defer { try? hall.clearFaults() }  // as above
      try hall.script([["service": "notion", "method": "PATCH", "path": "*/pages/*", "times": 2, "action": action]])
      try hall.press(message)
      try until("Notion and the message say Fixed") {
        try hall.status(of: message.page) == "Fixed" && hall.message(message.id).label == "Fixed"
      }
    }

    @Test func aRefusedTokenPutsTheOldStateBackAndAnotherClickWorksOnceItIsMended() throws {
      let message = try hall.openIssue()
      try hall.call("PUT", "/sandbox/notion/token", ["revoked": true])
      defer { _ = try? hall.call("PUT", "/sandbox/notion/token", ["revoked": false]) }  // as above
      let answer = try hall.press(message)["answer"]
      #expect(try JSON.text(#require(answer)).contains("Marking as fixed…"))
      try until("the message tells why not") { try hall.message(message.id).text.contains("Not marked as fixed:") }
      let refused = try hall.message(message.id)
      #expect(
        refused.label == "Mark as fixed" && !refused.isDisabled && refused.text.contains("Notion refuses our token"))
      let run = try hall.run("notion-sync")
      #expect(run.code == 1 && run.error.contains("Notion refuses our token. Connect Notion again with a valid one."))

      try hall.call("PUT", "/sandbox/notion/token", ["revoked": false])
      try hall.requireWell(hall.run("guildhall", "notion", "connect", input: hall.fact("notion_token")))
      try hall.press(refused)
      try until("the message says Fixed") { try hall.message(message.id).label == "Fixed" }
      #expect(try hall.status(of: message.page) == "Fixed")
      #expect(try hall.run("notion-sync").code == 0)
    }
  }
}
