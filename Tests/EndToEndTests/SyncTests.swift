import Basics
import Foundation
import Testing

extension EndToEndTests {
  @Suite("Syncing") struct Syncing {
    let hall: RunningHall

    init() throws { hall = try EndToEndTests.hall }

    @Test func theFirstSyncPostedEachOpenIssueExactlyOnce() throws {
      let ended: [JSONValue] = ["Fixed", "Won't fix"]
      let open = try hall.rows(
        where: ["and": .array(ended.map { ["property": "Status", "status": ["does_not_equal": $0]] })])
      let pages = try open.map { try #require($0["id"]?.string).filter { $0 != "-" } }
      let shown = try hall.messages()
      #expect(pages.count > 100)
      #expect(Set(shown.map(\.page)).isSuperset(of: pages))
      #expect(Set(shown.map(\.page)).count == shown.count && Set(shown.map(\.customID)).count == shown.count)
    }

    @Test func anEditInNotionReachesTheSameMessage() throws {
      let message = try hall.openIssue()
      try hall.edit(message.page, ["Name": "Lanterns *flicker* at dusk <@1>", "Status": "Blocked"])
      try hall.requireWell(hall.run("notion-sync"))
      try until("the message shows the edit") { try hall.message(message.id).title.contains("Lanterns") }
      let edited = try hall.message(message.id)
      #expect(edited.title.contains(#"Lanterns \*flicker\* at dusk \<\@1>"#) && edited.customID == message.customID)
      #expect(try hall.messages().filter { $0.page == message.page }.count == 1)
    }

    @Test func aRowWithoutTitleIsStillAnIssue() throws {
      let message = try hall.openIssue()
      try hall.edit(message.page, ["Name": ""])
      try hall.requireWell(hall.run("notion-sync"))
      try until("the message says so") { try hall.message(message.id).title.contains("Untitled") }
    }

    @Test func aSecondRunMeanwhileSaysSoAndEnds() throws {
      defer { try? hall.clearFaults() }  // the test has failed already if the sandbox is gone
      try hall.script([["service": "notion", "path": "*/query", "action": ["delay_ms": 2000]]])
      let first = try hall.spawn("notion-sync", RunningHall.binary("notion-sync"))
      try until("the first run holds the lock") { isLocked("\(hall.state)/notion-sync.lock") }
      let second = try hall.run("notion-sync")
      #expect(second.code == 75)
      #expect(second.error == "Another notion-sync is running. Nothing was done.\n" && second.output.isEmpty)
      #expect(first.exitCode() == 0)
    }

    @Test func aDryRunChangesNothing() throws {
      let message = try hall.openIssue()
      try hall.edit(message.page, ["Name": "Seen only in a dry run"])
      try hall.rest()
      let (traces, entry) = (try hall.traces(), try hall.lastJournalEntry())
      let run = try hall.requireWell(hall.run("notion-sync", "--dry-run", "--json"))
      let report = try JSON.decode(JSONValue.self, from: run.output)["mappings"]?[0]?["report"]
      #expect((report?["changed"]?.integer ?? 0) >= 1)
      #expect(try hall.traces() == traces)
      #expect(try hall.journal(after: entry, service: "discord", method: "PATCH", path: "*").isEmpty)
      try hall.requireWell(hall.run("notion-sync"))
      try until("a true run shows it") { try hall.message(message.id).title.contains("Seen only") }
    }

    @Test func jsonIsOneLine() throws {
      let run = try hall.requireWell(hall.run("notion-sync", "--json"))
      #expect(run.output.split(separator: "\n").count == 1 && run.output.hasSuffix("}\n"))
      let log = try run.error.split(separator: "\n").map { try JSON.decode(JSONValue.self, from: $0.utf8) }
      #expect(!log.isEmpty && log.allSatisfy { $0["level"] == "info" && $0["ts"] != nil })  // the journal's, nothing else
      let mapping = try JSON.decode(JSONValue.self, from: run.output)["mappings"]?[0]
      #expect(mapping?["report"]?["complete"] == true && mapping?["error"] == nil)
    }
  }
}

private func isLocked(_ path: String) -> Bool {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  defer { close(file) }
  return file >= 0 && flock(file, LOCK_EX | LOCK_NB) != 0
}
