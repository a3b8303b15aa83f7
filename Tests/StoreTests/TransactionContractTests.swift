import Basics
import Store
import Synchronization
import TestSupport
import Testing

/// All or nothing, and what follows a commit.
struct TransactionContractTests {
  struct Refused: Error {}

  @Test(arguments: EngineUnderTest.all)
  func whatThrowsLeavesNothing(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      #expect(throws: Refused.self) {
        try store.write { transaction throws in
          try Thing(id: "a").insert(transaction)
          #expect(try transaction.value(Int.self, "SELECT count(*) FROM things") == 1)
          throw Refused()
        }
      }
      #expect(try store.things().isEmpty)
      try store.insert(Thing(id: "b"))
      #expect(try store.things() == [Thing(id: "b")])
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func afterCommitRunsOnceInOrderAndSeesTheCommit(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      let told = Mutex<[String]>([])
      let answer = try store.write { transaction throws in
        for name in ["first", "second"] {
          transaction.afterCommit {
            let count = try? store.things().count  // nil fails the expectation below
            told.withLock { $0.append("\(name): \(count ?? -1)") }
          }
        }
        try Thing(id: "a").insert(transaction)
        #expect(told.withLock { $0 } == [])
        return 7
      }
      #expect(answer == 7)
      #expect(told.withLock { $0 } == ["first: 1", "second: 1"])
      try store.insert(Thing(id: "b"))
      #expect(told.withLock { $0.count } == 2)
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func afterCommitDoesNotRunAfterARollback(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      let told = Mutex(0)
      #expect(throws: Refused.self) {
        try store.write { transaction throws in
          transaction.afterCommit { told.withLock { $0 += 1 } }
          throw Refused()
        }
      }
      #expect(throws: Failure.self) {
        try store.write { transaction throws in
          transaction.afterCommit { told.withLock { $0 += 1 } }
          try transaction.run("INSERT INTO things (id, number) VALUES ('a', 13)")
        }
      }
      #expect(told.withLock { $0 } == 0)
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func deferredFaultsAtCommitRollBackToo(_ engine: EngineUnderTest) throws {
    let later = Migration(
      "20260102-0000-later",
      "CREATE TABLE pairs (id TEXT PRIMARY KEY, other TEXT REFERENCES pairs (id) DEFERRABLE INITIALLY DEFERRED) STRICT;"
    )
    try engine.withStore([thingsMigration, later]) { store throws in
      let told = Mutex(0)
      try store.write { transaction throws in
        try transaction.run("INSERT INTO pairs VALUES ('a', 'b')")
        try transaction.run("INSERT INTO pairs VALUES ('b', 'a')")
      }
      #expect(throws: Failure.self) {
        try store.write { transaction throws in
          transaction.afterCommit { told.withLock { $0 += 1 } }
          try transaction.run("INSERT INTO pairs VALUES ('c', 'nobody')")
        }
      }
      #expect(told.withLock { $0 } == 0)
      #expect(try store.read { try $0.value(Int.self, "SELECT count(*) FROM pairs") } == 2)
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func threadsOfOneProcessLoseNothing(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.insert(Thing(id: "counter", number: 0))
      try onThreads(8) { thread in
        for round in 0..<25 {
          try store.write { transaction throws in
            let number = try #require(try transaction.value(Int.self, "SELECT number FROM things WHERE id = 'counter'"))
            try transaction.run("UPDATE things SET number = \(number == 12 ? 14 : number + 1) WHERE id = 'counter'")
            try Thing(id: "\(thread)-\(round)").insert(transaction)
          }
        }
      }
      #expect(try store.read { try $0.value(Int.self, "SELECT number FROM things WHERE id = 'counter'") } == 201)
      #expect(try store.things().count == 201)
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func whatSomeThreadsGiveUpIsNotMissedByOthers(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      let given = Mutex(0)
      try onThreads(8) { thread in
        for round in 0..<25 {
          do {
            try store.write { transaction throws in
              try Thing(id: "\(thread)-\(round)").insert(transaction)
              if (thread + round) % 3 == 0 { throw Refused() }
            }
          } catch is Refused {
            given.withLock { $0 += 1 }
          }
        }
      }
      #expect(given.withLock { $0 } == 67)
      #expect(
        try Set(store.things().map(\.id))
          == Set(
            (0..<8).flatMap { thread in
              (0..<25).filter { (thread + $0) % 3 != 0 }.map { "\(thread)-\($0)" }
            }))
    }
  }

  @Test(arguments: EngineUnderTest.all)
  func faultsInsideATransactionAreFailuresOfOurs(_ engine: EngineUnderTest) throws {
    try engine.withStore { store throws in
      try store.write { transaction throws in
        #expect(throws: Failure.self) { try transaction.run("INSERT INTO things (id, number) VALUES ('a', 13)") }
        #expect(throws: Failure.self) { try transaction.rows("SELECT colour FROM things") }
      }
    }
  }
}
