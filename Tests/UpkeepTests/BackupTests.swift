import Basics
import Foundation
import Signatures
import Store
import TestSupport
import Testing

@testable import Upkeep

@Suite("Backups") struct BackupTests {
  let folder: TemporaryDirectory
  let clock = TestClock()
  let schema = [
    Migration(
      "1-things",
      """
      CREATE TABLE things (id TEXT PRIMARY KEY, sealed TEXT NOT NULL, note TEXT) STRICT;
      CREATE INDEX things_by_note ON things (note);
      """)
  ]
  let keys: SealingKeys

  init() throws {
    folder = try TemporaryDirectory()
    keys = try SealingKeys(current: SealingKey(id: "k", hexadecimal: String(repeating: "ab", count: 32)))
  }

  private var path: String { folder.file("hall.db") }

  private func open() throws -> DataStore {
    let store = try DataStore.open(path: path, durability: .full)
    _ = try store.migrate(schema)
    return store
  }

  private func add(_ ids: some Sequence<Int>, _ store: DataStore) throws {
    try store.write { transaction in
      for id in ids {
        let sealed = try keys.seal([1, 2, 3], for: "things|\(id)|sealed")
        try transaction.run("INSERT INTO things VALUES (\("\(id)"), \(sealed), \("note \(id)"))")
      }
    }
  }

  private func backups(_ store: DataStore) -> Backups {
    Backups(store: store, directory: folder.file("backups"), clock: clock.wall)
  }

  private func restoring(_ keys: SealingKeys? = nil, schema: [String]? = nil) -> Restoring {
    Restoring(
      path: path, columns: [SealedColumn("things", "sealed")], keys: keys ?? self.keys,
      schema: schema ?? self.schema.map(\.id), clock: clock.wall)
  }

  /// Closes the store, then answers where the backup is.
  private func backUp(_ count: Int) throws -> String {
    let store = try open()
    try add(1...count, store)
    return try backups(store).take(keep: 9).file.path
  }

  @Test func aBackupIsWholeAndPrivate() throws {
    let store = try open()
    try add(1...50, store)
    let report = try backups(store).take(keep: 3)
    #expect(report.file.path.hasSuffix("/guildhall-20261121T120000Z.db") && report.rows == 51 && report.tables == 2)
    let mode = try FileManager.default.attributesOfItem(atPath: report.file.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let copy = try DataStore.openReadOnly(path: report.file.path).examine()
    #expect(copy.isSound && copy.rows["things"] == 50)
  }

  @Test func onlyTheNewestAreKept() throws {
    let store = try open()
    _ = try folder.write("mine", to: "notes.txt")
    for _ in 1...5 {
      _ = try backups(store).take(keep: 3)
      clock.advance(by: .seconds(3600))
    }
    let kept = try backups(store).list().map(\.takenAt)
    #expect(kept == [2, 3, 4].map { Timestamp(seconds: 1_795_262_400 + 3600 * $0) })
  }

  @Test func whatWasEndedHalfWayIsRemoved() throws {
    let store = try open()
    _ = try backups(store).take(keep: 3)
    let left = folder.file("backups/guildhall-20261120T000000Z.db.partial")
    try "half".write(toFile: left, atomically: false, encoding: .utf8)
    clock.advance(by: .seconds(1))
    _ = try backups(store).take(keep: 3)
    #expect(!FileManager.default.fileExists(atPath: left))
    #expect(try backups(store).list().count == 2)
  }

  @Test(arguments: [
    (["a": 5], ["a": 5], ["a": 5], true), (["a": 6], ["a": 5], ["a": 7], true), (["a": 6], ["a": 7], ["a": 5], true),
    (["a": 4], ["a": 5], ["a": 7], false), (["a": 8], ["a": 5], ["a": 7], false), ([:], ["a": 0], ["a": 0], false),
  ])
  func wholeIsBetweenBeforeAndAfter(
    _ copy: [String: Int], _ before: [String: Int], _ after: [String: Int], _ isWhole: Bool
  ) {
    #expect(Backups.isWhole(copy, before, after) == isWhole)
  }

  @Test func whatWasWrittenMeanwhileIsNoFault() throws {
    let store = try open()
    try add(1...100, store)
    let writer = Thread { for id in 101...600 { try? self.add([id], store) } }  // a busy store is no matter here
    writer.start()
    for _ in 1...5 {
      let report = try backups(store).take(keep: 9)
      #expect(try DataStore.openReadOnly(path: report.file.path).examine().isSound)
      clock.advance(by: .seconds(1))
    }
    while !writer.isFinished { usleep(1_000) }
  }

  @Test func restoringBringsBackWhatWas() throws {
    let backup = try backUp(10)
    try add(11...20, open())
    let report = try restoring().restore(backup)
    #expect(report.rows["things"] == 10 && report.secrets == 10 && !report.isOlder)
    #expect(try open().read { try $0.value(Int.self, "SELECT count(*) FROM things") } == 10)
    let old = try DataStore.openReadOnly(path: #require(report.replaced))
    #expect(try old.read { try $0.value(Int.self, "SELECT count(*) FROM things") } == 20)
    #expect(report.replaced == path + ".before-20261121T120000Z")
    #expect(try restoring().restore(backup).replaced == path + ".before-20261121T120000Z-2")  // within the same second
  }

  @Test func restoringIntoNothing() throws {
    let backup = try backUp(3)
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    #expect(try restoring().restore(backup).replaced == nil)
    #expect(try open().read { try $0.value(Int.self, "SELECT count(*) FROM things") } == 3)
  }

  @Test func nothingIsRestoredWhileTheDatabaseIsInUse() throws {
    let backup = try backUp(3)
    let user = try open()
    let failure = #expect(throws: Failure.self) { try restoring().restore(backup) }
    #expect(failure?.kind == .busy(retryAfter: nil))
    #expect(try user.read { try $0.value(Int.self, "SELECT count(*) FROM things") } == 3)
  }

  @Test func theWrongKeyIsSaid() throws {
    let backup = try backUp(3)
    let same = try SealingKeys(current: SealingKey(id: "k", hexadecimal: String(repeating: "ef", count: 32)))
    let other = try SealingKeys(current: SealingKey(id: "x", hexadecimal: String(repeating: "ef", count: 32)))
    for keys in [same, other] {
      let failure = #expect(throws: Failure.self) { try restoring(keys).restore(backup) }
      #expect(failure?.sentence.contains("things, row 1") == true)
    }
    #expect(try open().read { try $0.value(Int.self, "SELECT count(*) FROM things") } == 3)
  }

  @Test func schemasAreCompared() throws {
    let backup = try backUp(3)
    #expect(throws: Failure.self) { try restoring(schema: ["0-other"]).check(backup) }
    #expect(try restoring(schema: ["1-things", "2-later"]).check(backup).isOlder)
  }

  @Test func filesThatAreNone() throws {
    _ = try backUp(1)
    #expect(throws: Failure.self) { try restoring().check(folder.file("nothing.db")) }
    let words = try folder.write("words, and more words", to: "words.db")
    let failure = #expect(throws: Failure.self) { try restoring().check(words) }
    #expect(failure?.sentence == "\(words) is damaged, or no database at all. Choose another file.")
    let empty = folder.file("empty.db")
    _ = try DataStore.open(path: empty, durability: .full)
    #expect(throws: Failure.self) { try restoring().check(empty) }
  }

  @Test func aDamagedFileIsFoundOut() throws {
    let backup = try backUp(400)
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: backup))
    try handle.seek(toOffset: 4096 * 5)
    try handle.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    try handle.close()
    let failure = #expect(throws: Failure.self) { try restoring().restore(backup) }
    #expect(failure?.sentence.contains(backup) == true)
    #expect(try open().read { try $0.value(Int.self, "SELECT count(*) FROM things") } == 400)
  }
}
