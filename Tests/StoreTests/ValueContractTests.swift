import Basics
import Store
import Testing

/// What goes into a column comes out again, whatever it is.
struct ValueContractTests {
  static let texts = [
    "", " ", "plain", "'; DROP TABLE things; --", "\" OR 1 = 1 --", "?", "?1", "$1", ":name", "@name", "%_\\", "NULL",
    "0",
    "line\r\nbreak\ttab", "日本語", "👩‍👩‍👧‍👦", "مرحبا", "e\u{301}", "\u{e9}", "\u{200b}\u{feff}", "\\x00",
    String(repeating: "long ", count: 200_000),
  ]

  @Test(arguments: EngineUnderTest.all, texts)
  func textComesBackByteForByte(_ engine: EngineUnderTest, _ text: String) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a", words: text))
      let back = try #require(try store.read { try $0.value(String.self, "SELECT words FROM things") })
      #expect(back.utf8.elementsEqual(text.utf8))
      #expect(try store.read { try $0.value(String.self, "SELECT id FROM things WHERE words = \(text)") } == "a")
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func aNULInTextIsReplacedBecauseNotEveryEngineCanHoldIt(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "a", words: "before\0after"))
      #expect(try store.things() == [Thing(id: "a", words: "before\u{fffd}after")])
    }
  }

  @Test(arguments: EngineUnderTest.all, [0, 1, -1, (1 << 53) + 1, .max, .min] as [Int64])
  func integers(_ engine: EngineUnderTest, _ number: Int64) throws {
    try engine.withStore { store throws in
      try store.write { try $0.run("INSERT INTO things (id, number) VALUES ('a', \(number))") }
      #expect(try store.read { try $0.value(Int64.self, "SELECT number FROM things") } == number)
      #expect(try store.read { try $0.value(Int.self, "SELECT number FROM things") } == Int(number))
      let time = Timestamp(milliseconds: number)
      #expect(try store.read { try $0.value(Timestamp.self, "SELECT number FROM things") } == time)
      #expect(try store.read { try $0.value(String.self, "SELECT id FROM things WHERE number = \(time)") } == "a")
    }
  }

  @Test(arguments: EngineUnderTest.all, [0, -0.5, 3, 1e300, .leastNonzeroMagnitude, .infinity, 0.1 + 0.2] as [Double])
  func fractions(_ engine: EngineUnderTest, _ number: Double) throws {
    try engine.withStore { store throws in
      try store.write { try $0.run("INSERT INTO things (id, fraction) VALUES ('a', \(number))") }
      #expect(try store.read { try $0.value(Double.self, "SELECT fraction FROM things") } == number)
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func whatIsNoNumberIsNull(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.write { try $0.run("INSERT INTO things (id, fraction) VALUES ('a', \(Double.nan))") }
      #expect(try store.read { try $0.value(String.self, "SELECT id FROM things WHERE fraction IS NULL") } == "a")
    }
  }

  @Test(arguments: EngineUnderTest.all, [[], [0], [0, 255, 39, 0], Array(repeating: 7, count: 1 << 20)] as [[UInt8]])
  func bytes(_ engine: EngineUnderTest, _ bytes: [UInt8]) throws {
    try engine.withStore { store throws in
      try store.write { try $0.run("INSERT INTO things (id, bytes) VALUES ('a', \(bytes))") }
      #expect(try store.read { try $0.value([UInt8].self, "SELECT bytes FROM things") } == bytes)
    }
  }

  @Test(arguments: EngineUnderTest.all, [true, false])
  func truth(_ engine: EngineUnderTest, _ isSo: Bool) throws {
    try engine.withStore { store throws in
      try store.write { try $0.run("INSERT INTO things (id, number) VALUES ('a', \(isSo))") }
      #expect(try store.read { try $0.value(Bool.self, "SELECT number FROM things") } == isSo)
      #expect(try store.read { try $0.value(Int.self, "SELECT number FROM things") } == (isSo ? 1 : 0))
    }
  }

  enum Colour: String, SQLConvertible { case red, green }
  enum Level: Int, SQLConvertible { case low = 1, high = 9 }

  @Test(arguments: EngineUnderTest.all)
  func enumsAreTheirRawValues(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.write {
        try $0.run("INSERT INTO things (id, words, number) VALUES ('a', \(Colour.green), \(Level.high))")
      }
      let row = try #require(try store.read { try $0.rows("SELECT * FROM things") }.first)
      #expect(try row.get("words") == Colour.green)
      #expect(try row.get("words") == "green")
      #expect(try row.get("number") == Level.high)
      #expect(throws: Failure.self) { try row.get("number", as: Colour.self) }
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func nothingIsNull(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      let none: (String?, Int?, Double?, [UInt8]?) = (nil, nil, nil, nil)
      try store.write {
        try $0.run("INSERT INTO things VALUES ('a', \(none.0), \(none.1), \(none.2), \(none.3))")
      }
      let row = try #require(try store.read { try $0.rows("SELECT * FROM things") }.first)
      #expect(row.values == [.text("a"), .null, .null, .null, .null])
      #expect(try row.optional("words", as: String.self) == nil)
      #expect(throws: Failure.self) { try row.get("words", as: String.self) }
    }
  }
}
