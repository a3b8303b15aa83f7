import Basics
import Signatures
import Store
import TestSupport
import Testing

@testable import Upkeep

@Suite("Sealing again") struct ResealingTests {
  let store: DataStore
  let column = SealedColumn("secrets", key: "name", "sealed")
  let old: SealingKeys
  let both: SealingKeys

  init() throws {
    store = try DataStore.inMemory([
      Migration("1-secrets", "CREATE TABLE secrets (name TEXT PRIMARY KEY, sealed TEXT) STRICT")
    ])
    old = try SealingKeys(current: SealingKey(id: "old", hexadecimal: String(repeating: "ab", count: 32)))
    both = try old.rotated(to: SealingKey(id: "new", hexadecimal: String(repeating: "cd", count: 32)))
    for index in 0..<25 { try add("row \(index)", old) }
    try store.write { try $0.run("INSERT INTO secrets VALUES ('empty', NULL)") }
  }

  private func add(_ name: String, _ keys: SealingKeys) throws {
    let sealed = try keys.seal(Array(name.utf8), for: "secrets|\(name)|sealed")
    try store.write { try $0.run("INSERT INTO secrets VALUES (\(name), \(sealed))") }
  }

  private var resealing: Resealing { Resealing(store: store, columns: [column]) }

  @Test(arguments: [1, 7, 25, 100]) func everythingComesUnderTheNewKey(chunk: Int) throws {
    #expect(try resealing.outstanding(both) == 25)
    #expect(try resealing.run(both, chunk: chunk) == 25)
    #expect(try resealing.outstanding(both) == 0)
    #expect(try resealing.prove(both.withoutOlder()) == 25)
    #expect(try resealing.run(both) == 0)
    let value: String? = try store.read { try $0.value("SELECT sealed FROM secrets WHERE name = 'row 3'") }
    #expect(try both.open(#require(value), for: "secrets|row 3|sealed") == Array("row 3".utf8))
  }

  @Test func itGoesOnWhereItWas() throws {
    try store.write { transaction in  // as after an end half-way
      for (id, sealed) in try column.values(after: "", limit: 10, transaction) {
        let fresh = try both.seal(both.open(sealed, for: column.place(id)), for: column.place(id))
        try transaction.run("UPDATE secrets SET sealed = \(fresh) WHERE name = \(id)")
      }
    }
    #expect(try resealing.run(both) == 15)
    #expect(try resealing.prove(both.withoutOlder()) == 25)
  }

  @Test func theProofFailsWhileOneRowNeedsTheOldKey() throws {
    _ = try resealing.run(both)
    try add("late", old)
    let failure = #expect(throws: Failure.self) { try resealing.prove(both.withoutOlder()) }
    #expect(failure?.sentence.contains("row late") == true && failure?.sentence.contains("“old”") == true)
  }

  @Test func theOlderFormIsSealedAgainToo() throws {
    let parts = try old.seal(Array("x".utf8), for: "").split(separator: ":").dropFirst(2).joined(separator: ":")
    try store.write { try $0.run("INSERT INTO secrets VALUES ('ancient', \(parts))") }
    #expect(try resealing.run(both) == 26)
    #expect(try resealing.prove(both.withoutOlder()) == 26)
  }

  @Test func aSecretThatDoesNotOpenStopsItAndIsNamed() throws {
    try store.write { try $0.run("UPDATE secrets SET sealed = 'v2:gone:00:00:00' WHERE name = 'row 7'") }
    let failure = #expect(throws: Failure.self) { try resealing.run(both) }
    #expect(failure?.sentence.contains("row 7") == true)
  }
}
