import Accounts
import Basics
import Foundation
import Store
import TestSupport
import Testing

@testable import Bootstrap

/// Nothing about people is kept that nobody could tell or erase.
@Suite("Personal columns of the schema") struct PersonalColumnsTests {
  private static let looksPersonal =
    "user|person|people|name|assignee|author|actor|party|browser|avatar|nick|owner|member|created_by|label|email|phone|"
    + "payload|answer|title|summary|content|before|after|note|notice|servers"

  /// The lists of an environment on an empty folder.
  private func environment() throws -> (Environment, TemporaryDirectory) {
    let folder = try TemporaryDirectory()
    let settings = try folder.write(
      "STATE_DIR=\(folder.file("state"))\nENCRYPTION_KEYS=k:\(String(repeating: "ab", count: 32))\n", to: "hall.conf")
    _ = try Environment.migrate(settingsFile: settings)
    return (try Environment(.batch, settingsFile: settings), folder)
  }

  private func columns(_ migrations: [Migration]) throws -> [String] {
    try DataStore.inMemory(migrations).read { queries in
      try queries.tables().flatMap { table in try queries.columns(of: table).map { "\(table).\($0)" } }
    }
  }

  @Test func everyColumnThatLooksPersonalIsInAList() throws {
    let (environment, folder) = try environment()
    try withExtendedLifetime(folder) {
      let told = environment.personalData.flatMap { entry in entry.columns.map { "\(entry.table).\($0)" } }
      let others = impersonalColumns.map { "\($0.table).\($0.column)" }
      let pattern = try Regex(Self.looksPersonal)
      for column in try columns(durableMigrations) + columns(volatileMigrations) {
        let name = column.split(separator: ".")[1]
        guard name.contains(pattern), !name.hasSuffix("_at") else { continue }
        #expect(told.contains(column) || others.contains(column), "\(column): whose is it?")
      }
    }
  }

  @Test func theListsNameNothingThatIsNotThere() throws {
    let (environment, folder) = try environment()
    try withExtendedLifetime(folder) {
      let known = Set(try columns(durableMigrations) + columns(volatileMigrations))
      let told = environment.personalData.flatMap { entry in entry.columns.map { "\(entry.table).\($0)" } }
      let others = impersonalColumns.map { "\($0.table).\($0.column)" }
      #expect(Set(told + others).subtracting(known).isEmpty)
      #expect(Set(told).isDisjoint(with: others) && impersonalColumns.allSatisfy { $0.reason.count > 10 })
    }
  }

  /// Asked of a hall that holds nothing: every query fits the schema.
  @Test func everyEntryWorksOnTheWholeSchema() throws {
    let (environment, folder) = try environment()
    try withExtendedLifetime(folder) {
      for server in [nil, "1000"] {
        let found = try environment.personalRecords.look(.init("5")!, in: server.flatMap { .init($0) })
        #expect(found.isEmpty)
        #expect(try environment.erasePerson(.init("5")!, in: server.flatMap { .init($0) }).total == 0)
      }
      #expect(try environment.personalRecords.reapply() == 0)
    }
  }
}
