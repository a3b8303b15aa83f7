import Basics
import Store
import Testing

/// Statements: what they answer, and what the schema refuses.
struct StatementContractTests {
  @Test(arguments: EngineUnderTest.all)
  func runAnswersTheRowsChanged(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a"), Thing(id: "b"))
      try store.write { transaction throws in
        #expect(try transaction.run("UPDATE things SET number = 1") == 2)
        #expect(try transaction.run("UPDATE things SET number = 2 WHERE id = 'none'") == 0)
        #expect(try transaction.run("INSERT INTO things (id) VALUES ('a') ON CONFLICT (id) DO NOTHING") == 0)
        #expect(try transaction.run("DELETE FROM things WHERE id = 'a' RETURNING id") == 1)
        #expect(try transaction.run("DELETE FROM things") == 1)
      }
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func aQuestionMarkOfOursWithoutAValueIsRefused(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      #expect(throws: Failure.self) { try store.write { try $0.run("DELETE FROM things WHERE id = ?") } }
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func returningTellsWhatWasWritten(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a", number: 1), Thing(id: "b", number: 2))
      let changed = try store.write {
        try $0.all(Thing.self, "UPDATE things SET number = number + 10 RETURNING *")
      }
      #expect(Set(changed.map(\.number)) == [11, 12])
      #expect(try store.things().map(\.number) == [11, 12])
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func firstOfReturningStillWritesAll(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a"), Thing(id: "b"))
      _ = try store.write { try $0.first(Thing.self, "UPDATE things SET number = 5 RETURNING *") }
      #expect(try store.things().map(\.number) == [5, 5])
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func onConflictUpdates(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      for number in [1, 2, 3] {
        try store.write {
          try $0.run(
            """
            INSERT INTO things (id, number) VALUES ('a', \(number))
            ON CONFLICT (id) DO UPDATE SET number = things.number * 10 + excluded.number
            """)
        }
      }
      #expect(try store.things() == [Thing(id: "a", number: 123)])
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func orderIsWhatWasAskedFor(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      let ids = ["b", "B", "a", "ab", "é", "10", "9", ""]
      for id in ids { try store.insert(Thing(id: id)) }
      #expect(try store.things().map(\.id) == ["", "10", "9", "B", "a", "ab", "b", "é"])
      #expect(
        try store.read { try $0.values(String.self, "SELECT id FROM things ORDER BY id \(raw: "DESC") LIMIT \(2)") }
          == ["é", "b"])
    }
  }

  @Test(
    arguments: EngineUnderTest.all,
    [
      ("UNIQUE", "INSERT INTO things (id, words) VALUES ('b', 'taken')"),
      ("PRIMARY KEY", "INSERT INTO things (id) VALUES ('a')"),
      ("CHECK", "INSERT INTO things (id, number) VALUES ('b', 13)"),
      ("the type", "INSERT INTO things (id, number) VALUES ('b', 'words')"),
      ("REFERENCES", "INSERT INTO parts VALUES ('p', 'nobody')"),
      ("NOT NULL", "INSERT INTO parts VALUES ('p', NULL)"),
      ("a column that is none", "INSERT INTO things (id, colour) VALUES ('b', 'red')"),
      ("grammar", "INSERT INTO things VALUES"),
    ] as [(String, SQL)])
  func theSchemaRefuses(_ engine: EngineUnderTest, _ row: (rule: String, statement: SQL)) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a", words: "taken"))
      for _ in 1...2 {
        let failure = #expect(throws: Failure.self) { try store.write { try $0.run(row.statement) } }
        #expect(failure?.kind == .unexpected)
        #expect(failure?.sentence.contains("things") == false)
      }
      #expect(try store.things() == [Thing(id: "a", words: "taken")])
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func whatBelongsToADeletedRowGoesWithIt(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a"))
      try store.write { try $0.run("INSERT INTO parts VALUES ('p', 'a')") }
      #expect(try store.write { try $0.run("DELETE FROM things") } == 1)
      #expect(try store.read { try $0.value(Int.self, "SELECT count(*) FROM parts") } == 0)
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func valueIsTheFirstRowsOrNothing(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a"), Thing(id: "b", number: 7))
      try store.read { queries throws in
        #expect(try queries.value(Int.self, "SELECT number FROM things ORDER BY id") == nil)
        #expect(try queries.value(Int.self, "SELECT number FROM things WHERE id = 'none'") == nil)
        #expect(try queries.values(Int.self, "SELECT number FROM things ORDER BY id") == [7])
        #expect(try queries.first(Thing.self, "SELECT * FROM things WHERE id = 'none'") == nil)
      }
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func aValueOfAnotherTypeIsAFaultNotSilence(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a", words: "seven"))
      let row = try #require(try store.read { try $0.rows("SELECT id, words FROM things") }.first)
      #expect(throws: Failure.self) { try row.get("words", as: Int.self) }
      #expect(throws: Failure.self) { try row.get("colour", as: String.self) }
      #expect(throws: Failure.self) { try store.read { try $0.value(Int.self, "SELECT words FROM things") } }
      #expect(throws: Failure.self) { try store.read { try $0.values(Int.self, "SELECT words FROM things") } }
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func readingCannotWrite(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      #expect(throws: Failure.self) {
        try store.read { try $0.rows("INSERT INTO things (id) VALUES ('a') RETURNING id") }
      }
      #expect(try store.things().isEmpty)
      try store.insert(Thing(id: "b"))
    }
  }
}
