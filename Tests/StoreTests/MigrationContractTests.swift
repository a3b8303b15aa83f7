import Basics
import Store
import Synchronization
import TestSupport
import Testing

/// From an empty store to the schema of today, and no further with another one.
struct MigrationContractTests {
  static let first = Migration("20260101-0000-a", "CREATE TABLE a (id TEXT PRIMARY KEY) STRICT;")
  static let second = Migration(
    "20260102-0000-b", "CREATE TABLE b (id TEXT PRIMARY KEY) STRICT; INSERT INTO a VALUES ('from b');")
  static let broken = Migration(
    "20260103-0000-c",
    "CREATE TABLE c (id TEXT PRIMARY KEY) STRICT; INSERT INTO a VALUES ('half'); INSERT INTO nowhere VALUES (1);")

  @Test(arguments: EngineUnderTest.all)
  func eachIsAppliedOnceInTheOrderOfItsId(_ engine: EngineUnderTest) throws {
    try engine.withStore([]) { store throws in
      #expect(try store.migrate([Self.second, Self.first]) == ["20260101-0000-a", "20260102-0000-b"])
      #expect(try store.migrate([Self.first, Self.second]) == [])
      #expect(try store.read { try $0.values(String.self, "SELECT id FROM a ORDER BY id") } == ["from b"])
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func theTimeIsWrittenDown(_ engine: EngineUnderTest) throws {
    try engine.withStore([]) { store throws in
      _ = try store.migrate([Self.first], at: Timestamp(seconds: 7))
      #expect(
        try store.read { try $0.value(Timestamp.self, "SELECT applied_at FROM schema_migrations") }
          == Timestamp(seconds: 7))
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func aMigrationThatFailsLeavesNothingOfItself(_ engine: EngineUnderTest) throws {
    try engine.withStore([]) { store throws in
      #expect(throws: Failure.self) { try store.migrate([Self.first, Self.second, Self.broken]) }
      #expect(try store.read { try $0.values(String.self, "SELECT id FROM a ORDER BY id") } == ["from b"])
      #expect(throws: Failure.self) { try store.read { try $0.rows("SELECT * FROM c") } }
      #expect(throws: Never.self) { try store.requireSchema([Self.first, Self.second]) }
      let mended = Migration(Self.broken.id, "CREATE TABLE c (id TEXT PRIMARY KEY) STRICT;")
      #expect(try store.migrate([Self.first, Self.second, mended]) == [Self.broken.id])
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func twoWithOneIdAreRefusedBeforeAnythingIsDone(_ engine: EngineUnderTest) throws {
    try engine.withStore([]) { store throws in
      let twin = Migration(Self.first.id, "CREATE TABLE twin (id TEXT PRIMARY KEY) STRICT;")
      let failure = #expect(throws: Failure.self) { try store.migrate([Self.first, Self.second, twin]) }
      #expect(failure?.sentence.contains(Self.first.id) == true)
      #expect(throws: Failure.self) { try store.read { try $0.rows("SELECT * FROM a") } }
    }
  }

  @Test(
    arguments: EngineUnderTest.all,
    [
      ([], [first], "older"), ([first], [first, second], "older"), ([first, second], [first], "newer"),
      ([first], [], "newer"), ([first], [second], "older"),
    ] as [([Migration], [Migration], String)])
  func anotherSchemaIsRefused(
    _ engine: EngineUnderTest, _ row: (applied: [Migration], known: [Migration], word: String)
  ) throws {
    try engine.withStore([]) { store throws in
      _ = try store.migrate(row.applied)
      let failure = #expect(throws: Failure.self) { try store.requireSchema(row.known) }
      #expect(failure?.kind == .conflict)
      #expect(failure?.sentence.hasPrefix("The database is \(row.word) than this program.") == true)
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func theSchemaOfTodayIsAccepted(_ engine: EngineUnderTest) throws {
    try engine.withStore([Self.first, Self.second]) { store throws in
      #expect(throws: Never.self) { try store.requireSchema([Self.second, Self.first]) }
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func severalAtOnceApplyEachMigrationOnce(_ engine: EngineUnderTest) throws {
    try engine.withStore([]) { store throws in
      let applied = Mutex<[String]>([])
      try onThreads(4) { _ in
        let ids = try store.migrate([Self.first, Self.second])
        applied.withLock { $0 += ids }
      }
      #expect(applied.withLock { $0.sorted() } == [Self.first.id, Self.second.id])
    }
  }
}
