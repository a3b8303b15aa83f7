import Basics
import Discord
import Notion
import Testing

@testable import IssueSync

@Suite("Mappings")
struct MappingTests {
  let hall = try! Hall()  // in memory: cannot fail

  @Test func rolesAreGuessedFromNamesAndTypes() throws {
    let survey = TableSurvey(DataSource(id: Hall.source, columns: Hall.columns), of: Hall.database)
    #expect(
      survey.columnsByPart == [
        .title: "title", .status: "st", .priority: "pr", .assignee: "as", .summary: "de", .number: "no", .labels: "la",
      ])
    #expect(survey.fixed == "Fixed" && survey.closed == ["Won't fix"] && survey.statusOptions.count == 4)
  }

  @Test(arguments: [
    (["Not started", "Done"], "Done"), (["Fixed", "Done"], "Fixed"), (["open", "RESOLVED"], "RESOLVED"),
    (["Open", "Shipped it"], nil),
  ])
  func theFixedOptionIsGuessed(options: [String], expected: String?) {
    let column = Column(id: "s", name: "Status", type: "status", options: options.map { Column.Option(name: $0) })
    #expect(column.guessFixedOption() == expected)
  }

  @Test(arguments: [
    // A group by its name, the last one when people renamed it, and by their sound where there are no groups.
    (["To-do", "Complete", "Later"], ["c", "d"]), (["To-do", "Later", "Over"], ["e"]), ([], ["Won't fix"]),
  ])
  func theOptionsThatEndAnIssueAreGuessed(groups: [String], expected: [String]) {
    let members = [["a"], ["c", "d"], ["e"]]
    let column = Column(
      id: "s", name: "Status", type: "status",
      options: ["a", "c", "d", "e", "Won't fix"].map { .init(id: $0, name: $0) },
      groups: zip(groups, members).map { .init(name: $0, options: $1) })
    #expect(column.guessClosedOptions() == expected)
  }

  @Test func theSameTableCannotBeMappedToTheSameChannelTwice() throws {
    _ = try hall.mapping()
    #expect { _ = try hall.mapping() } throws: {
      ($0 as? WishProblems)?.sentences["channel"]?.contains("already") == true
    }
    #expect(try hall.mappings.list().count == 1)
  }

  @Test func removingForgetsTheIssuesToo() throws {
    let mapping = try hall.mapping()
    hall.notion.query = { [hall] _, _ in RowPage(rows: [hall.row(1)], answeredAt: hall.now) }
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    try hall.mappings.remove(mapping.id)
    #expect(try hall.issues().isEmpty)
    try hall.work()
    #expect(try hall.jobs("dead") == 0)
    #expect(throws: Failure.self) { try hall.mappings.remove(mapping.id) }
  }

  @Test func aDatabaseWithSeveralSourcesAsksWhich() throws {
    hall.notion.database = { id in
      Database(
        id: id,
        dataSources: try JSON.decode(
          [Database.Source].self,
          from: """
            [{"id":"11111111-1111-4111-8111-111111111111","name":"A"},{"id":"33333333-3333-4333-8333-333333333333","name":"B"}]
            """))
    }
    #expect { _ = try hall.mapping { $0.dataSource = "" } } throws: {
      let sentence = ($0 as? WishProblems)?.sentences["database"] ?? ""
      return sentence.contains("A (1111") && sentence.contains("B (3333")
    }
    #expect(try hall.mappings.dataSources(of: Hall.database.rawValue, connection: "workspace").count == 2)
  }

  @Test func whatWasDecidedComesBackAsAWish() throws {
    let mapping = try hall.mapping { wish in
      wish.columns = [.labels: "", .priority: "Labels", .due: ""]
      wish.closed = ["Blocked"]
      wish.filter = [.init(column: "Labels", isNot: true, values: ["ui", ""])]
      wish.watched = ["status", "description"]
      wish.pressers = ["77"]
      wish.calls = ["ui": ["@Players"], "*": ["Staff"]]
      wish.heading = "{title}"
      wish.body = "**{status}**\n{description}"
      wish.lost = "forget"
    }
    let wish = mapping.wish
    #expect(wish.columns[.priority] == "la" && wish.columns[.labels] == "" && wish.columns[.status] == "st")
    #expect(wish.closed == ["Blocked"] && wish.filter == [.init(column: "la", isNot: true, values: ["ui", ""])])
    #expect(wish.calls == ["ui": ["78"], "*": ["77"]] && wish.pressers == ["77"] && wish.lost == "forget")
    let again = try hall.change { _ in }
    #expect(again.wish == wish && again.rules == mapping.rules && again.roles == mapping.roles)
    #expect(try again.revision == mapping.revision && hall.jobs("ready", kind: "issue.redraw") == 0)
    #expect(try hall.change { $0.heading = "Issue: {title}" }.revision == mapping.revision + 1)
    #expect(try hall.jobs("ready", kind: "issue.redraw") == 1)
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    let field: String
    let says: String
    let make: @Sendable (inout MappingWish) -> Void
    var testDescription: String { "\(field): \(says)" }
  }

  @Test(arguments: [
    Mistake(field: "database", says: "no id or address") { $0.database = "bugs" },
    Mistake(field: "data_source", says: "no id of a data source") { $0.dataSource = "bugs" },
    Mistake(field: "channel", says: "no id of a Discord channel") { $0.channel = "#bugs" },
    Mistake(field: "column.priority", says: "has no column “Weight”. It has: Assignee") {
      $0.columns = [.priority: "Weight"]
    },
    Mistake(field: "column.status", says: "type Status or Select") { $0.columns = [.status: "Name"] },
    Mistake(field: "column.status", says: "no status column") { $0.columns = [.status: ""] },
    Mistake(field: "column.title", says: "first column") { $0.columns = [.title: "Status"] },
    Mistake(field: "column.title", says: "needs its title") { $0.columns = [.title: ""] },
    Mistake(field: "fixed", says: "“Finished” is no option of “Status”. It has: Open, Blocked") {
      $0.fixed = "Finished"
    },
    Mistake(field: "closed", says: "“Later” is no option") { $0.closed = ["Blocked", "Later"] },
    Mistake(field: "filter", says: "has no column “Team”") { $0.filter = [.init(column: "Team", values: ["a"])] },
    Mistake(field: "filter", says: "“crash” is no option of “Labels”") {
      $0.filter = [.init(column: "Labels", values: ["crash"])]
    },
    Mistake(field: "filter", says: "Name a value") { $0.filter = [.init(column: "Labels", values: [])] },
    Mistake(field: "filter", says: "Ten conditions") {
      $0.filter = (0...10).map { _ in .init(column: "Labels", values: ["ui"]) }
    },
    Mistake(field: "watched", says: "There is no “colour”") { $0.watched = ["colour"] },
    Mistake(field: "pressers", says: "no role “Kings”") { $0.pressers = ["Kings"] },
    Mistake(field: "calls", says: "“P9” is no option of “Priority”") { $0.calls = ["P9": ["77"]] },
    Mistake(field: "calls", says: "no role “76”") { $0.calls = ["P0": ["76"]] },
    Mistake(field: "calls", says: "has no priority") {
      $0.calls = ["P0": ["77"]]; $0.columns = [.priority: ""]
    },
    Mistake(field: "heading", says: "“{colour}” is no part of an issue. There are {title}") { $0.heading = "{colour}" },
    Mistake(field: "heading", says: "not closed") { $0.heading = "{title" },
    Mistake(field: "heading", says: "One line at most") { $0.heading = "{title}\n{status}" },
    Mistake(field: "heading", says: "Write something") { $0.heading = "  " },
    Mistake(field: "body", says: "1000 characters at most") { $0.body = String(repeating: "long ", count: 201) },
    Mistake(field: "body", says: "10 lines at most") { $0.body = String(repeating: "{status}\n", count: 10) },
    Mistake(field: "lost", says: "repost, forget") { $0.lost = "cry" },
  ])
  func aMistakeIsToldAtItsField(mistake: Mistake) throws {
    #expect { _ = try hall.mapping(mistake.make) } throws: { error in
      let sentences = (error as? WishProblems)?.sentences ?? [:]
      return sentences.count == 1 && sentences[mistake.field]?.contains(mistake.says) == true
    }
    #expect(try hall.mappings.list().isEmpty)
  }

  @Test func allMistakesAreToldAtOnce() throws {
    #expect {
      _ = try hall.mapping { wish in
        wish.channel = "x"
        wish.fixed = "x"
        wish.heading = "{x}"
        wish.columns = [.due: "x"]
        wish.lost = "x"
      }
    } throws: { error in
      (error as? WishProblems)?.sentences.keys.sorted() == ["channel", "column.due", "fixed", "heading", "lost"]
    }
  }

  @Test func troubleElsewhereIsNoMistakeOfTheWish() throws {
    try hall.looking {
      hall.discord.channel = { _ in throw Failure(.unavailable, "Discord has trouble at the moment.") }
      #expect { _ = try hall.mappings.add(hall.wish()) } throws: {
        Failure($0).kind == .unavailable && !($0 is WishProblems)
      }
      hall.discord.channel = { _ in
        throw DiscordRefusal(status: 403, code: DiscordRefusal.missingAccess, message: "Missing Access")
      }
      #expect { _ = try hall.mappings.add(hall.wish()) } throws: {
        ($0 as? WishProblems)?.sentences["channel"]?.contains("View Channel") == true
      }
    }
  }

  @Test func aPreviewIsOfARealRowAndKeepsNothing() throws {
    try hall.looking {
      hall.notion.query = { [hall] _, query in
        #expect(query.isNewestFirst && query.filter?["and"]?.array?.count == 3)
        return RowPage(rows: [hall.row(1, "Other", labels: ["net"]), hall.row(2, "This **one**", labels: ["ui"])])
      }
      var wish = hall.wish()
      wish.filter = [.init(column: "Labels", values: ["ui"])]
      wish.heading = "{title} ({status})"
      wish.body = "in {labels}"
      let embed = try hall.mappings.preview(wish).embeds[0]
      #expect(embed.title == "This \\*\\*one\\*\\* (Open)" && embed.description.hasPrefix("in ui\n\nReported"))
      #expect(embed.fields.isEmpty, "what the templates place is not repeated")
      hall.notion.query = { _, _ in RowPage(rows: []) }
      #expect { _ = try hall.mappings.preview(wish) } throws: { Failure($0).kind == .notFound }
    }
    #expect(try hall.mappings.list().isEmpty && hall.issues().isEmpty && hall.jobs("ready") == 0)
  }

  @Test func aPausedMappingIsLeftAloneAndGoesOn() throws {
    let mapping = try hall.mapping()
    try hall.mappings.pause(mapping.id)
    #expect(try hall.mappings.find(mapping.id).isPaused && hall.mappings.health()[0].state == .paused)
    #expect(try hall.store.write { try hall.rereading.request(isFull: false, $0) } == 0)
    try hall.mappings.resume(mapping.id)
    #expect(try hall.store.write { try hall.rereading.request(isFull: false, $0) } == 1)
    #expect { try hall.mappings.pause("nobody") } throws: { Failure($0).kind == .notFound }
  }

  @Test func rulesOfAnOlderVersionAreRead() throws {
    let text =
      #"{"lostMessages":"forget","pressers":[],"calls":{},"watched":["status"],"heading":"{number} {nothing}"}"#
    let rules = try JSON.decode(Rules.self, from: text)
    #expect(rules.lostMessages == .forget && rules.filter.conditions.isEmpty && rules.body.text == "{description}")
  }

  @Test func newRulesReachTheOpenMessagesAtOnceAndTheTableIsComparedAgain() throws {
    let channel = FakeChannel()
    let mapping = try hall.mapping()
    hall.discord = channel.client(clock: hall.clock)
    hall.notion.query = { [hall] _, _ in RowPage(rows: [hall.row(1)], answeredAt: hall.now) }
    _ = try hall.syncing.run(mapping, notion: hall.notion)
    try hall.work()
    try hall.change { $0.heading = "Issue: {title}" }
    try hall.work()
    #expect(channel.messages[0].draft.embeds[0].title == "Issue: Door stuck" && channel.edits == 1)
    let scopes = Asked()
    hall.notion.query = { [hall] _, query in
      scopes.add(.string(query.order.rawValue))
      return RowPage(rows: [hall.row(1)], answeredAt: hall.now)
    }
    for _ in 1...2 { _ = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion) }
    #expect(scopes.filters == ["created_time", "last_edited_time"], "everything once, then edits again")
    try hall.work()
    #expect(channel.edits == 1 && channel.messages.count == 1)
  }
}
