import Accounts
import Basics
import Discord
import Jobs
import Notion
import Store
import TestSupport
import Testing

@testable import IssueSync

@Suite("Who is in the issues, and how they go")
struct ErasingTests {
  let hall = try! Hall()  // in memory: cannot fail
  private let folder = try! TemporaryDirectory()  // nothing could be tested without
  private let nelly = FixingTests.nelly

  private func records() throws -> PersonalRecords {
    try PersonalRecords(
      durable: hall.store, volatile: .inMemory(), entries: hall.personalData,
      tombstones: folder.file("erasures.jsonl"), clock: hall.clock)
  }

  private func erase() throws { _ = try records().erase(nelly.id, in: nil, by: .operator("root")) }

  private func log() throws -> [AuditRecord] {
    try hall.store.read { try AuditLog.page(of: Hall.guild, AuditFilter(), limit: 50, $0) }.records
  }

  private func text() throws -> String {
    try hall.store.read { queries in
      try ["issues", "issue_changes", "issue_filings", "jobs", "person_links"].flatMap { table in
        try queries.rows("SELECT * FROM \(identifier: table)").flatMap(\.values)
      }
    }.map { "\($0)" }.joined(separator: "\n")
  }

  private func issue() throws -> IssueSync.Issue {
    let mapping = try hall.mapping()
    hall.notion.query = { [hall] _, _ in RowPage(rows: [hall.row(1)], isIncomplete: false, answeredAt: hall.now) }
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    return try #require(try hall.issues().first)
  }

  // MARK: The log

  @Test func aPressIsOneRowAndAPressThatChangesNothingNone() throws {
    let issue = try issue()
    for _ in 1...3 {
      _ = try hall.store.write { try hall.changing.press(.fix, on: issue.id, in: Hall.guild, by: nelly, $0) }
    }
    let rows = try log()
    #expect(rows.count == 1 && rows[0].action == "issue.change" && rows[0].targetID == issue.id)
    #expect(rows[0].actorName == "Nelly" && rows[0].before == "status: Open" && rows[0].after == "status: Fixed")
  }

  @Test func filingIsOneRow() throws {
    let mapping = try hall.mapping()
    try hall.store.write { try hall.filing.file(title: "Door stuck", summary: "", by: nelly, under: mapping, $0) }
    #expect(try log().map(\.action) == ["issue.file"] && log()[0].targetName == "Door stuck")
  }

  @Test func aRefusedPressLeavesNoRowBehind() throws {
    let id = try issue().id
    #expect(throws: Failure.self) {
      try hall.store.write { _ = try hall.changing.press(.fix, on: id, in: GuildID("2000")!, by: nelly, $0) }
    }
    #expect(try log().isEmpty)
  }

  // MARK: Erasing

  @Test func aChangeStaysAsSomebodysAndItsMessageIsDrawnAnew() throws {
    let issue = try issue()
    _ = try hall.store.write { try hall.changing.press(.fix, on: issue.id, in: Hall.guild, by: nelly, $0) }
    try hall.store.write { try $0.run("UPDATE issue_changes SET state = 'done', finished_at = wished_at") }
    try hall.store.write { try $0.run("DELETE FROM jobs") }
    try erase()
    let change = try #require(try hall.issues().first?.lastChange)
    #expect(change.personName == "somebody" && change.before == "Open" && change.after == "Fixed")
    #expect(try !text().contains("Nelly") && hall.jobs("ready", kind: "issue.deliver") == 1)
  }

  @Test func whatWaitsToBeFiledIsFiledWithoutAName() throws {
    let mapping = try hall.mapping()
    try hall.store.write { try hall.filing.file(title: "Door", summary: "Stuck.", by: nelly, under: mapping, $0) }
    try erase()
    let payload: String? = try hall.store.read { try $0.value("SELECT payload FROM jobs WHERE kind = 'issue.file'") }
    #expect(
      payload?.contains("somebody") == true && payload?.contains("Stuck.") == true
        && payload?.contains("Nelly") == false)
  }

  @Test func whatWasFiledIsEmptied() throws {
    let mapping = try hall.mapping()
    try hall.store.write { try hall.filing.file(title: "Door", summary: "Stuck.", by: nelly, under: mapping, $0) }
    try hall.store.write { try $0.run("UPDATE jobs SET state = 'done'") }
    try erase()
    #expect(try hall.store.read { try $0.value(String.self, "SELECT payload FROM jobs") } == "{}")
  }

  // MARK: Reading the row again

  private func filed(_ note: (String) -> String) throws -> IssueSync.Issue.Content {
    let mapping = try hall.mapping()
    try hall.store.write { try hall.filing.file(title: "Door", summary: "Stuck.", by: nelly, under: mapping, $0) }
    let key: String = try #require(try hall.store.read { try $0.value("SELECT key FROM issue_filings") })
    var content = IssueSync.Issue.Content(hall.row(1), under: mapping)
    content.summary = note(key)
    try keep(content, mapping)
    return content
  }

  private func keep(_ content: IssueSync.Issue.Content, _ mapping: Mapping) throws {
    try hall.store.write { transaction in
      let page = hall.row(1).id
      try IssueRecords.keep(content, of: page, under: mapping, readAt: hall.now, in: transaction)
    }
  }

  @Test func aReadingDoesNotBringANameBack() throws {
    var content = try filed { "Stuck.\n\n\(FiledNote.text("Nelly", $0))" }
    #expect(try hall.issues()[0].content.summary.contains("Nelly"))
    try erase()
    #expect(try hall.issues()[0].content.summary.hasPrefix("Stuck.\n\nFiled from Discord (GH-"))
    hall.now = hall.now + .seconds(60)
    content.priority = "P0"
    try keep(content, try #require(try hall.mappings.list().first))
    let kept = try hall.issues()[0].content
    #expect(kept.priority == "P0" && !kept.summary.contains("Nelly") && kept.summary.contains("GH-"))
  }

  @Test(arguments: ["Nel…", "Nelly (GH-01…", "Nelly…"])
  func aNoteCutOffWithinTheNameIsKeptWithoutIt(rest: String) throws {
    _ = try filed { _ in "Stuck. Filed from Discord by \(rest)" }
    #expect(try hall.issues()[0].content.summary == "Stuck. Filed from Discord")
  }

  @Test(arguments: [
    "Filed from Discord by hand", "Filed from Discord by Zoë (GH-zz)", "Filed from Discord by Nelly (GH-0123456789ab)",
  ])
  func whatOthersWroteStays(summary: String) throws {
    _ = try filed { _ in summary }
    try erase()
    #expect(try hall.issues()[0].content.summary == summary)
  }
}
