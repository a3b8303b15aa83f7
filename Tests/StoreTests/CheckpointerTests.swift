import Basics
import Foundation
import TestSupport
import Testing

@testable import Store

/// The one who moves the log into the file, and no other.
struct CheckpointerTests {
  let folder: TemporaryDirectory
  let store: DataStore
  var path: String { folder.file("store.db") }

  init() throws {
    folder = try TemporaryDirectory()
    store = try DataStore.open(path: folder.file("store.db"), durability: .normal)
    _ = try store.migrate([thingsMigration])
  }

  private func writeAMebibyte(_ round: Int) throws {
    try store.write { try $0.run("INSERT INTO things (id, bytes) VALUES (\("\(round)"), \(kibibytes(1024)))") }
  }

  @Test func theLogStaysShortWhateverIsWritten() throws {
    let pair = try #require(try CheckpointingPair(path: path))
    for round in 0..<20 {
      try writeAMebibyte(round)
      try pair.checkpoint()
    }
    #expect(try size(of: path) > 20 << 20)
    #expect(try size(of: path + "-wal") < 3 << 20)
    #expect(try store.things().count == 20)
  }

  @Test(arguments: [
    ([], 1000), ([0], 1000), ([100], 1000), ([2000], 500), ([2000, 2000, 2000], 125), ([1_000_000], 50),
    ([4000, 1000], 250), ([4000, 500], 500), ([4000, 0], 500), ([4000, 0, 0], 1000), ([100_000, 900, 900], 61),
  ])
  func theMoreThereWasTheSoonerItLooksAgain(_ found: [Int], _ pause: Int) {
    var pace = CheckpointPace()
    for frames in found { pace.found(frames: frames) }
    #expect(pace.pause == pause)
  }

  @Test func aCheckpointTellsHowMuchThereWas() throws {
    let pair = try #require(try CheckpointingPair(path: path))
    try pair.checkpoint()
    try writeAMebibyte(0)
    #expect(try pair.checkpoint() > 256)
    try store.insert(Thing(id: "small"))
    #expect(try pair.checkpoint() < 10)
  }

  @Test func aReaderKeepsItsViewAndTheLogIsReusedAfterIt() throws {
    let pair = try #require(try CheckpointingPair(path: path))
    try store.read { queries throws in
      #expect(try queries.value(Int.self, "SELECT count(*) FROM things") == 0)
      for round in 0..<4 {
        try writeAMebibyte(round)
        try pair.checkpoint()
      }
      #expect(try queries.value(Int.self, "SELECT count(*) FROM things") == 0)
    }
    let peak = try size(of: path + "-wal")
    for round in 4..<12 {
      try pair.checkpoint()
      try writeAMebibyte(round)
    }
    #expect(try size(of: path + "-wal") == peak)
  }

  @Test func itNeverChecksWhileSomebodyWrites() throws {
    let pair = try #require(try CheckpointingPair(path: path, busyPatience: .milliseconds(20)))
    try writeAMebibyte(0)
    let before = try size(of: path)
    try store.write { transaction throws in
      try Thing(id: "open").insert(transaction)
      #expect(throws: (any Error).self) { try pair.checkpoint() }
      #expect(try size(of: path) == before)
    }
    try pair.checkpoint()
    #expect(try size(of: path) > before)
  }

  @Test func oneIsElected() throws {
    var first = try CheckpointingPair(path: path)
    #expect(first != nil)
    #expect(try CheckpointingPair(path: path) == nil)
    first = nil
    #expect(try CheckpointingPair(path: path) != nil)
  }

  @Test func onesWhoseFileCannotBeOpenedDoNotStayElected() throws {
    let directory = folder.file("directory.db")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for _ in 1...2 { #expect(throws: (any Error).self) { try CheckpointingPair(path: directory) } }
  }

  @Test func theElectionIsOverWhenItIsStoppedOrLetGo() throws {
    let stopped = try #require(try store.keepCheckpointed())
    stopped.stop()
    stopped.stop()
    #expect(try CheckpointingPair(path: path) != nil)
    var kept = try store.keepCheckpointed()
    #expect(kept != nil)
    kept = nil
    #expect(try CheckpointingPair(path: path) != nil)
  }

  @Test func aStoreInMemoryNeedsNone() throws {
    #expect(try DataStore.inMemory().keepCheckpointed() == nil)
  }

  @Test func writersLoseNothingWhileItWorks() throws {
    let checkpointer = try store.keepCheckpointed()
    try onThreads(4) { thread in
      for round in 0..<100 {
        try store.insert(
          Thing(id: "\(thread)-\(round)", words: "\(thread) \(round) " + String(repeating: "x", count: 5000)))
      }
    }
    checkpointer?.stop()
    #expect(try store.things().count == 400)
    #expect(try store.read { try $0.value(String.self, "PRAGMA integrity_check") } == "ok")
  }
}
