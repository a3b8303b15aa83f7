import Basics
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

extension EndToEndTests {
  @Suite("Clicks") struct Clicks {
    let hall: RunningHall

    init() throws { hall = try EndToEndTests.hall }

    @Test func aClickIsAnsweredAtOnceAndThenMadeTrue() throws {
      let message = try hall.openIssue()
      let outcome = try hall.press(message)
      #expect(outcome["status"] == 200 && outcome["state"] == "acknowledged" && outcome["answer"]?["type"] == 7)
      let answer = try JSON.text(#require(outcome["answer"]))
      #expect(answer.contains("Marking as fixed… (Nelly)"))
      try until("the message says Fixed") { try hall.message(message.id).label == "Fixed" }
      #expect(try hall.status(of: message.page) == "Fixed")
      try hall.rest()
      let last = try hall.message(message.id)
      #expect(last.label == "Fixed" && last.isDisabled && last.text.contains("Marked as fixed by Nelly"))
    }

    @Test func allLinesOfAClickCarryOneCorrelationID() throws {
      let message = try hall.openIssue()
      let id = try #require(hall.press(message)["interaction_id"]?.string)
      try until("the message says Fixed") { try hall.message(message.id).label == "Fixed" }
      try hall.rest()
      let lines = try hall.logLines()
      let correlation = try #require(lines.first { $0["interaction"]?.string == id }?["correlation"])
      let jobs = try hall.database {
        try $0.values(
          String.self, "SELECT id FROM jobs WHERE correlation_id = \(correlation.string) AND state = 'done'")
      }
      let ofClick = lines.filter { line in
        line["interaction"]?.string == id || jobs.contains(line["job"]?.string ?? "")
      }
      // The message was posted by a job of its own before anybody clicked, which the later wishes took up.
      let since = try #require(ofClick.first { $0["interaction"]?.string == id }?["ts"]?.string)
      let later = ofClick.filter { ($0["ts"]?.string ?? "") >= since }
      #expect(later.allSatisfy { $0["correlation"] == correlation })
      let routes = Set(later.compactMap { $0["route"]?.string })
      #expect(routes.isSuperset(of: ["PATCH /pages"]) && routes.contains { $0.hasPrefix("PATCH /channels/") })
    }

    @Test func aReplayedInteractionHasOneEffectAndTheSameAnswer() throws {
      let message = try hall.openIssue()
      let id = RunningHall.newID()
      let body = try hall.body(message, id: id)
      let answers = Mutex<[String]>([])
      try onThreads(20) { _ in
        let answer = try hall.deliver(body)
        #expect(answer.status == 200)
        answers.withLock { $0.append(answer.text) }
      }
      #expect(Set(answers.withLock { $0 }).count == 1)
      try hall.rest()
      #expect(try hall.deliver(body).text == answers.withLock { $0 }.first)
      let kept = try hall.database { try $0.value(Int.self, "SELECT count(*) FROM interactions WHERE id = \(id)") }
      #expect(try kept == 1 && hall.changes(of: message) == 1)
      #expect(try hall.message(message.id).label == "Fixed" && hall.status(of: message.page) == "Fixed")
    }

    @Test func twoPeopleAtOnceAreOneChange() throws {
      let message = try hall.openIssue()
      try onThreads(2) { _ in
        let answer = try hall.deliver(try hall.body(message))
        #expect(answer.json["type"] == 7)
      }
      try hall.rest()
      #expect(try hall.changes(of: message) == 1 && hall.message(message.id).label == "Fixed")
    }

    @Test(
      arguments: [
        ("a button of another server", nil, "1412709371669905413", "This issue is not synced here any more."),
        ("an issue that is none", "issue.fix:no-such-issue", nil, "This issue is not synced here any more."),
        ("an unknown component", "nobody.knows:1", nil, "a version of Guildhall that is not running here"),
        ("no component at all", "?", nil, "a version of Guildhall that is not running here"),
      ] as [(String, String?, String?, String)])
    func whatCannotBeDoneIsToldToThePersonAlone(
      name: String, customID: String?, guild: String?, sentence: String
    ) throws {
      let message = try hall.openIssue()
      try hall.rest()
      let (issues, lines) = (try hall.traces().split(separator: "; ").dropFirst(2), try hall.logLines().count)
      let answer = try hall.deliver(try hall.body(message, customID: customID, guild: guild))
      #expect(answer.status == 200 && answer.json["type"] == 4 && answer.json["data"]?["flags"] == 64)
      #expect(answer.json["data"]?["content"]?.string?.contains(sentence) == true)
      #expect(try hall.traces().split(separator: "; ").dropFirst(2) == issues)
      let refusals = try hall.logLines().dropFirst(lines).filter { $0["msg"]?.string?.contains("refused") == true }
      #expect(refusals.count == 1 && refusals.allSatisfy { $0["level"] == "info" && $0["correlation"] != nil })
    }
  }
}
