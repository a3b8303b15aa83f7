import Basics
import Discord
import Notion
import Store
import Testing

@testable import IssueSync

@Suite("The story of an issue")
struct IssueStoryTests {
  let hall = try! Hall()  // in memory: cannot fail

  static let nelly = Changing.Person(id: UserID("42")!, name: "Nelly", roles: [], from: .panel)

  private func openIssue() throws -> (IssueSync.Issue, Mapping) {
    let mapping = try hall.mapping()
    hall.discord = FakeChannel().client(clock: hall.clock)
    hall.notion.query = { [hall] _, _ in RowPage(rows: [hall.row(1)], answeredAt: hall.now) }
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    try hall.work()
    return (try #require(hall.issues().first), mapping)
  }

  private func story(_ id: String, in guild: GuildID = Hall.guild) throws -> IssueStory {
    try hall.store.read { try IssueStory(id, in: guild, at: hall.now, $0) }
  }

  private func told(_ story: IssueStory) -> [String] {
    story.events.map { event in
      switch event {
      case .reported: "reported"
      case .change(let change):
        "\(change.personName) \(change.origin) \(change.before)>\(change.after) \(change.reason ?? "")"
      case .edit(let edit): "\(edit.what) \(edit.before)>\(edit.after)"
      }
    }
  }

  @Test func editsInNotionAreTold() throws {
    let (issue, mapping) = try openIssue()
    hall.now = hall.now + .seconds(600)
    hall.notion.query = { [hall] _, _ in
      RowPage(rows: [hall.row(1, "Door is stuck", status: "Blocked")], answeredAt: hall.now)
    }
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    let told = told(try story(issue.id))
    #expect(told.count == 3 && told.last == "reported")
    #expect(told.contains("part(IssueSync.Part.status) Open>Blocked"))
    #expect(told.contains("part(IssueSync.Part.title) Door stuck>Door is stuck"))
  }

  @Test func aChangeFromThePanelIsToldOnceWithWhoAndWhere() throws {
    let (issue, _) = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { [hall] _, _ in hall.row(1, status: "Fixed") }
    _ = try hall.store.write { try hall.changing.press(.fix, on: issue.id, in: Hall.guild, by: Self.nelly, $0) }
    #expect(try story(issue.id).pending != nil)
    try hall.work()
    let done = try story(issue.id)
    #expect(told(done) == ["Nelly panel Open>Fixed ", "reported"])
    #expect(done.pending == nil && done.undoable?.after == "Fixed" && done.fixedAt != nil && done.message != nil)
    hall.now = hall.now + .seconds(601)
    #expect(try story(issue.id).undoable == nil)
  }

  @Test func aRefusalIsToldWithItsReason() throws {
    let (issue, _) = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1, status: "Blocked") }
    _ = try hall.store.write { try hall.changing.press(.fix, on: issue.id, in: Hall.guild, by: Self.nelly, $0) }
    try hall.work()
    let told = told(try story(issue.id))
    #expect(told.contains { $0.hasPrefix("Nelly panel Open>Fixed In Notion it has become “Blocked” since.") })
    #expect(told.contains("part(IssueSync.Part.status) Open>Blocked"))
  }

  @Test func anIssueOfAnotherServerIsNotFound() throws {
    let (issue, _) = try openIssue()
    for (id, guild) in [(issue.id, GuildID("77")!), ("x", Hall.guild), ("", Hall.guild)] {
      #expect { try story(id, in: guild) } throws: { Failure($0).kind == .notFound }
    }
  }

  @Test func anAssigneeIsPutBackToWhoItWas() throws {
    let (issue, mapping) = try openIssue()
    try hall.store.write { transaction in
      try transaction.run("DELETE FROM notion_people")
      for (id, name) in [
        ("33333333-3333-4333-8333-333333333333", "Nelly Brandt"), ("44444444-4444-4444-8444-444444444444", "Zoë"),
      ] {
        try transaction.run("INSERT INTO notion_people VALUES (\(mapping.connection), \(id), \(name))")
      }
      try transaction.run("UPDATE issues SET assignee = 'Zoë'")
      try hall.changing.assign(
        issue.id, to: "33333333-3333-4333-8333-333333333333", in: Hall.guild, by: Self.nelly, transaction)
    }
    let change = try #require(try story(issue.id).pending)
    #expect((change.before, change.after) == ("Zoë", "Nelly Brandt"))
    try hall.store.write { transaction in
      try transaction.run("UPDATE issue_changes SET state = 'done', finished_at = \(hall.now)")
      try transaction.run("UPDATE issues SET assignee = 'Nelly Brandt'")
      _ = try hall.changing.undo(change.id, in: Hall.guild, by: Self.nelly, transaction)
    }
    let back = try #require(try story(issue.id).pending)
    #expect(back.after == "Zoë" && back.target == "44444444-4444-4444-8444-444444444444")
  }

  @Test func somebodyWhomNotionDoesNotKnowIsNotAssigned() throws {
    let (issue, _) = try openIssue()
    #expect {
      try hall.store.write { try hall.changing.assign(issue.id, to: "nobody", in: Hall.guild, by: Self.nelly, $0) }
    } throws: { Failure($0).kind == .conflict }
  }
}
