import Discord
import Foundation
import Metrics
import Settings
import Testing
import Web

@testable import Bootstrap

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

  @Test func metricsListsEveryMetric() throws {
    let whole = (RequestMetrics.all + CallMetrics.all + HallMetric.all).map { Self.line($0, "the hall") }
    let own =
      ProcessMetric.all.map { Self.line($0, "this process") } + [Self.line(MetricsDoor.failedSources, "this answer")]
    let expected = (["| metric | kind | labels | of | what it is |", "|---|---|---|---|---|"] + (whole + own).sorted())
      .joined(separator: "\n")
    let text = try document("docs/metrics.md")
    let start = try #require(text.range(of: "<!-- metrics: kept in step by a test -->\n"))
    let end = try #require(text.range(of: "\n<!-- end of metrics -->"))
    #expect(text[start.upperBound..<max(start.upperBound, end.lowerBound)] == expected)
  }

  @Test func alertsAskForMetricsThereAre() throws {
    let known = Set((RequestMetrics.all + CallMetrics.all + HallMetric.all + ProcessMetric.all).map(\.name))
    let named = try document("docs/alerts.yml").matches(of: /guildhall_[a-z_]+/).map { String($0.0) }
    for name in named {
      #expect(known.contains(name) || known.contains(name.replacing("_bucket", with: "")), "\(name)")
    }
    #expect(named.count > 10)
  }

  private static func line(_ metric: Metric, _ whose: String) -> String {
    let labels = metric.labels.isEmpty ? "" : metric.labels.map { "`\($0)`" }.joined(separator: ", ")
    return "| `\(metric.name)` | \(metric.kind.word) | \(labels) | \(whose) | \(metric.help) |"
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
