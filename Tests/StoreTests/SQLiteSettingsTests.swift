import Basics
import Foundation
import Store
import TestSupport
import Testing

/// The settings that keep what is acknowledged, on every connection there is.
struct SQLiteSettingsTests {
  @Test(arguments: [(DataStore.Durability.full, "2"), (.normal, "1")])
  func theWriter(_ durability: DataStore.Durability, _ synchronous: String) throws {
    let folder = try TemporaryDirectory()
    let store = try DataStore.open(path: folder.file("store.db"), durability: durability)
    let facts = try store.facts()
    #expect(facts["synchronous"] == synchronous)
    #expect(facts["journal_mode"] == "wal")
    #expect(facts["page_size"] == "4096")
    #expect(facts["sqlite_version"]?.hasPrefix("3.") == true)
    try store.write { try expectSettings($0) }
  }

  @Test func everyReader() throws {
    let folder = try TemporaryDirectory()
    let store = try DataStore.open(path: folder.file("store.db"), durability: .full, readers: 4)
    let together = Rendezvous(4)
    try onThreads(4) { _ in
      try store.read { queries throws in
        try expectSettings(queries)
        together.wait()  // so that each thread holds a connection of its own
      }
    }
  }

  @Test func noCommitCheckpointsByItself() throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("store.db")
    let store = try DataStore.open(path: path, durability: .normal)
    _ = try store.migrate([thingsMigration])
    let sizeBefore = try size(of: path)
    for round in 0..<20 {
      try store.write { try $0.run("INSERT INTO things (id, bytes) VALUES (\("\(round)"), \(kibibytes(512)))") }
    }
    #expect(try size(of: path) == sizeBefore)
    #expect(try size(of: path + "-wal") > 10 << 20)
  }

  private func expectSettings(_ queries: some Queries) throws {
    let expected: [(SQL, Int)] = [
      ("PRAGMA wal_autocheckpoint", 0), ("PRAGMA foreign_keys", 1), ("PRAGMA mmap_size", 0),
      ("PRAGMA cache_size", -2000),
      ("PRAGMA trusted_schema", 0), ("PRAGMA cell_size_check", 1), ("PRAGMA page_size", 4096),
      ("PRAGMA journal_size_limit", 64 << 20),
    ]
    for (pragma, value) in expected {
      let actual = try queries.value(Int.self, pragma)
      #expect(actual == value, "\(pragma.text)")
    }
  }
}

/// Lets nobody go on before all have come.
final class Rendezvous: Sendable {
  private let count: Int
  private let arrivals = DispatchSemaphore(value: 0)
  private let gate = DispatchSemaphore(value: 0)

  init(_ count: Int) {
    self.count = count
    Thread.detachNewThread { [arrivals, gate] in
      for _ in 0..<count { arrivals.wait() }
      for _ in 0..<count { gate.signal() }
    }
  }

  func wait() {
    arrivals.signal()
    gate.wait()
  }
}

func size(of path: String) throws -> Int {
  let attributes = try FileManager.default.attributesOfItem(atPath: path)
  return try #require(attributes[.size] as? Int)
}

func kibibytes(_ count: Int) -> [UInt8] { Array(repeating: 7, count: count << 10) }
