import Store
import Testing

/// The literal itself: what becomes a parameter, and what stays SQL.
struct LiteralTests {
  static let name = "x'; --"
  static let nothing: Int? = nil
  static let fragment: SQL = "number > \(4)"

  @Test(
    arguments: [
      ("SELECT 1", "SELECT 1", []),
      ("id = \(name)", "id = ?", [.text("x'; --")]),
      ("id = \("a literal inside is a value too")", "id = ?", [.text("a literal inside is a value too")]),
      ("number = \(nothing)", "number = ?", [.null]),
      (
        "id IN \(list: ["a", "b"]) AND number = \(1)", "id IN (?, ?) AND number = ?",
        [.text("a"), .text("b"), .integer(1)]
      ),
      ("ORDER BY id \(raw: "DESC")", "ORDER BY id DESC", []),
      (
        "id = \("a") AND (\(fragment)) AND fraction = \(2.5)", "id = ? AND (number > ?) AND fraction = ?",
        [.text("a"), .integer(4), .real(2.5)]
      ),
    ] as [(SQL, String, [SQLValue])])
  func literal(_ sql: SQL, _ text: String, _ arguments: [SQLValue]) {
    #expect(sql.text == text)
    #expect(sql.arguments == arguments)
  }

  @Test(
    arguments: EngineUnderTest.all,
    [
      ("id IN \(list: ["a", "c"])", ["a", "c"]),
      ("id NOT IN \(list: ["a", "c"])", ["b"]),
      ("id IN \(list: [String]())", []),
      ("id NOT IN \(list: [String]())", ["a", "b", "c"]),
      ("number IN \(list: [Int]())", []),
      ("number IN \(list: [1, 2])", ["a", "b"]),
      ("number = \(nothing)", []),
      ("number IS NULL", ["c"]),
      ("words = \("' OR '1' = '1")", []),
      ("(\(fragment)) OR id = \("a")", ["a"]),
    ] as [(SQL, [String])])
  func condition(_ engine: EngineUnderTest, _ row: (condition: SQL, ids: [String])) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a", number: 1), Thing(id: "b", number: 2), Thing(id: "c"))
      #expect(
        try store.read { try $0.values(String.self, "SELECT id FROM things WHERE \(row.condition) ORDER BY id") }
          == row.ids)
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func aThousandParameters(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "999"))
      let ids = (0..<5000).map(String.init)
      #expect(try store.read { try $0.value(Int.self, "SELECT count(*) FROM things WHERE id IN \(list: ids)") } == 1)
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func aMarkOfOursWithoutAValueIsRefused(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      #expect(throws: (any Error).self) { try store.read { try $0.rows("SELECT * FROM things WHERE id = ?") } }
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func oneStatementAtATime(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a"))
      #expect(throws: (any Error).self) {
        try store.write { try $0.run("DELETE FROM things WHERE id = 'b'; DELETE FROM things") }
      }
      #expect(try store.things().count == 1)
    }
  }
}
