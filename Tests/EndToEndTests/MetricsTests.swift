import Basics
import Foundation
import TestSupport
import Testing

private let promtool = ["/usr/bin/promtool", ProcessInfo.processInfo.environment["PROMTOOL"] ?? ""].first {
  FileManager.default.isExecutableFile(atPath: $0)
}

extension EndToEndTests {
  /// What a monitoring system reads, of the built programs.
  @Suite("Metrics") struct Metrics {
    let hall: RunningHall

    init() throws { hall = try EndToEndTests.hall }

    private func metrics() throws -> String { try hall.http.send("GET", "/metrics").text }

    @Test func everythingThatIsPromisedIsTold() throws {
      try hall.requireWell(hall.run("notion-sync"))
      try hall.requireWell(hall.run("guildhall", "backup"))
      let text = try metrics()
      let names = [
        "guildhall_http_requests_total{route=\"/health\"", "guildhall_http_request_seconds_bucket{route=",
        "guildhall_outbound_calls_total{provider=\"notion\",code=\"200\"}", "guildhall_job_lag_seconds ",
        "guildhall_breaker_open{provider=\"discord\"", "guildhall_wal_bytes{file=\"durable\"}",
        "guildhall_sqlite_info{version=\"3.", "guildhall_batch_last_success_timestamp_seconds{program=\"notion-sync\"}",
        "guildhall_batch_duration_seconds{program=\"backup\"}", "guildhall_mapping_lag_seconds{mapping=",
        "guildhall_backup_timestamp_seconds ", "guildhall_workers{state=\"idle\"}", "guildhall_responders 1",
        "guildhall_metric_sources_failed 0",
      ]
      for name in names { #expect(text.contains(name), "\(name)") }
      for secret in ["bot_token", "notion_token"].map(hall.fact) { #expect(!text.contains(secret)) }
    }

    /// Calls of programs that have ended are counted too.
    @Test func batchProgramsCountTogetherWithResponders() throws {
      func calls() throws -> Double {
        try metrics().split(separator: "\n").filter { $0.hasPrefix("guildhall_outbound_calls_total") }
          .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
      }
      let before = try calls()
      try hall.requireWell(hall.run("notion-sync"))
      #expect(try calls() > before)
    }

    @Test(
      .enabled(if: promtool != nil, "promtool is not here: apt-get install prometheus, or set PROMTOOL to its path"))
    func prometheusCanReadIt() throws {
      try check(["check", "metrics"], metrics())
    }

    @Test(
      .enabled(if: promtool != nil, "promtool is not here: apt-get install prometheus, or set PROMTOOL to its path"))
    func prometheusCanReadTheAlerts() throws {
      let rules = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../docs/alerts.yml").standardizedFileURL
      try check(["check", "rules", rules.path], "")
    }

    /// A program that never did all it should has no series: that must be told too, and a fresh hall be left in peace.
    @Test(
      .enabled(if: promtool != nil, "promtool is not here: apt-get install prometheus, or set PROMTOOL to its path"))
    func alertsTellOfProgramsThatNeverRan() throws {
      let rules = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../docs/alerts.yml").standardizedFileURL
      let success = "guildhall_batch_last_success_timestamp_seconds"
      func firing(_ name: String, _ hours: Double, _ programs: [String]) -> String {
        let samples = programs.map { "\n          - {labels: '{program=\"\($0)\"}', value: 1}" }.joined()
        return """

                - expr: count by (program) (ALERTS{alertname="\(name)", alertstate="firing"})
                  eval_time: \(Int(hours * 60))m
                  exp_samples:\(samples.isEmpty ? " []" : samples)
          """
      }
      let cases = [
        firing("GuildhallSyncNever", 0.15, []), firing("GuildhallSyncNever", 0.2, ["notion-sync"]),
        firing("GuildhallNightNever", 47, []), firing("GuildhallNightNever", 49, ["backup", "notion-sync --full"]),
        firing("GuildhallNightOverdue", 47, []), firing("GuildhallNightOverdue", 49, ["housekeeping"]),
      ]
      let text = """
        rule_files: [\(rules.path)]
        evaluation_interval: 1m
        tests:
          - interval: 1h
            input_series:
              - series: '\(success){program="housekeeping"}'
                values: 0+0x60
            promql_expr_test:\(cases.joined())
        """
      let folder = try TemporaryDirectory()
      try check(["test", "rules", folder.write(text, to: "rules.yml")], "")
    }

    private func check(_ arguments: [String], _ text: String) throws {
      let folder = try TemporaryDirectory()
      let input = try open(folder.write(text, to: "input"), O_RDONLY)
      defer { close(input) }
      let check = try Program(
        try #require(promtool), arguments, environment: [:], input: input, output: folder.file("out"),
        error: folder.file("err"))
      let code = check.exitCode()
      let complaints = try ["out", "err"].map { try String(contentsOfFile: folder.file($0), encoding: .utf8) }.joined()
      #expect(code == 0, "\(complaints)")
    }
  }
}
