import Basics
import Discord
import Store
import Testing

@testable import IssueSync

@Suite("Drawing an issue")
struct DrawingTests {
  private func draw(
    title: String = "Door stuck", summary: String = "", status: String = "Open", url: String = "https://notion.so/x",
    change: String? = nil
  ) throws -> MessageDraft {
    let hall = try Hall()
    let mapping = try hall.mapping()
    try hall.store.write { transaction in
      try transaction.run(
        """
        INSERT INTO issues (id, mapping_id, guild_id, page_id, title, number, status, priority, assignee, labels, due,
          summary, url, is_fixed, is_removed, reported_at, edited_at, read_at)
        VALUES ('i1', \(mapping.id), \(mapping.guild), '00000000-0000-4000-8000-000000000001', \(title), 'LK-1', \(status),
          'P1', '', 'ui, net', '', \(summary), \(url), \(status == "Fixed"), 0, 1000, 1000, 1000)
        """)
      if let change { try transaction.run("UPDATE issues SET notice = \(change)") }
    }
    return try hall.issues()[0].drawn(under: mapping, at: hall.now)
  }

  @Test func whatPeopleWroteIsNeverMarkup() throws {
    let text = try draw(title: "**@everyone** <@123> [x](http://evil)", summary: "# not a heading\n> nor a quote").text
    #expect(text.contains("\\*\\*\\@everyone"))
    #expect(text.contains("\\<\\@123>") && text.contains("\\[x\\](http"))
    #expect(text.contains("\\# not a heading") && text.contains("\\> nor a quote"))
  }

  @Test func everyTextFitsDiscordsLimits() throws {
    let long = String(repeating: "👩‍👩‍👧‍👦 wörd ", count: 600)
    let embed = try draw(title: long, summary: long).embeds[0]
    #expect(embed.title.utf16.count <= 256 && embed.description.utf16.count <= 4096)
  }

  @Test func mentionsAreAlwaysSwitchedOff() throws {
    let json = try JSON.decode(JSONValue.self, from: JSON.encode(draw()))
    #expect(json["allowed_mentions"] == ["parse": []])
  }

  @Test(arguments: [("Open", "Mark as fixed", false), ("Fixed", "Fixed", true)])
  func theButtonTellsTheState(status: String, label: String, isDisabled: Bool) throws {
    let button = try draw(status: status).buttons[0]
    #expect(button.label == label && button.isDisabled == isDisabled)
    #expect(button.action == .press(customID: CustomID(action: "issue.fix", id: "i1"), .success))
  }

  @Test func anAddressThatIsNoneMakesNoButton() throws {
    #expect(try !draw(url: "").buttons.contains { $0.label == "Open in Notion" })
    #expect(try draw(url: "javascript:alert(1)").embeds[0].url == nil)
  }

  @Test func aTitleMayHoldTheNameOfAPart() throws {
    #expect(try draw(title: "{status} and {nothing}").embeds[0].title == "LK-1 · {status} and {nothing}")
  }

  @Test func aNoticeIsShown() throws {
    #expect(try draw(change: "Not marked as fixed: no.").text.contains("⚠ Not marked as fixed: no."))
  }
}
