import Basics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Writers that meet: in what order SQLite is told what, and who hears of which failure.
struct SharedCommitsTests {
  struct Refused: Error, Equatable {
    let name: String
  }

  /// A session that only writes down what it is told.
  final class Diary: Session, Sendable {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock { $0 } }

    func note(_ line: String) { kept.withLock { $0.append(line) } }
    func run(_ sql: SQL) throws -> Int {
      note(sql.text)
      return 0
    }
    func each(_ sql: SQL, _ body: (Row) throws -> Void) throws {}
    func script(_ sql: String) throws {}
    func hasTable(_ name: String) throws -> Bool { false }

    func transact(_ group: SharedCommits.Group) throws {
      note("BEGIN")
      do {
        try group.run(in: self)
        note("COMMIT")
      } catch {
        note("ROLLBACK")
        throw error
      }
    }
  }

  let commits = SharedCommits(openFor: .seconds(600))
  let diary = Diary()

  /// The first writer leads; the others come, one after the other, while it is at its body.
  private func meet(
    _ writers: [String], in transact: @escaping @Sendable (SharedCommits.Group) throws -> Void,
    _ body: @escaping @Sendable (String) throws -> Void
  ) throws -> [String: Refused] {
    let failures = Mutex<[String: Refused]>([:])
    try onThreads(writers.count) { index in
      let name = writers[index]
      while index > 0 && (commits.waiting != index - 1 || diary.lines.isEmpty) { usleep(200) }
      do {
        try commits.write(
          { _ in
            while index == 0 && commits.waiting < writers.count - 1 && diary.lines == ["BEGIN"] { usleep(200) }
            diary.note(name)
            try body(name)
          }, in: transact)
      } catch let refused as Refused {
        failures.withLock { $0[name] = refused }
      }
    }
    return failures.withLock { $0 }
  }

  @Test func whoCameMeanwhileSharesTheCommit() throws {
    let failures = try meet(["a", "b", "c"], in: diary.transact) { _ in }
    #expect(failures.isEmpty)
    #expect(
      diary.lines == [
        "BEGIN", "a", "SAVEPOINT member", "b", "RELEASE member", "SAVEPOINT member", "c", "RELEASE member", "COMMIT",
      ])
  }

  @Test func whatOneThrowsTakesBackItsOwnAlone() throws {
    let failures = try meet(["a", "b", "c"], in: diary.transact) { if $0 == "b" { throw Refused(name: $0) } }
    #expect(failures == ["b": Refused(name: "b")])
    #expect(
      diary.lines == [
        "BEGIN", "a", "SAVEPOINT member", "b", "ROLLBACK TO member", "RELEASE member", "SAVEPOINT member", "c",
        "RELEASE member", "COMMIT",
      ])
  }

  @Test func aLeaderThatFailsHasATransactionOfItsOwn() throws {
    let failures = try meet(["a", "b"], in: diary.transact) { if $0 == "a" { throw Refused(name: $0) } }
    #expect(failures == ["a": Refused(name: "a")])
    #expect(diary.lines == ["BEGIN", "a", "ROLLBACK", "BEGIN", "b", "COMMIT"])
  }

  @Test func aCommitThatFailsIsToldToAllButWhoFailedBefore() throws {
    let full: @Sendable (SharedCommits.Group) throws -> Void = { group in
      try diary.transact(group)
      throw Refused(name: "disk full")
    }
    let failures = try meet(["a", "b", "c"], in: full) { if $0 == "b" { throw Refused(name: $0) } }
    #expect(failures == ["a": Refused(name: "disk full"), "b": Refused(name: "b"), "c": Refused(name: "disk full")])
  }

  @Test func staleStatementsMakeAllOfThemRunAgain() throws {
    let isStale = Mutex(true)
    let again: @Sendable (SharedCommits.Group) throws -> Void = { group in
      do { try diary.transact(group) } catch is StaleStatement { try diary.transact(group) }
    }
    let failures = try meet(["a", "b"], in: again) { name in
      if name == "b",
        isStale.withLock({ stale in
          defer { stale = false }; return stale
        })
      {
        throw StaleStatement()
      }
    }
    #expect(failures.isEmpty)
    #expect(
      diary.lines == [
        "BEGIN", "a", "SAVEPOINT member", "b", "ROLLBACK", "BEGIN", "SAVEPOINT member", "a", "RELEASE member",
        "SAVEPOINT member", "b", "RELEASE member", "COMMIT",
      ])
  }

  /// Log lines and audit rows name the request they belong to, whoever's thread writes them.
  @Test func everybodyKeepsTheirOwnContext() throws {
    let seen = Mutex<[String: String?]>([:])
    try onThreads(6) { index in
      try LogContext.with(["request_id": "\(index)"]) {
        for _ in 0..<20 {
          try commits.write(
            { _ in seen.withLock { $0["\(index)"] = LogContext.request } }, in: { try $0.run(in: diary) })
        }
      }
    }
    #expect(seen.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<6).map { ("\($0)", "\($0)") }))
  }
}
