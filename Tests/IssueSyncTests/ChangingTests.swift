import Basics
import Discord
import Jobs
import Notion
import Store
import Testing

@testable import IssueSync

@Suite("Mark as fixed")
struct FixingTests {
  let hall = try! Hall()  // in memory: cannot fail
  let channel = FakeChannel()

  static let nelly = Changing.Person(id: UserID("42")!, name: "Nelly", roles: [])

  /// One open issue whose message stands in the channel.
  private func openIssue() throws -> IssueSync.Issue {
    let mapping = try hall.mapping()
    hall.discord = channel.client(clock: hall.clock)
    hall.notion.query = { [hall] _, _ in RowPage(rows: [hall.row(1)], answeredAt: hall.now) }
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    try hall.work()
    return try #require(hall.issues().first)
  }

  private func press(_ id: String, in guild: GuildID = Hall.guild) throws -> MessageDraft {
    try hall.store.write { try hall.changing.press(.fix, on: id, in: guild, by: Self.nelly, $0) }
  }

  @Test func aClickIsAnsweredAtOnceAndThenMadeTrue() throws {
    let issue = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { [hall] page, properties in
      #expect(page == issue.page)
      #expect(properties == ["st": ["status": ["name": "Fixed"]]])
      return hall.row(1, status: "Fixed")
    }
    let answer = try press(issue.id)
    #expect(answer.buttonLabel == "Marking as fixed…" && answer.text.contains("Nelly"))
    try hall.work()
    #expect(channel.messages.count == 1)
    #expect(channel.messages[0].draft.buttonLabel == "Fixed")
    #expect(channel.messages[0].draft.text.contains("Marked as fixed by Nelly"))
    #expect(try hall.issues()[0].content.isFixed)
  }

  @Test func postingATableLeavesDiscordsLimitsToWhoWaits() throws {
    let issue = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { [hall] _, _ in hall.row(1, status: "Fixed") }
    #expect(hall.shares.withLock { $0.last } == .batch)
    _ = try press(issue.id)
    hall.shares.withLock { $0 = [] }
    try hall.work()
    #expect(hall.shares.withLock { $0 } == [.interactive])
  }

  @Test func aSecondClickMeanwhileChangesNothingMore() throws {
    let issue = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { [hall] _, _ in hall.row(1, status: "Fixed") }
    _ = try press(issue.id)
    let second = try press(issue.id)
    #expect(second.buttonLabel == "Marking as fixed…")
    #expect(try hall.jobs("ready", kind: "issue.change") == 1)
    try hall.work()
    #expect(try press(issue.id).buttonLabel == "Fixed")
  }

  @Test func aRowThatChangedMeanwhileIsNotOverwritten() throws {
    let issue = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1, status: "Blocked") }
    _ = try press(issue.id)
    try hall.work()
    let shown = channel.messages[0].draft
    #expect(shown.text.contains("In Notion it has become “Blocked” since. Press again"))
    #expect(shown.buttonLabel == "Mark as fixed" && shown.embeds[0].fields[0].value == "Blocked")
  }

  @Test func aRowThatIsFixedAlreadyNeedsNoWrite() throws {
    let issue = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1, status: "Fixed") }
    _ = try press(issue.id)
    try hall.work()
    #expect(channel.messages[0].draft.buttonLabel == "Fixed")
  }

  @Test func undoPutsTheStatusBackForTenMinutes() throws {
    let issue = try openIssue()
    let status = Text("Open")
    hall.notion.page = { [hall] _ in hall.row(1, status: status.value) }
    hall.notion.updatePage = { [hall] _, properties in
      status.value = properties["st"]?["status"]?["name"]?.string ?? "?"
      return hall.row(1, status: status.value)
    }
    _ = try press(issue.id)
    try hall.work()
    #expect(channel.messages[0].draft.buttons.map(\.label) == ["Fixed", "Undo", "Open in Notion"])
    let change = try #require(try hall.issues()[0].lastChange)
    let answer = try hall.store.write { try hall.changing.undo(change.id, in: Hall.guild, by: Self.nelly, $0) }
    #expect(answer.text.contains("Putting back to Open… (Nelly)"))
    try hall.work()
    #expect(status.value == "Open" && channel.messages[0].draft.buttonLabel == "Mark as fixed")
    #expect(channel.messages[0].draft.text.contains("Put back to Open by Nelly"))
  }

  /// A change that is done, and could be undone.
  private func fixed() throws -> Change {
    let issue = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { [hall] _, _ in hall.row(1, status: "Fixed") }
    _ = try press(issue.id)
    try hall.work()
    return try #require(try hall.issues()[0].lastChange)
  }

  private func expectTooLate(_ change: Change) {
    #expect {
      _ = try hall.store.write { try hall.changing.undo(change.id, in: Hall.guild, by: Self.nelly, $0) }
    } throws: {
      Failure($0).kind == .conflict
    }
  }

  @Test func undoRunsOutAndLeavesTheMessage() throws {
    let change = try fixed()
    hall.now = hall.now + .seconds(602)
    try hall.work()
    #expect(!channel.messages[0].draft.buttons.contains { $0.label == "Undo" })
    expectTooLate(change)
  }

  @Test func nothingIsUndoneOfARowThatHasGone() throws {
    let change = try fixed()
    try hall.store.write { try $0.run("UPDATE issues SET is_removed = 1 WHERE id = \(change.issue)") }
    expectTooLate(change)
  }

  @Test func assigningAsksOnceWhoOneIs() throws {
    let issue = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { [hall] _, properties in
      #expect(properties == ["as": ["people": [["id": .string(Hall.nellyInNotion.rawValue)]]]])
      return hall.row(1)
    }
    func assign() throws -> Changing.AssignAnswer {
      try hall.store.write { try hall.changing.assignToMe(issue.id, in: Hall.guild, by: Self.nelly, $0) }
    }
    guard case .question(_, let select) = try assign() else {
      Testing.Issue.record("Nelly was not asked who she is")
      return
    }
    #expect(select.options.map(\.label) == ["Nelly Brandt"])
    let text = try hall.store.write {
      try hall.changing.introduce(select.options[0].value, for: issue.id, in: Hall.guild, by: Self.nelly, $0)
    }
    #expect(text.contains("Nelly Brandt"))
    try hall.work()
    #expect(try hall.issues()[0].lastChange?.part == .assignee)
    guard case .message = try assign() else {
      Testing.Issue.record("Nelly was asked twice")
      return
    }
  }

  @Test func onlyTheNamedRolesMayPress() throws {
    let issue = try openIssue()
    try hall.change { $0.pressers = ["@Staff"] }
    #expect { try press(issue.id) } throws: { Failure($0).kind == .denied }
    let staff = Changing.Person(id: UserID("43")!, name: "Maren", roles: [RoleID("77")!])
    let answer = try hall.store.write {
      try hall.changing.press(.status("Blocked"), on: issue.id, in: Hall.guild, by: staff, $0)
    }
    #expect(answer.text.contains("Setting to Blocked… (Maren)"))
  }

  @Test func aRefusalPutsTheOldStateBackWithTheReason() throws {
    let issue = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { _, _ in throw Failure(.unauthenticated, "Notion refuses our token.") }
    _ = try press(issue.id)
    try hall.work()
    let shown = channel.messages[0].draft
    #expect(shown.buttonLabel == "Mark as fixed")
    #expect(shown.text.contains("Not marked as fixed: Notion refuses our token."))
    #expect(try hall.jobs("dead") == 0)  // the person was told, and nobody else has to do anything
  }

  @Test func troubleAtNotionIsWaitedOut() throws {
    let issue = try openIssue()
    let tries = Counter()
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { [hall] _, _ in
      if tries.next() < 3 { throw Failure(.unavailable, "Notion has trouble at the moment.") }
      return hall.row(1, status: "Fixed")
    }
    _ = try press(issue.id)
    try hall.work(for: 15)
    #expect(channel.messages[0].draft.buttonLabel == "Fixed")
  }

  @Test func aButtonOfAnotherServerIsNotFound() throws {
    let issue = try openIssue()
    #expect(throws: Failure.self) { try press(issue.id, in: GuildID("9999")!) }
    #expect(throws: Failure.self) { try press("no-such-issue") }
    #expect(try hall.jobs("ready", kind: "issue.change") == 0)
  }

  @Test func aTrashedIssueSaysSo() throws {
    let issue = try openIssue()
    try hall.store.write { try $0.run("UPDATE issues SET is_removed = 1 WHERE id = \(issue.id)") }
    #expect(try press(issue.id).buttonLabel == "Removed")
    #expect(try hall.jobs("ready", kind: "issue.change") == 0)
  }

  @Test func anAnswerThatDiscordShowsLateDoesNotStay() throws {
    let issue = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { [hall] _, _ in hall.row(1, status: "Fixed") }
    let answer = try press(issue.id)
    try hall.work(for: 1)
    #expect(channel.messages[0].draft.buttonLabel == "Fixed")
    channel.show(answer)
    try hall.work(for: 4)
    #expect(channel.messages[0].draft.buttonLabel == "Fixed")
  }

  @Test func theAnswerToASecondPressDoesNotStayEither() throws {
    let issue = try openIssue()
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { [hall] _, _ in hall.row(1, status: "Fixed") }
    _ = try press(issue.id)
    let second = try press(issue.id)
    try hall.work(for: 4)
    let third = try press(issue.id)
    channel.show(second)
    try hall.work(for: 4)
    #expect(channel.messages[0].draft.buttonLabel == "Fixed" && third.buttonLabel == "Fixed")
  }

  @Test func aReadingThatKnowsNothingOfTheChangeDoesNotUndoIt() throws {
    let issue = try openIssue()
    let asked = hall.now + .milliseconds(600)
    hall.notion.page = { [hall] _ in hall.row(1) }
    hall.notion.updatePage = { [hall] _, _ in
      hall.now = hall.now + .seconds(1)  // the table is read while Notion works on the change
      return hall.row(1, status: "Fixed")
    }
    _ = try press(issue.id)
    try hall.work(for: 2)
    hall.now = asked
    hall.notion.query = { [hall] _, _ in RowPage(rows: [hall.row(1)], answeredAt: hall.now) }
    _ = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
    #expect(try hall.issues()[0].content.isFixed)
  }

  @Test func aChangeThatEndsItsProgramEveryTimePutsTheOldStateBack() throws {
    let issue = try openIssue()
    _ = try press(issue.id)
    for crash in 1...5 {
      try hall.store.write { transaction in
        try transaction.run(
          """
          UPDATE jobs SET state = 'running', owner = '1:0', boot_id = 'another', lease_until = \(crash)
          WHERE kind = 'issue.change'
          """)
      }
      try JobRunner(queue: hall.queue, kinds: [hall.changing.kind]).drain(threads: 1, until: Timestamp(milliseconds: 0))
    }
    #expect(try hall.jobs("dead") == 1)
    #expect(try hall.issues()[0].notice?.contains("The program that worked on this was ended") == true)
  }
}

@Suite("Delivering messages")
struct DeliveringTests {
  let hall = try! Hall()  // in memory: cannot fail
  let channel = FakeChannel()

  private func sync(_ rows: [Page]) throws {
    let mapping = try hall.mappings.list().first ?? hall.mapping()
    hall.notion.query = { [hall] _, _ in RowPage(rows: rows, answeredAt: hall.now) }
    _ = try hall.syncing.run(mapping, notion: hall.notion)
  }

  @Test(arguments: [3, 70, 400])
  func aLostAnswerNeverMakesASecondMessage(secondsLater: Int) throws {
    _ = try hall.mapping()
    let losses = Counter()
    hall.discord = channel.client(clock: hall.clock) { losses.next() == 1 }
    try sync([hall.row(1)])
    try hall.work(for: 0)
    #expect(try hall.jobs("unknown") == 1)
    hall.now = hall.now + .seconds(secondsLater)
    try hall.work(for: 5)
    #expect(channel.messages.count == 1)
    #expect(try hall.jobs("done") == 1)
  }

  @Test(arguments: [3, 70, 400])
  func whatChangedAfterALostAnswerIsShown(secondsLater: Int) throws {
    _ = try hall.mapping()
    let losses = Counter()
    hall.discord = channel.client(clock: hall.clock) { losses.next() == 1 }
    try sync([hall.row(1)])
    try hall.work(for: 0)
    hall.now = hall.now + .seconds(secondsLater)
    try sync([hall.row(1, "Changed meanwhile")])
    try hall.work(for: 5)
    #expect(channel.messages.count == 1)
    #expect(channel.messages[0].draft.text.contains("Changed meanwhile"))
  }

  /// Killed at any moment, the next program knows with which nonce it may have been posted.
  @Test func thatAMessageIsWantedIsKnownBeforeAnythingIsCalled() throws {
    _ = try hall.mapping()
    let seen = Mutex<[String]>([])
    hall.discord.createMessage = { [hall] _, draft in
      let nonces = try hall.store.read {
        try $0.all(LivingMessage.self, "SELECT * FROM discord_messages WHERE message_id IS NULL").map(\.nonce)
      }
      seen.withLock { $0 += nonces + [draft.nonce ?? ""] }
      return Message(id: MessageID("5")!)
    }
    try sync([hall.row(1)])
    try hall.work(for: 0)
    let nonces = seen.withLock { $0 }
    #expect(nonces.count == 2 && Set(nonces).count == 1)
  }

  /// Killed between the claim and the call, or between the call and its answer.
  @Test(arguments: [false, true], [3, 70, 400])
  func aProgramThatWasKilledPostedOnceAtTheMost(hasPosted: Bool, secondsLater: Int) throws {
    _ = try hall.mapping()
    try sync([hall.row(1)])
    let real = channel.client(clock: hall.clock)
    hall.discord.createMessage = { [hall] channel, draft in
      if hasPosted { _ = try real.createMessage(channel, draft) }
      for table in Self.tables {
        try hall.store.write {
          try $0.run("CREATE TABLE \(identifier: "kept_" + table) AS SELECT * FROM \(identifier: table)")
        }
      }
      throw Failure(.busy(retryAfter: .seconds(1)), "Killed here.")
    }
    try hall.work(for: 0)
    try hall.store.write { transaction throws in
      for table in Self.tables {
        try transaction.run("DELETE FROM \(identifier: table)")
        try transaction.run("INSERT INTO \(identifier: table) SELECT * FROM \(identifier: "kept_" + table)")
      }
      try transaction.run("UPDATE jobs SET boot_id = 'before' WHERE state = 'running'")
    }
    hall.discord = real
    hall.now = hall.now + .seconds(secondsLater)
    try hall.work(for: 5)
    #expect(channel.messages.count == 1)
    #expect(try hall.jobs("done") == 1)
    #expect(try hall.store.read { try $0.value(Int.self, "SELECT count(message_id) FROM discord_messages") } == 1)
  }

  private static let tables = ["jobs", "discord_messages"]

  @Test func anIssueThatIsGoneWhenItsTurnComesLeavesNothing() throws {
    _ = try hall.mapping()
    try sync([hall.row(1)])
    try hall.store.write { try $0.run("UPDATE issues SET is_removed = 1") }
    try hall.work(for: 0)
    #expect(try hall.jobs("done") == 1)
    #expect(try hall.store.read { try $0.value(Int.self, "SELECT count(*) FROM discord_messages") } == 0)
  }

  @Test func anAttemptThatMetALimitLeavesNothingToLookFor() throws {
    _ = try hall.mapping()
    let tries = Counter()
    let client = channel.client(clock: hall.clock)
    hall.discord = client
    hall.discord.createMessage = { id, draft in
      if tries.next() == 1 {
        throw Failure(.busy(retryAfter: .seconds(90)), "Discord allows no more calls at the moment.")
      }
      return try client.createMessage(id, draft)
    }
    hall.discord.messagesAfter = { _, _ in throw Failure(.unexpected, "nobody has to look") }
    try sync([hall.row(1)])
    try hall.work(for: 0)
    hall.now = hall.now + .seconds(91)
    try hall.work(for: 1)
    #expect(channel.messages.count == 1)
  }

  @Test func aMessageDeletedByHandComesBackWithTheNextChange() throws {
    _ = try hall.mapping()
    hall.discord = channel.client(clock: hall.clock)
    try sync([hall.row(1)])
    try hall.work()
    channel.deleteAll()
    try sync([hall.row(1, "Changed")])
    try hall.work()
    #expect(channel.messages.count == 1 && channel.messages[0].draft.text.contains("Changed"))
  }

  @Test(arguments: [Failure.Kind.unauthenticated, .denied])
  func aRefusedTokenOrPermissionKeepsTheWishAlive(_ kind: Failure.Kind) throws {
    _ = try hall.mapping()
    hall.discord.createMessage = { _, _ in throw Failure(kind, "Discord refuses our token.") }
    try sync([hall.row(1)])
    try hall.work()
    #expect(try hall.jobs("ready") == 1 && hall.jobs("dead") == 0)
    hall.discord = channel.client(clock: hall.clock)
    hall.now = hall.now + .seconds(61)
    try hall.work()
    #expect(channel.messages.count == 1)
  }

  @Test func aChannelThatIsGoneMakesTheJobVisiblyDead() throws {
    _ = try hall.mapping()
    hall.discord.createMessage = { _, _ in
      throw DiscordRefusal(status: 404, code: DiscordRefusal.unknownChannel, message: "Unknown Channel")
    }
    try sync([hall.row(1)])
    try hall.work()
    #expect(try hall.jobs("dead") == 1)
  }
}

import Synchronization

final class Text: Sendable {
  private let text: Mutex<String>
  init(_ text: String) { self.text = Mutex(text) }
  var value: String {
    get { text.withLock { $0 } }
    set { text.withLock { $0 = newValue } }
  }
}

final class Counter: Sendable {
  private let count = Mutex(0)
  func next() -> Int {
    count.withLock {
      $0 += 1; return $0
    }
  }
}
