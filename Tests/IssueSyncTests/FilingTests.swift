import Basics
import Discord
import Jobs
import Notion
import Store
import Synchronization
import Testing

@testable import IssueSync

@Suite("Filing an issue")
struct FilingTests {
  let hall = try! Hall()  // in memory: cannot fail
  let channel = FakeChannel()

  /// Notion with one table: remembers the rows that were made.
  private final class Table: Sendable {
    private let rows = Mutex<[[String: JSONValue]]>([])
    var made: [[String: JSONValue]] { rows.withLock { $0 } }

    func client(_ hall: Hall, losesAnswers: @escaping @Sendable () -> Bool = { false }) -> NotionClient {
      var client = NotionClient.failing
      client.createPage = { [self] _, properties in
        rows.withLock { $0.append(properties) }
        if losesAnswers() { throw Failure(.outcomeUnknown, "Notion did not answer.") }
        return hall.row(made.count, "Filed")
      }
      client.query = { [self] _, query in
        let key = query.filter?["rich_text"]?["contains"]?.string ?? "?"
        let found = try made.contains { try JSON.text($0).contains(key) }
        return RowPage(rows: found ? [hall.row(1, "Filed")] : [])
      }
      return client
    }
  }

  private func file(_ title: String) throws {
    _ = try hall.mapping()
    hall.discord = channel.client(clock: hall.clock)
    try hall.store.write { transaction in
      let mapping = try hall.filing.mapping(for: Hall.channel, in: Hall.guild, transaction)
      try hall.filing.file(title: title, summary: "It is stuck.", by: FixingTests.nelly, under: mapping, transaction)
    }
  }

  @Test func makesOneRowAndItsMessage() throws {
    let table = Table()
    try file("Door\nstuck")
    hall.notion = table.client(hall)
    try hall.work()
    #expect(table.made.count == 1 && channel.messages.count == 1)
    #expect(table.made[0]["title"]?["title"]?[0]?["text"]?["content"] == "Door stuck")
    #expect(
      table.made[0]["de"]?["rich_text"]?[0]?["text"]?["content"]?.string?.contains("Filed from Discord by Nelly (GH-")
        == true)
  }

  @Test func aLostAnswerMakesNoSecondRow() throws {
    let table = Table()
    let losses = Counter()
    try file("Door stuck")
    hall.notion = table.client(hall) { losses.next() == 1 }
    try hall.work(for: 8)
    #expect(table.made.count == 1 && channel.messages.count == 1)
    #expect(try hall.jobs("dead") == 0)
  }

  @Test(arguments: [2000, 2001, 5000])
  func aLongTitleIsSentInPiecesThatNotionTakes(length: Int) throws {
    let table = Table()
    try file(String(repeating: "é", count: length - 1) + "😀")
    hall.notion = table.client(hall)
    try hall.work()
    let pieces = table.made[0]["title"]?["title"]?.array?.compactMap { $0["text"]?["content"]?.string } ?? []
    #expect(!pieces.isEmpty && pieces.allSatisfy { $0.utf16.count <= 2000 } && pieces.joined().utf16.count <= 2000)
  }

  @Test(arguments: ["", "  \n "])
  func aTitleOfNothingIsRefused(title: String) throws {
    #expect { try file(title) } throws: { Failure($0).sentence == "An issue needs a title." }
    #expect(try hall.jobs("ready") == 0)
  }

  @Test func withoutAMappingNobodyKnowsWhere() throws {
    #expect {
      _ = try hall.store.read { try hall.filing.mapping(for: Hall.channel, in: Hall.guild, $0) }
    } throws: { Failure($0).kind == .notFound }
  }
}
