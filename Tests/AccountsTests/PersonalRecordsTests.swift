import Basics
import Discord
import Foundation
import Signatures
import Store
import TestSupport
import Testing

@testable import Accounts

/// A hall with two people in two servers.
struct PeopleBench {
  let folder: TemporaryDirectory
  let durable: DataStore
  let volatile: DataStore
  let clock = TestClock()
  let nelly = UserID("123456789012345678")!
  let otto = UserID("223456789012345678")!

  init() throws {
    folder = try TemporaryDirectory()
    durable = try DataStore.inMemory(accountMigrations)
    volatile = try DataStore.inMemory(accountVolatileMigrations)
    try fill(durable)
    try volatile.write { transaction in
      for guild in ["1000", "2000"] {
        for (user, name) in [(nelly, "Nelly Brandt"), (otto, "Otto")] {
          try transaction.run(
            """
            INSERT INTO memberships (guild_id, user_id, name, rights, is_owner, is_member, roles, checked_at)
            VALUES (\(guild), \(user), \(name), '8', 0, 1, '[]', 0)
            """)
        }
      }
    }
  }

  /// Everything but what may be lost.
  func fill(_ store: DataStore) throws {
    let keys = try SealingKeys(current: SealingKey(id: "k", hexadecimal: String(repeating: "ab", count: 32)))
    let people = People(store: store, keys: keys, clock: clock.wall)
    try store.write { transaction in
      for (user, name) in [(nelly, "Nelly Brandt"), (otto, "Otto")] {
        let login = try JSON.decode(LoginUser.self, from: #"{"id":"\#(user)","username":"\#(name)"}"#)
        let tokens = try JSON.decode(
          LoginTokens.self, from: #"{"access_token":"a","refresh_token":"r","expires_in":60,"scope":"identify guilds"}"#
        )
        try people.keep(login, [], tokens, transaction)
        _ = try Sessions(store: store, clock: clock.wall).start(user, browser: "Firefox of \(name)", transaction)
        for server in ["1000", "2000"] {
          let entry = AuditEntry(
            .issueChanged, by: .person(user, name: name), in: GuildID(server),
            on: AuditTarget("issue", "i", name: "Door"),
            before: "Open", after: "Fixed by \(name)")
          try AuditLog(clock: clock.wall).record(entry, in: transaction)
        }
      }
    }
  }

  func records(_ store: DataStore? = nil) -> PersonalRecords {
    PersonalRecords(
      durable: store ?? durable, volatile: volatile, entries: accountPersonalData,
      tombstones: folder.file("erasures.jsonl"), clock: clock.wall)
  }

  /// Everything that stands in a store, as text.
  func text(_ store: DataStore) throws -> String {
    try store.read { queries in
      try queries.tables().flatMap { table in
        try queries.rows("SELECT * FROM \(identifier: table)").flatMap(\.values)
      }
    }.map { "\($0)" }.joined(separator: "\n")
  }
}

@Suite("People's data")
struct PersonalRecordsTests {
  let bench = try! PeopleBench()  // in memory, with fixed values: cannot fail
  private let author = AuditActor.operator("root")

  @Test func everythingIsToldAndNothingSealed() throws {
    let export = try bench.records().export(bench.nelly, in: nil, by: author)
    #expect(
      export.parts.map(\.table).sorted() == ["audit_details", "audit_parties", "memberships", "people", "sessions"])
    let text = try JSON.text(export)
    #expect(text.contains("Nelly Brandt") && text.contains("Firefox of Nelly") && text.contains("Fixed by Nelly"))
    #expect(!text.contains("Otto") && !text.contains("sealed") && !text.contains("v2:"))
    let rows = try bench.durable.read { try AuditLog.page(of: nil, AuditFilter(), limit: 9, $0) }.records
    #expect(rows.map(\.action) == ["person.export"])
  }

  @Test func aServerSeesOnlyItsOwn() throws {
    let export = try bench.records().look(bench.nelly, in: GuildID("1000"))
    #expect(export.parts.map(\.table).sorted() == ["audit_details", "audit_parties", "memberships"])
    #expect(export.parts.allSatisfy { $0.rows.count == 1 })
    #expect(try bench.records().look(bench.nelly, in: GuildID("3000")).isEmpty)
  }

  @Test func erasedNothingIsLeftAndOthersAreWhole() throws {
    let report = try bench.records().erase(bench.nelly, in: nil, by: author)
    #expect(
      report.rows["people"] == 1 && report.rows["memberships"] == 2 && report.rows["audit_parties"] == 2
        && report.rows["audit_details"] == 2)
    for store in [bench.durable, bench.volatile] {
      let text = try bench.text(store)
      #expect(!text.contains("Nelly") && !text.contains(bench.nelly.rawValue))
      #expect(text.contains("Otto"))
    }
    #expect(try bench.records().look(bench.nelly, in: nil).isEmpty)
    #expect(try AuditLog.verify(bench.durable).faults.isEmpty)
    let log = try bench.durable.read { try AuditLog.page(of: GuildID("1000"), AuditFilter(), limit: 9, $0) }.records
    #expect(log.map(\.isErased) == [false, true] && log.map(\.actorName) == ["Otto", nil])
  }

  @Test func theTombstoneTellsNobody() throws {
    _ = try bench.records().erase(bench.nelly, in: nil, by: author)
    let text = try String(contentsOfFile: bench.folder.file("erasures.jsonl"), encoding: .utf8)
    #expect(text.split(separator: "\n").count == 1)
    #expect(!text.contains(bench.nelly.rawValue) && !text.contains(SHA256.hexadecimalDigest(bench.nelly.rawValue)))
  }

  @Test func aServerErasesItsOwnAndNoOther() throws {
    _ = try bench.records().erase(bench.nelly, in: GuildID("1000"), by: author)
    #expect(try bench.records().look(bench.nelly, in: GuildID("1000")).isEmpty)
    #expect(try bench.records().look(bench.nelly, in: GuildID("2000")).parts.count == 3)
    #expect(try bench.records().look(bench.nelly, in: nil).parts.map(\.table).contains("people"))
  }

  @Test func eachErasureIsOneRowOfTheLog() throws {
    _ = try bench.records().erase(bench.nelly, in: GuildID("1000"), by: .person(bench.otto, name: "Otto"))
    let rows = try bench.durable.read { try AuditLog.page(of: GuildID("1000"), AuditFilter(), limit: 9, $0) }.records
    #expect(rows.filter { $0.action == "person.erase" }.count == 1)
    #expect(rows.first?.actorName == "Otto" && rows.first?.targetKind == "person" && rows.first?.targetName == nil)
  }

  @Test func erasingNobodyAndTwiceChangesNothingElse() throws {
    _ = try bench.records().erase(bench.nelly, in: nil, by: author)
    let before = try bench.durable.read { try $0.rowCounts() }
    #expect(try bench.records().erase(bench.nelly, in: nil, by: author).total == 0)
    let after = try bench.durable.read { try $0.rowCounts() }
    #expect(
      after.filter { before[$0.key] != $0.value }.keys.sorted()
        == ["audit_log", "audit_details", "erasures"].filter { after[$0] != before[$0] })
  }

  /// A backup from before the erasure stands in the place of the database.
  @Test(arguments: [nil, "1000"])
  func aRestoredBackupHasThemErasedAgain(_ server: String?) throws {
    _ = try bench.records().erase(bench.nelly, in: server.flatMap { GuildID($0) }, by: author)
    let restored = try DataStore.inMemory(accountMigrations)
    try bench.fill(restored)
    #expect(try bench.text(restored).contains("Nelly"))
    #expect(try bench.records(restored).reapply() == 1)
    #expect(try bench.records(restored).look(bench.nelly, in: server.flatMap { GuildID($0) }).isEmpty)
    #expect(try !bench.records(restored).look(bench.otto, in: nil).isEmpty)
    if server == nil { #expect(try !bench.text(restored).contains("Nelly")) }
    #expect(try bench.records(restored).reapply() == 0)
  }

  /// Erased, back again by their own wish, and then a backup from after that is restored: nobody is erased.
  @Test func whoCameBackStays() throws {
    _ = try bench.records().erase(bench.nelly, in: nil, by: author)
    try bench.fill(bench.durable)
    #expect(try bench.records().reapply() == 0)
    #expect(try !bench.records().look(bench.nelly, in: nil).isEmpty)
  }

  @Test func aDamagedListIsSaid() throws {
    _ = try bench.folder.write("{\"digest\":1}\n", to: "erasures.jsonl")
    #expect { try bench.records().reapply() } throws: { Failure($0).sentence.contains("damaged") }
  }
}
