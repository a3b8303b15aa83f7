import Basics
import Discord
import Notion
import Testing

@testable import IssueSync

@Suite("Syncing a table")
struct SyncingTests {
  let hall = try! Hall()  // in memory: cannot fail

  /// Answers queries with these rows, a hundred a page, and remembers what was asked.
  private func serve(_ rows: [Page], pageSize: Int = 100) {
    hall.notion.query = { [hall] _, query in
      let start = Int(query.cursor ?? "0")!
      let end = min(start + pageSize, rows.count)
      return RowPage(
        rows: Array(rows[start..<end]), nextCursor: end < rows.count ? "\(end)" : nil, answeredAt: hall.now)
    }
  }

  @Test func aFirstReadingTakesWhatIsOpenAndPostsEachOnce() throws {
    let mapping = try hall.mapping()
    let channel = FakeChannel()
    hall.discord = channel.client(clock: hall.clock)
    serve((1...250).map { hall.row($0) })
    let report = try hall.syncing.run(mapping, notion: hall.notion)
    #expect(report.read == 250 && report.new == 250 && report.calls == 4 && report.isComplete)
    try hall.work()
    #expect(channel.messages.count == 250)
    #expect(Set(channel.messages.map(\.draft.customIDs.first)).count == 250)
  }

  @Test func theFirstQueryLeavesOutWhatIsFixedAndLaterOnesAskForEdits() throws {
    let mapping = try hall.mapping()
    let asked = Asked()
    hall.notion.query = { [hall] _, query in
      asked.add(query.filter)
      return RowPage(rows: [], answeredAt: hall.now)
    }
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    _ = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
    let open: [JSONValue] = ["Fixed", "Won't fix"].map { ["property": "st", "status": ["does_not_equal": $0]] }
    #expect(asked.filters[0] == ["and": .array(open)])
    // The minute of the answer, and three minutes before it, are read again.
    #expect(
      asked.filters[1] == [
        "timestamp": "last_edited_time", "last_edited_time": ["on_or_after": "2026-11-21T09:57:00.000Z"],
      ])
  }

  @Test func aSecondEditInTheSameMinuteIsNotMissed() throws {
    let mapping = try hall.mapping()
    let channel = FakeChannel()
    hall.discord = channel.client(clock: hall.clock)
    serve([hall.row(1, "First")])
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    try hall.work()
    serve([hall.row(1, "Second", editedAt: hall.now.minute)])
    let report = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
    try hall.work()
    #expect(report.changed == 1 && channel.messages.count == 1)
    #expect(channel.messages[0].draft.text.contains("Second"))
  }

  @Test func rowsThatSayTheSameCostNoCall() throws {
    let mapping = try hall.mapping()
    let channel = FakeChannel()
    hall.discord = channel.client(clock: hall.clock)
    serve([hall.row(1)])
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    try hall.work()
    let report = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
    try hall.work()
    #expect(report.read == 1 && report.changed == 0 && channel.edits == 0)
  }

  @Test func aMinuteWithMoreRowsThanNotionShowsIsAFailureAndConcludesNothing() throws {
    let mapping = try hall.mapping()
    hall.notion.query = { [hall] _, _ in RowPage(rows: [hall.row(1)], isIncomplete: true, answeredAt: hall.now) }
    #expect(throws: Failure.self) { try hall.syncing.run(mapping, notion: hall.notion) }
    #expect(try hall.mappings.list()[0].watermark == nil)
    #expect(try hall.store.read { try Stats(at: hall.now, $0) }.mappings[0].lastError?.contains("10,000") == true)
  }

  /// Notion in small: shows at most `cap` rows of a query, and says so.
  private func serveCapped(_ rows: [Page], cap: Int) {
    hall.notion.query = { [hall] _, query in
      let since = (query.filter?["created_time"] ?? query.filter?["and"]?.array?.last?["created_time"])?["on_or_after"]?
        .string
      let fitting = rows.filter { row in since.flatMap { Timestamp(iso8601: $0) }.map { row.createdTime >= $0 } ?? true
      }
      let shown = fitting.sorted { $0.createdTime < $1.createdTime }.prefix(cap)
      let start = Int(query.cursor ?? "0")!
      let end = min(start + 3, shown.count)
      return RowPage(
        rows: Array(shown[start..<end]), nextCursor: end < shown.count ? "\(end)" : nil,
        isIncomplete: fitting.count > cap, answeredAt: hall.now)
    }
  }

  @Test func aTableLargerThanNotionsCapIsReadInWindows() throws {
    let mapping = try hall.mapping()
    let start = hall.now
    let rows = (1...40).map { number -> Page in
      hall.now = start - .seconds(60 * Int64(number / 2))
      return hall.row(number)
    }
    hall.now = start
    serveCapped(rows, cap: 10)
    let report = try hall.syncing.run(mapping, notion: hall.notion)
    #expect(report.new == 40 && report.read == 40 && report.isComplete)
  }

  @Test func aFullComparisonNoticesWhatIsGoneAndWhatCameBack() throws {
    let mapping = try hall.mapping()
    let channel = FakeChannel()
    hall.discord = channel.client(clock: hall.clock)
    serve((1...4).map { hall.row($0) })
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    try hall.work()
    let removed = Asked()
    serve([hall.row(1)])
    hall.notion.page = { [hall] page in
      removed.add(.string(page.rawValue))
      switch page.rawValue.last {
      case "2": return hall.row(2, trashed: true)
      case "3": throw NotionRefusal(status: 404, code: "object_not_found", message: "Could not find page")
      default: return hall.row(4)  // there, though the query did not show it
      }
    }
    let report = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion, options: .init(isFull: true))
    #expect(report.removed == 2 && removed.filters.count == 3)
    try hall.work()
    #expect(channel.messages.map(\.draft.buttonLabel) == ["Mark as fixed", "Removed", "Removed", "Mark as fixed"])
    serve((1...4).map { hall.row($0) })
    _ = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion, options: .init(isFull: true))
    try hall.work()
    #expect(channel.messages.count == 4 && channel.messages.allSatisfy { $0.draft.buttonLabel == "Mark as fixed" })
  }

  @Test func aFullReadingThatBreaksOffRemovesNothing() throws {
    let mapping = try hall.mapping()
    serve((1...4).map { hall.row($0) })
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    hall.notion.query = { _, _ in throw Failure(.denied, "The integration may not read this.") }
    #expect(throws: Failure.self) {
      try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion, options: .init(isFull: true))
    }
    #expect(try hall.issues().allSatisfy { !$0.content.isRemoved })
  }

  @Test func aSlowTableIsAskedForFewerRows() throws {
    let mapping = try hall.mapping()
    hall.notion.query = { [hall] _, query in
      if query.pageSize > 25 { throw Failure(.unavailable, "Notion has trouble at the moment.") }
      return RowPage(rows: [hall.row(1)], answeredAt: hall.now)
    }
    #expect(try hall.syncing.run(mapping, notion: hall.notion).new == 1)
  }

  @Test func aChangeNobodyWatchesIsKeptWithoutAnEdit() throws {
    _ = try hall.mapping { $0.watched = ["status"] }
    let channel = FakeChannel()
    hall.discord = channel.client(clock: hall.clock)
    serve([hall.row(1, "First")])
    _ = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
    try hall.work()
    serve([hall.row(1, "Second")])
    _ = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
    try hall.work()
    #expect(channel.edits == 0)
    #expect(try hall.issues()[0].content.title == "Second")
    hall.notion.page = { [hall] _ in hall.row(1, "Third") }
    hall.now = hall.now + .seconds(1)
    try hall.syncing.sync(page: hall.row(1).id, of: try hall.mappings.list()[0], notion: hall.notion)
    try hall.work()
    #expect(channel.edits == 0, "nor when Notion announces it")
    #expect(try hall.issues()[0].content.title == "Third")
  }

  @Test func anInterruptedReadingIsTakenUpAgain() throws {
    let mapping = try hall.mapping()
    let rows = (1...150).map { hall.row($0) }
    hall.notion.query = { [hall] _, query in
      if query.cursor != nil { throw Failure(.unavailable, "Notion has trouble at the moment.") }
      return RowPage(rows: Array(rows[..<100]), nextCursor: "100", answeredAt: hall.now)
    }
    #expect(throws: Failure.self) { try hall.syncing.run(mapping, notion: hall.notion) }
    serve(rows)
    let report = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
    #expect(report.new == 50 && report.read == 150)
    #expect(try hall.issues().count == 150)
  }

  @Test func aLimitStopsAndTheNextRunGoesOn() throws {
    let mapping = try hall.mapping()
    serve((1...10).map { hall.row($0) })
    let first = try hall.syncing.run(mapping, notion: hall.notion, options: .init(limit: 4))
    #expect(first.new == 4 && !first.isComplete)
    let second = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
    #expect(second.new == 6 && second.isComplete)
  }

  @Test func everyRunIsInTheLedgerWithWhatItCovered() throws {
    let mapping = try hall.mapping()
    serve([hall.row(1)])
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    hall.now = hall.now + .seconds(120)
    _ = try hall.syncing.run(try hall.mappings.find(mapping.id), notion: hall.notion)
    hall.now = hall.now + .seconds(120)
    hall.notion.query = { _, _ in throw Failure(.unavailable, "Notion has trouble at the moment.") }
    #expect(throws: Failure.self) { try hall.syncing.run(try hall.mappings.find(mapping.id), notion: hall.notion) }
    let runs = try hall.mappings.runs(of: mapping.id)
    #expect(
      runs.map(\.scope.rawValue) == ["edits", "edits", "first"] && runs.map(\.isComplete) == [false, true, true])
    #expect(runs[0].error == "Notion has trouble at the moment." && runs[0].coveredTo == nil)
    #expect(runs[2].coveredFrom == nil && runs[2].new == 1 && runs[2].coveredTo == runs[2].started)
    #expect(try runs[1].coveredFrom.map { $0 < runs[2].started } == true && hall.mappings.runs(of: "other").isEmpty)
  }

  @Test func aDryRunKeepsNothing() throws {
    let mapping = try hall.mapping()
    serve([hall.row(1)])
    let report = try hall.syncing.run(mapping, notion: hall.notion, options: .init(isDryRun: true))
    #expect(report.new == 1)
    #expect(try hall.issues().isEmpty && hall.jobs("ready") == 0)
    #expect(try hall.mappings.list()[0].watermark == nil)
  }

  @Test func anAnswerOlderThanWhatIsKnownChangesNothing() throws {
    let mapping = try hall.mapping()
    serve([hall.row(1, "Old")])
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    let asked = hall.now
    hall.now = hall.now + .seconds(5)
    try hall.store.write { try $0.run("UPDATE issues SET title = 'New', read_at = \(hall.now)") }
    hall.now = asked
    _ = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
    #expect(try hall.issues()[0].content.title == "New")
  }

  @Test func aRowWithoutTitleIsStillAnIssue() throws {
    let mapping = try hall.mapping()
    let channel = FakeChannel()
    hall.discord = channel.client(clock: hall.clock)
    serve([hall.row(1, "")])
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    try hall.work()
    #expect(channel.messages[0].draft.embeds[0].title == "LK-1 · Untitled")
  }
}

import Synchronization

final class Asked: Sendable {
  private let all = Mutex<[JSONValue]>([])
  func add(_ filter: JSONValue?) { all.withLock { $0.append(filter ?? .null) } }
  var filters: [JSONValue] { all.withLock { $0 } }
}
