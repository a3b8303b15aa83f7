import Basics
import Discord
import Notion
import Testing

@testable import IssueSync

@Suite("Mappings")
struct MappingTests {
  let hall = try! Hall()  // in memory: cannot fail

  @Test func rolesAreGuessedFromNamesAndTypes() throws {
    let roles = try Roles(guessing: DataSource(id: Hall.source, columns: Hall.columns))
    #expect(roles.title.id == "title" && roles.status.id == "st" && roles.priority?.id == "pr")
    #expect(roles.assignee?.id == "as" && roles.summary?.id == "de" && roles.number?.id == "no" && roles.labels == nil)
  }

  @Test(arguments: [
    (["Not started", "Done"], "Done"), (["Fixed", "Done"], "Fixed"), (["open", "RESOLVED"], "RESOLVED"),
    (["Open", "Shipped it"], nil),
  ])
  func theFixedOptionIsGuessed(options: [String], expected: String?) {
    let column = Column(id: "s", name: "Status", type: "status", options: options.map { Column.Option(name: $0) })
    #expect(column.guessFixedOption() == expected)
  }

  @Test func aTableWithoutStatusIsRefusedInWords() {
    let columns = ["Name": Column(id: "title", name: "Name", type: "title")]
    #expect { try Roles(guessing: DataSource(id: Hall.source, columns: columns)) } throws: {
      Failure($0).sentence.contains("no status column")
    }
  }

  @Test func theSameTableCannotBeMappedToTheSameChannelTwice() throws {
    _ = try hall.mapping()
    #expect { _ = try hall.mapping() } throws: { Failure($0).kind == .conflict }
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
    hall.discord.channel = { _ in try JSON.decode(Channel.self, from: #"{"id":"2000","type":0,"guild_id":"1000"}"#) }
    hall.notion.database = { id in
      Database(id: id, dataSources: try JSON.decode([Database.Source].self, from: """
        [{"id":"11111111-1111-4111-8111-111111111111","name":"A"},{"id":"33333333-3333-4333-8333-333333333333","name":"B"}]
        """))
    }
    let wish = Mappings.Wish(connection: "workspace", database: Hall.database, channel: Hall.channel)
    #expect { _ = try hall.mappings.add(wish, notion: hall.notion, discord: hall.discord) } throws: {
      Failure($0).sentence.contains("A (1111") && Failure($0).sentence.contains("B (3333")
    }
  }
}
