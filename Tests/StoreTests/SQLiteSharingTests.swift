import Basics
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

/// Several stores on one file, as our programs are: nothing is lost, nobody waits for ever, readers are not disturbed.
struct SQLiteSharingTests {
  let folder: TemporaryDirectory
  var path: String { folder.file("store.db") }

  init() throws { folder = try TemporaryDirectory() }

  private func open(patience: Duration = .seconds(30)) throws -> DataStore {
    try DataStore.open(path: path, durability: .normal, busyPatience: patience)
  }

  private func migrated() throws -> DataStore {
    let store = try open()
    _ = try store.migrate([thingsMigration])
    return store
  }

  @Test func manyOpenANewFileAtOnceAndMigrateItOnce() throws {
    let applied = Mutex<[String]>([])
    try onThreads(6) { _ in
      let ids = try open().migrate([thingsMigration])
      applied.withLock { $0 += ids }
    }
    #expect(applied.withLock { $0 } == [thingsMigration.id])
  }

  @Test func writersOfTwoStoresLoseNothing() throws {
    let stores = [try migrated(), try open()]
    try stores[0].insert(Thing(id: "counter", number: 1000))
    try onThreads(8) { thread in
      for round in 0..<50 {
        try stores[thread % 2].write { transaction throws in
          let number = try #require(try transaction.value(Int.self, "SELECT number FROM things WHERE id = 'counter'"))
          try transaction.run("UPDATE things SET number = \(number + 1) WHERE id = 'counter'")
          try Thing(id: "\(thread)-\(round)").insert(transaction)
        }
      }
    }
    let third = try open()
    #expect(try third.read { try $0.value(Int.self, "SELECT number FROM things WHERE id = 'counter'") } == 1400)
    #expect(try third.things().count == 401)
    #expect(try third.read { try $0.value(String.self, "PRAGMA integrity_check") } == "ok")
  }

  @Test func aWriterThatWaitsTooLongIsToldBusyAndChangesNothing() throws {
    let holder = try migrated()
    let impatient = try open(patience: .milliseconds(20))
    try holder.write { transaction throws in
      try Thing(id: "held").insert(transaction)
      let failure = #expect(throws: Failure.self) { try impatient.insert(Thing(id: "late")) }
      #expect(failure?.kind == .busy(retryAfter: .seconds(1)))
      #expect(failure?.sentence == "The database is busy. Try again in a moment.")
    }
    #expect(try impatient.things() == [Thing(id: "held")])
    try impatient.insert(Thing(id: "now"))
    #expect(try holder.things().count == 2)
  }

  @Test func readersSeeTheLastCommitWhileSomebodyWrites() throws {
    let writer = try migrated()
    let other = try open(patience: .milliseconds(20))
    try writer.insert(Thing(id: "old"))
    try writer.write { transaction throws in
      try Thing(id: "new").insert(transaction)
      for reader in [writer, other] { #expect(try reader.things() == [Thing(id: "old")]) }
    }
    for reader in [writer, other] { #expect(try reader.things().count == 2) }
  }

  @Test func aReadSeesOneInstantHoweverLongItLasts() throws {
    let writer = try migrated()
    let reader = try open()
    try reader.read { queries throws in
      #expect(try queries.value(Int.self, "SELECT count(*) FROM things") == 0)
      try writer.insert(Thing(id: "meanwhile"))
      #expect(try queries.value(Int.self, "SELECT count(*) FROM things") == 0)
    }
    #expect(try reader.things().count == 1)
  }

  @Test func aStatementPreparedBeforeAMigrationSeesTheNewSchema() throws {
    let old = try migrated()
    try old.insert(Thing(id: "a", words: "words", number: 7))
    let migrator = try open()
    for (step, expected) in [
      ("ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'red';", ["a", "words", 7, nil, nil, "red"]),
      ("ALTER TABLE things DROP COLUMN fraction; ALTER TABLE things DROP COLUMN bytes;", ["a", "words", 7, "red"]),
    ] as [(String, [(any SQLBindable)?])] {
      #expect(try old.read { try $0.rows("SELECT * FROM things") }.count == 1)
      #expect(try old.write { try $0.rows("SELECT * FROM things") }.count == 1)
      _ = try migrator.migrate([Migration("20260102-\(step)", step)])
      for rows in [
        try old.read { try $0.rows("SELECT * FROM things") }, try old.write { try $0.rows("SELECT * FROM things") },
      ] {
        #expect(rows.map(\.values) == [expected.map { $0?.sqlValue ?? .null }])
        #expect(try rows.first?.get("colour") == "red")
      }
    }
  }
}
