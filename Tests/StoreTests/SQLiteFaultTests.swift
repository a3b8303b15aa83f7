import Basics
import Foundation
import Store
import TestSupport
import Testing

/// What people are told when the file, the folder or the disk is at fault.
struct SQLiteFaultTests {
  @Test func aFolderThatIsMissing() throws {
    let folder = try TemporaryDirectory()
    let failure = #expect(throws: Failure.self) {
      try DataStore.open(path: folder.file("no/such/store.db"), durability: .full)
    }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.sentence.contains("/no/such/store.db cannot be opened. Does its folder exist") == true)
  }

  @Test func aFileThatIsNoDatabase() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(String(repeating: "These are words, not pages. ", count: 400), to: "store.db")
    let failure = #expect(throws: Failure.self) { try DataStore.open(path: path, durability: .full) }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.sentence.hasPrefix("The database is damaged.") == true)
  }

  @Test func aFullDiskRollsBackAndWorksAgainWhenThereIsRoom() throws {
    let folder = try TemporaryDirectory()
    let store = try DataStore.open(path: folder.file("store.db"), durability: .full)
    _ = try store.migrate([thingsMigration])
    try store.insert(Thing(id: "before"))
    _ = try store.write { try $0.rows("PRAGMA max_page_count = 12") }
    let failure = #expect(throws: Failure.self) {
      try store.write { transaction throws in
        try Thing(id: "half").insert(transaction)
        try transaction.run("INSERT INTO things (id, bytes) VALUES ('big', \(kibibytes(200)))")
      }
    }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.sentence.hasPrefix("The disk is full") == true)
    #expect(try store.things() == [Thing(id: "before")])
    _ = try store.write { try $0.rows("PRAGMA max_page_count = 1000000") }
    try store.insert(Thing(id: "after"))
    #expect(try store.things().count == 2)
  }

  @Test func aDamagedPageIsSaidToBeOne() throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("store.db")
    var store: DataStore? = try DataStore.open(path: path, durability: .full)
    _ = try store?.migrate([thingsMigration])
    for number in 0..<200 { try store?.insert(Thing(id: "\(number)", words: "words \(number)")) }
    store = nil  // the last to close moves the log into the file
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    for page in 2..<8 {
      try file.seek(toOffset: UInt64(page * 4096))
      try file.write(contentsOf: Data(repeating: 0xEE, count: 64))
    }
    try file.close()
    let failure = #expect(throws: Failure.self) {
      try DataStore.open(path: path, durability: .full).read {
        try $0.rows("SELECT * FROM things WHERE number IS NULL")
      }
    }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.sentence.hasPrefix("The database is damaged.") == true)
  }
}
