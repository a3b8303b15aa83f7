import Basics
import Discord
import Testing

@testable import IssueSync

@Suite("Templates of a message")
struct TemplateTests {
  private func content(number: String = "LK-1", title: String = "Door", labels: String = "", due: String = "")
    -> IssueSync.Issue.Content
  {
    IssueSync.Issue.Content(
      title: title, number: number, status: "Open", priority: "P1", assignee: "", labels: labels, due: due,
      summary: "It *is*",
      url: "", isFixed: false, isClosed: false, isRemoved: false, reportedAt: Timestamp(milliseconds: 0),
      editedAt: Timestamp(milliseconds: 0))
  }

  @Test(arguments: [
    ("{number} · {title}", "LK-1 · Door"), ("{title} · {labels}", "Door"), ("{labels} · {title}", "Door"),
    ("**{status}** by {assignee}", "**Open** by"), ("{description}", "It \\*is\\*"),
    ("- {labels}\n- {status}", "- Open"),
    ("{title} ({due})", "Door"), ("{title} ({due}), {status}", "Door, Open"), ("({due}) {title}", "Door"),
    ("{title} ({priority})", "Door (P1)"), ("f() {due}{title}", "f() Door"),
    ("Plain\n{labels}{due}\nend", "Plain\nend"), ("{title}: {status}!", "Door: Open!"), ("{due}", ""),
  ])
  func areFilledIn(text: String, expected: String) throws {
    #expect(try Template(text, maximumLines: 10, maximumCharacters: 1000).filled(content()) == expected)
  }

  @Test func whatIsFilledInIsNeverATemplateItself() throws {
    let template = try Template("{title}", maximumLines: 1, maximumCharacters: 200)
    #expect(template.filled(content(title: "{status} {")) == "{status} {")
  }

  @Test(arguments: ["{", "{}", "{Title}", "{title", "a {b} c"])
  func whatIsNoPartIsRefused(text: String) {
    #expect { try Template(text, maximumLines: 1, maximumCharacters: 200) } throws: { Failure($0).kind == .invalid }
  }

  @Test func aMessageNeverGrowsOverDiscordsLimits() {
    let long = String(repeating: "👩‍👩‍👧‍👦*", count: 3000)
    let embed = Embed(
      title: long, url: nil, description: long, color: 0, fields: (1...40).map { Embed.Field("\($0)\(long)", long) },
      footer: long)
    let total =
      embed.title.utf16.count + embed.description.utf16.count + embed.footer.text.utf16.count
      + embed.fields.reduce(0) { $0 + $1.name.utf16.count + $1.value.utf16.count }
    #expect(total <= 6000 && embed.fields.count <= 25 && !embed.fields.isEmpty)
  }
}
