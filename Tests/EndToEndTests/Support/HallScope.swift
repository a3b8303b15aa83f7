import Foundation
import Testing

/// Brings one hall up for a whole suite, and takes it down when the suite is over, however it went.
struct HallScope: SuiteTrait, TestScoping {
  @TaskLocal static var hall: RunningHall?

  func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void)
    async throws
  {
    try await RunningHall.during { hall in try await Self.$hall.withValue(hall, operation: function) }
  }
}

extension Trait where Self == HallScope {
  static var hall: HallScope { HallScope() }
}

/// The fourth depth of tests: the built programs behind real nginx, real SQLite files, and the sandbox.
///
/// The tests share one hall, so they run one after the other and each takes an issue of its own.
@Suite(.serialized, .enabled(if: canRun, "these tests need nginx, and the programs built beside them"), .hall)
struct EndToEndTests {}

extension EndToEndTests {
  /// The hall of this run.
  static var hall: RunningHall {
    get throws { try #require(HallScope.hall) }
  }
}

private let canRun =
  isProgram("nginx")
  && ["responder", "notion-sync", "guildhall", "sandbox"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: RunningHall.binary($0))
  }

/// Whether a program of this name is on PATH.
func isProgram(_ name: String) -> Bool {
  (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
}
