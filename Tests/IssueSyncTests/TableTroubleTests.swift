import Basics
import Discord
import Notion
import Store
import Testing

@testable import IssueSync

/// Tables, rows and channels that change under a mapping, or were never what they should be.
@Suite("Trouble with tables and channels")
struct TableTroubleTests {
  let hall = try! Hall()  // in memory: cannot fail
  let channel = FakeChannel()

  private func sync(_ rows: [Page], isFull: Bool = false) throws -> Syncing.Report {
    hall.notion.query = { [hall] _, _ in RowPage(rows: rows, answeredAt: hall.now) }
    return try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion, options: .init(isFull: isFull))
  }

  private func row(_ properties: [String: Property]) -> Page {
    Page(
      id: PageID("00000000000040008000000000000001")!, createdTime: hall.now.minute, lastEditedTime: hall.now.minute,
      url: "https://notion.so/x", properties: properties)
  }

  private static let open = Property(id: "st", value: .status(.init(name: "Open")))

  @Test(
    arguments: [
      ("no properties at all", [:], ""),
      ("a missing column", ["Status": Self.open], ""),
      (
        "a renamed column",
        ["Aufgabe": Property(id: "title", value: .title([RichText("Door")])), "Zustand": Self.open], "Door"
      ),
      (
        "a column of an unsupported type",
        ["Name": Property(id: "title", value: .unsupported("place")), "Status": Self.open], ""
      ),
      ("a type that changed", ["Name": Property(id: "title", value: .computed(.number(7))), "Status": Self.open], "7"),
      (
        "a text of ten thousand characters",
        ["Name": Property(id: "title", value: .title([RichText(String(repeating: "x", count: 10_000))]))],
        String(repeating: "x", count: 10_000)
      ),
      (
        "mentions, markup and script",
        ["Name": Property(id: "title", value: .title([RichText("@everyone <@1> </script> =cmd|' /C calc'!A0")]))],
        "@everyone <@1> </script> =cmd|' /C calc'!A0"
      ),
      (
        "right to left, joiners, combining, NUL",
        ["Name": Property(id: "title", value: .title([RichText("\u{202E}abc\u{200D}e\u{301}\u{0}")]))],
        "\u{202E}abc\u{200D}e\u{301}"
      ),
      (
        "a hundred and one labels",
        [
          "Name": Property(id: "title", value: .title([])),
          "Labels": Property(id: "la", value: .multiSelect((1...101).map { .init(name: "label \($0)") })),
        ], ""
      ),
    ] as [(String, [String: Property], String)])
  func aRowIsAlwaysAnIssueWithOneMessage(name: String, properties: [String: Property], title: String) throws {
    _ = try hall.mapping()
    hall.discord = channel.client(clock: hall.clock)
    _ = try sync([row(properties)])
    try hall.work()
    #expect(try hall.issues()[0].content.title == title)
    #expect(channel.messages.count == 1)
    #expect(try sync([row(properties)]).changed == 0, "what was kept is what was read")
    let embed = channel.messages[0].draft.embeds[0]
    #expect(!embed.title.isEmpty && embed.title.utf16.count <= 256)
    #expect(!embed.title.contains("@everyone") || embed.title.contains("\\@everyone"))
  }

  @Test func moreThanTwentyFiveElementsAreReadToTheEnd() throws {
    let mapping = try hall.mapping { $0.columns = [.labels: "Assignee"] }
    let shown = (1...25).map { Person(id: Hall.nellyInNotion, name: "P\($0)") }
    hall.notion.propertyItems = { _, column, cursor in
      #expect(column == "as")
      let start = Int(cursor ?? "0")!
      return PropertyItems(
        (start..<start + 15).map { .people([Person(id: Hall.nellyInNotion, name: "P\($0 + 1)")]) },
        nextCursor: start == 0 ? "15" : nil)
    }
    let people = ["Assignee": Property(id: "as", value: .people(shown)), "Status": Self.open]
    let report = try sync([row(people)])
    #expect(try hall.issues()[0].content.assignee.hasSuffix("P29, P30") && report.calls >= 3)
    #expect(mapping.columns.contains("as"))
  }

  @Test(arguments: [true, false])
  func anOptionalColumnThatIsDeletedIsToldAndTheRestGoesOn(isTold: Bool) throws {
    _ = try hall.mapping()
    _ = try sync([hall.row(1)])
    hall.table(Hall.columns.filter { $0.key != "Priority" })
    hall.notion.query = { [hall] _, query in
      if query.columns.contains("pr") {
        throw NotionRefusal(
          status: 400, code: "validation_error", message: "Could not find property with name or id: pr")
      }
      return RowPage(rows: [hall.row(1, "Renamed")], answeredAt: hall.now)
    }
    let report = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion, options: .init(isFull: isTold))
    #expect(report.changed == 1 && report.isComplete)
    let health = try hall.mappings.health()[0]
    #expect(health.state == .failing && health.lastError?.contains("“Priority” is gone") == true)
    hall.table(Hall.columns)
    _ = try sync([hall.row(1)], isFull: true)
    #expect(try hall.mappings.health()[0].state == .working && hall.mappings.list()[0].columns.contains("pr"))
  }

  @Test(arguments: ["Status", "Labels"])
  func aColumnThatNothingWorksWithoutStopsTheSyncAndRemovesNothing(column: String) throws {
    _ = try hall.mapping { $0.filter = [.init(column: "Labels", values: ["ui"])] }
    _ = try sync([hall.row(1, labels: ["ui"])])
    hall.table(Hall.columns.filter { $0.key != column })
    #expect { _ = try sync([], isFull: true) } throws: { Failure($0).sentence.contains("“\(column)” is gone") }
    #expect(try hall.issues()[0].content.isRemoved == false)
    #expect(try hall.mappings.health()[0].lastError?.contains("guildhall mapping set") == true)
  }

  @Test func aColumnTheRowDoesNotShowProvesNothing() throws {
    let mapping = try hall.mapping { $0.filter = [.init(column: "Labels", values: ["ui"])] }
    _ = try sync([hall.row(1, labels: ["ui"])])
    hall.notion.page = { [hall] _ in
      Page(id: hall.row(1).id, createdTime: hall.now, lastEditedTime: hall.now, properties: ["Status": Self.open])
    }
    try hall.syncing.sync(page: hall.row(1).id, of: mapping, notion: hall.notion)
    #expect(try hall.issues()[0].content.isRemoved == false)
  }

  @Test func aRenamedTableAndColumnsKeepTheirPlaces() throws {
    _ = try hall.mapping()
    hall.table(["Zustand": Hall.columns["Status"]!].merging(Hall.columns.filter { $0.key != "Status" }) { $1 })
    _ = try sync([hall.row(1)], isFull: true)
    #expect(try hall.issues()[0].content.status == "Open" && hall.mappings.health()[0].state == .working)
  }

  @Test func aFixedOptionThatIsRemovedIsTold() throws {
    _ = try hall.mapping()
    var columns = Hall.columns
    columns["Status"] = Column(
      id: "st", name: "Status", type: "status", options: [.init(name: "Open"), .init(name: "Shipped")])
    hall.table(columns)
    _ = try sync([hall.row(1)], isFull: true)
    #expect(try hall.mappings.health()[0].lastError?.contains("“Fixed” is no option of “Status” any more") == true)
    #expect(try hall.mappings.list()[0].statusOptions == ["Open", "Shipped"])
  }

  @Test func anOptionRemovedUnderAFilterIsToldAndOurOwnComparisonGoesOn() throws {
    _ = try hall.mapping { $0.filter = [.init(column: "Labels", values: ["ui", "net"])] }
    var columns = Hall.columns
    columns["Labels"] = Column(id: "la", name: "Labels", type: "multi_select", options: [.init(name: "ui")])
    hall.table(columns)
    hall.notion.query = { [hall] _, query in
      if query.filter != nil {
        throw NotionRefusal(status: 400, code: "validation_error", message: "multi_select option \"net\" not found")
      }
      return RowPage(rows: [hall.row(1, labels: ["ui"]), hall.row(2)], answeredAt: hall.now)
    }
    let report = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
    #expect(report.new == 1 && report.isComplete)
    #expect(try hall.mappings.health()[0].lastError?.contains("asks for “net”") == true)
  }

  @Test func anOptionThatIsAddedIsOfferedWithTheNextRowThatHasIt() throws {
    _ = try hall.mapping()
    _ = try sync([hall.row(1)])
    var columns = Hall.columns
    columns["Status"] = Column(
      id: "st", name: "Status", type: "status", options: ["Open", "Fixed", "Review"].map { .init(name: $0) })
    hall.table(columns)
    _ = try sync([hall.row(1, status: "Review")])
    #expect(try hall.mappings.list()[0].statusOptions == ["Open", "Fixed", "Review"])
  }

  @Test func anOptionRemovedUnderAPressPutsTheOldStateBackAndIsOfferedNoMore() throws {
    _ = try hall.mapping()
    hall.discord = channel.client(clock: hall.clock)
    _ = try sync([hall.row(1)])
    try hall.work()
    var columns = Hall.columns
    columns["Status"] = Column(
      id: "st", name: "Status", type: "status", options: ["Open", "Fixed"].map { .init(name: $0) })
    hall.table(columns)
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { _, _ in
      throw NotionRefusal(status: 400, code: "validation_error", message: "Status option \"Blocked\" does not exist.")
    }
    let person = Changing.Person(id: UserID("1")!, name: "Nelly", roles: [])
    let id = try hall.issues()[0].id
    _ = try hall.store.write { try hall.changing.press(.status("Blocked"), on: id, in: Hall.guild, by: person, $0) }
    try hall.work(for: 6)
    #expect(channel.messages[0].draft.text.contains("Not set to Blocked: Notion refused"))
    #expect(try hall.mappings.list()[0].statusOptions == ["Open", "Fixed"])
  }

  @Test(arguments: [
    (
      "a deleted database", NotionRefusal(status: 404, code: "object_not_found", message: "Could not find database"),
      "does not show us this"
    ),
    ("access lost", NotionRefusal(status: 403, code: "restricted_resource", message: "no"), "may not do this"),
    (
      "a second data source under the old version",
      NotionRefusal(
        status: 400, code: "validation_error", message: "multiple", detail: "multiple_data_sources_for_database"),
      "several data sources"
    ),
  ])
  func aTableThatIsRefusedIsAFailureInWordsAndRemovesNothing(name: String, refusal: NotionRefusal, says: String) throws
  {
    _ = try hall.mapping()
    _ = try sync([hall.row(1)])
    hall.notion.query = { _, _ in throw refusal }
    for _ in 1...MappingHealth.alarming {
      #expect { _ = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion) } throws: {
        Failure($0).sentence.contains(says)
      }
      hall.now = hall.now + .seconds(1)
    }
    let health = try hall.mappings.health()[0]
    #expect(health.failuresInARow == 3 && health.lastError?.contains(says) == true)
    #expect(try !hall.issues()[0].content.isRemoved)
  }

  @Test func aRevokedTokenIsAFailureInWords() throws {
    _ = try hall.mapping()
    hall.notion.query = { _, _ in throw Failure(.unauthenticated, "Notion refuses our token.") }
    #expect(throws: Failure.self) { try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion) }
    #expect(try hall.mappings.health()[0].lastError == "Notion refuses our token.")
  }

  @Test(arguments: [
    (DiscordRefusal.unknownChannel, 404, "does not exist any more"),
    (DiscordRefusal.missingAccess, 403, "View Channel"),
    (DiscordRefusal.missingPermissions, 403, "Send Messages"),
  ])
  func aClosedChannelIsToldAndWhatWaitedIsPostedWhenItOpens(code: Int, status: Int, says: String) throws {
    _ = try hall.mapping()
    hall.discord.createMessage = { _, _ in throw DiscordRefusal(status: status, code: code, message: "no") }
    _ = try sync([hall.row(1)])
    try hall.work()
    #expect(try hall.mappings.health()[0].lastError?.contains(says) == true)
    // What is not allowed is tried again; what is not there is not, until a full run asks for it anew.
    #expect(try hall.jobs(status == 404 ? "dead" : "ready") == 1)
    hall.discord = channel.client(clock: hall.clock)
    hall.now = hall.now + .seconds(61)
    _ = try sync([hall.row(1)], isFull: true)
    try hall.work()
    #expect(channel.messages.count == 1)
    #expect(try hall.mappings.health()[0].state == .working)
  }
}
