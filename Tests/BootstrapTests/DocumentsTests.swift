import Bootstrap
import Discord
import Foundation
import Settings
import Testing

/// What the documents say of settings and permissions is what the programs take.
@Suite struct DocumentsTests {
  @Test func operationsListsEverySetting() throws {
    let expected =
      (["| setting | written as | by default | what it is |", "|---|---|---|---|"] + Premises.entries.map(Self.line))
      .joined(separator: "\n")
    let text = try document("docs/operations.md")
    let start = try #require(text.range(of: "<!-- settings: kept in step by a test -->\n"))
    let end = try #require(text.range(of: "\n<!-- end of settings -->"))
    #expect(text[start.upperBound..<max(start.upperBound, end.lowerBound)] == expected)
  }

  @Test func theExampleHoldsNothingButSettings() throws {
    let known = Set(Premises.entries.map(\.name))
    let lines = try document("docs/guildhall.conf.example").split(separator: "\n")
    let named = lines.compactMap { line in
      line.wholeMatch(of: /#?([A-Z_]+)=.*/).map { String($0.1) }
    }
    #expect(!named.isEmpty && named.filter { !known.contains($0) } == [])
  }

  @Test(arguments: [(0, "permissions=84992"), (15, "292057861120")])
  func theInvitationAsksForWhatIsNeeded(kind: Int, words: String) throws {
    let channel = try JSONDecoder().decode(Channel.self, from: Data(#"{"id": "1", "type": \#(kind)}"#.utf8))
    let digits = words.filter(\.isNumber)
    #expect("\(Rights.needed(in: channel).rawValue)" == digits)
    #expect(try document("docs/operations.md").contains(words))
  }

  private static func line(_ entry: any SettingEntry) -> String {
    let fallback = entry.fallbackDescription
    let byDefault = fallback.map { $0 == "nil" || $0.isEmpty ? "not set" : "`\($0)`" } ?? "**must be set**"
    return "| `\(entry.name)` | \(entry.formDescription) | \(byDefault) | \(entry.purpose) |"
  }

  private func document(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardizedFileURL
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}
