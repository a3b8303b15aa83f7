import Basics
import Discord
import Notion
import Store
import Testing

@testable import IssueSync

@Suite("Which rows are issues")
struct FilterTests {
  let hall = try! Hall()  // in memory: cannot fail
  let channel = FakeChannel()

  private func serve(_ rows: [Page], _ asked: Asked = Asked()) {
    hall.notion.query = { [hall] _, query in
      asked.add(query.filter)
      return RowPage(rows: rows, answeredAt: hall.now)
    }
  }

  private func sync(isFull: Bool = false) throws -> Syncing.Report {
    let report = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion, options: .init(isFull: isFull))
    try hall.work()
    return report
  }

  /// Type, whether "is not", the values, and what Notion is asked for (in JSON; "" for nothing).
  @Test(arguments: [
    ("status", false, ["Open"], #"{"property":"c","status":{"equals":"Open"}}"#),
    (
      "status", true, ["Open", "Blocked"],
      #"{"property":"c","status":{"does_not_equal":"Open"}},{"property":"c","status":{"does_not_equal":"Blocked"}}"#
    ),
    (
      "select", false, ["a", "b"],
      #"{"or":[{"property":"c","select":{"equals":"a"}},{"property":"c","select":{"equals":"b"}}]}"#
    ),
    ("select", false, [""], #"{"property":"c","select":{"is_empty":true}}"#),
    ("multi_select", true, ["ui"], #"{"multi_select":{"does_not_contain":"ui"},"property":"c"}"#),
    ("multi_select", true, [""], #"{"multi_select":{"is_not_empty":true},"property":"c"}"#),
    ("checkbox", false, ["Yes"], #"{"checkbox":{"equals":true},"property":"c"}"#),
    ("checkbox", true, ["Yes"], #"{"checkbox":{"equals":false},"property":"c"}"#),
    ("people", false, ["Nelly"], ""), ("formula", true, ["3"], ""),
  ])
  func notionLeavesOutWhatItCan(type: String, isNot: Bool, values: [String], asked: String) throws {
    let column = Roles.Role(Column(id: "c", name: "C", type: type))
    let filter = RowFilter([.init(column: column, isNot: isNot, values: values)])
    #expect(try filter.query.map { try JSON.text($0) }.joined(separator: ",") == asked)
  }

  @Test(arguments: [
    (PropertyValue.multiSelect([.init(name: "ui"), .init(name: "net")]), ["net"], true),
    (.multiSelect([.init(name: "ui")]), ["net", "art"], false), (.multiSelect([]), [""], true),
    (.select(nil), [""], true), (.select(.init(name: "P0")), ["P0"], true), (.select(.init(name: "p0")), ["P0"], false),
    (.people([Person(id: Hall.nellyInNotion, name: "Nelly")]), ["Nelly"], true), (.checkbox(false), ["No"], true),
    (.computed(.list([.select(.init(name: "a")), .select(.init(name: "b"))])), ["b"], true),
    (.computed(.number(3)), ["3"], true), (.unsupported("place"), ["x"], false),
  ])
  func aRowIsComparedByOurselvesToo(value: PropertyValue, values: [String], isMet: Bool) {
    let row = Page(
      id: PageID("00000000000040008000000000000001")!, createdTime: hall.now, lastEditedTime: hall.now,
      properties: ["C": Property(id: "c", value: value)])
    let column = Roles.Role(Column(id: "c", name: "C", type: "any"))
    #expect(RowFilter([.init(column: column, isNot: false, values: values)]).admits(row) == isMet)
    #expect(RowFilter([.init(column: column, isNot: true, values: values)]).admits(row) == !isMet)
  }

  @Test func aRowThatLeavesTheFilterIsTakenDownAndComesBack() throws {
    let asked = Asked()
    _ = try hall.mapping { $0.filter = [.init(column: "Labels", values: ["ui"])] }
    hall.discord = channel.client(clock: hall.clock)
    serve([hall.row(1, labels: ["ui"]), hall.row(2, labels: ["net"]), hall.row(3)], asked)
    _ = try sync()
    #expect(channel.messages.count == 1 && asked.filters[0]["and"]?.array?.count == 3)
    serve([hall.row(1, labels: ["net"])], asked)
    _ = try sync()
    #expect(asked.filters[1]["timestamp"] == "last_edited_time", "of edits every row is read")
    #expect(channel.messages[0].draft.buttonLabel == "Removed")
    #expect(try hall.store.read { try Stats(at: hall.now, $0) }.total == 0)
    serve([hall.row(1, labels: ["ui", "net"])], asked)
    _ = try sync()
    #expect(channel.messages.count == 1 && channel.messages[0].draft.buttonLabel == "Mark as fixed")
  }

  @Test func aFullComparisonAsksOnlyForWhatFits() throws {
    let asked = Asked()
    _ = try hall.mapping { $0.filter = [.init(column: "Labels", values: ["ui", "net"])] }
    hall.discord = channel.client(clock: hall.clock)
    serve([hall.row(1, labels: ["ui"])])
    _ = try sync()
    serve([], asked)
    hall.notion.page = { [hall] _ in hall.row(1) }
    #expect(try sync(isFull: true).removed == 1)
    #expect(asked.filters[0]["or"]?.array?.count == 2)
  }

  @Test func aRowThatLeavesBeforeItsMessageWasPostedIsNeverShown() throws {
    let mapping = try hall.mapping { $0.filter = [.init(column: "Labels", values: ["ui"])] }
    hall.discord = channel.client(clock: hall.clock)
    serve([hall.row(1, labels: ["ui"])])
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    serve([hall.row(1)])
    _ = try sync()
    #expect(channel.messages.isEmpty)
    #expect(try hall.jobs("done") == 1)
  }

  @Test func aNarrowerFilterTakesDownWhatFitsNoMoreWithoutACallForEach() throws {
    let asked = Asked()
    _ = try hall.mapping()
    hall.discord = channel.client(clock: hall.clock)
    serve([hall.row(1, labels: ["ui"]), hall.row(2)])
    _ = try sync()
    try hall.change { $0.filter = [.init(column: "Labels", values: ["ui"])] }
    serve([hall.row(1, labels: ["ui"]), hall.row(2)], asked)
    _ = try sync()
    #expect(asked.filters == [.null] && channel.messages.map(\.draft.buttonLabel) == ["Mark as fixed", "Removed"])
  }
}

@Suite("Issues that end without a fix")
struct ClosedTests {
  let hall = try! Hall()  // in memory: cannot fail

  private func sync(_ rows: [Page]) throws {
    hall.notion.query = { [hall] _, _ in RowPage(rows: rows, answeredAt: hall.now) }
    _ = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
  }

  @Test func theyCountAsClosed() throws {
    _ = try hall.mapping()
    try sync((1...4).map { hall.row($0) })
    try sync([hall.row(2, status: "Won't fix"), hall.row(3, status: "Fixed"), hall.row(9, status: "Won't fix")])
    let stats = try hall.store.read { try Stats(of: Hall.guild, at: hall.now, $0) }
    #expect(stats.total == 4 && stats.open == 2 && stats.fixed == 1 && stats.closed == 1)
    #expect(stats.byStatus == ["Open": 2, "Won't fix": 1, "Fixed": 1] && stats.byPriority == ["": 2])
  }

  @Test func whichTheyAreCanBeChosen() throws {
    _ = try hall.mapping { $0.closed = ["Blocked"] }
    try sync([hall.row(1), hall.row(2), hall.row(3)])
    try sync([hall.row(2, status: "Blocked"), hall.row(3, status: "Won't fix")])
    let stats = try hall.store.read { try Stats(at: hall.now, $0) }
    #expect(stats.open == 2 && stats.closed == 1)
  }

  @Test func theyCanStillBeFixed() throws {
    _ = try hall.mapping()
    try sync([hall.row(1)])
    try sync([hall.row(1, status: "Won't fix")])
    let draft = try hall.issues()[0].drawn(under: try hall.mappings.list()[0], at: hall.now)
    #expect(draft.buttons[0].label == "Mark as fixed" && !draft.buttons[0].isDisabled)
    #expect(!draft.buttons.contains { $0.label == "Assign to me" })
  }
}
