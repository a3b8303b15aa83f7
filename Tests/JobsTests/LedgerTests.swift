import Basics
import Store
import TestSupport
import Testing

@testable import Jobs

@Suite("Dead jobs")
struct LedgerTests {
  private let bench: Bench
  init() throws { bench = try Bench() }

  private func kill(_ payload: String, key: String? = nil) throws {
    try bench.enqueue(.make(payload, key: key))
    try bench.queue.settle(try #require(try bench.claim()), .dead(.invalid("No.")), of: .plain)
  }

  @Test func areListedWithTheirReason() throws {
    try kill("a")
    let dead = try bench.queue.list(["dead"], limit: 10)
    #expect(dead.count == 1 && dead[0].lastError == "No.")
    #expect(try bench.queue.list(["ready"], limit: 10).isEmpty)
  }

  @Test func areTriedAgainWhenSomebodyAsks() throws {
    try kill("a")
    try kill("b")
    #expect(try bench.queue.replay(nil) == 2)
    #expect(try bench.claimAll().sorted() == ["a", "b"])
    #expect(try bench.queue.replay(nil) == 0)
  }

  @Test func areLookedIntoBeforeTheyAreTriedAgain() throws {
    try kill("posted, perhaps")
    #expect(try bench.queue.replay(nil) == 1)
    let told = Told()
    try bench.drain(
      JobKind(
        "plain",
        reconcile: { _ in
          told.add("looked"); return .done
        }
      ) { _ in
        told.add("did"); return .done
      })
    #expect(told.all == ["looked"])
  }

  @Test func theLatestWishOfAKeyLivesAgain() throws {
    try kill("old", key: "k")
    try kill("new", key: "k")
    #expect(try bench.queue.replay(nil) == 1)
    #expect(try bench.claimAll() == ["new"])
  }

  @Test func stayDeadWhileTheSameWishLivesAgain() throws {
    try kill("old", key: "k")
    try bench.enqueue(.make("new", key: "k"))
    #expect(try bench.queue.replay(nil) == 0)
    #expect(try bench.claimAll() == ["new"])
  }

  @Test func canBeGivenUp() throws {
    try kill("a")
    let id = try #require(bench.queue.list(["dead"], limit: 1).first).id
    #expect(try bench.queue.discard(id) == 1)
    #expect(try bench.queue.discard(id) == 0)
    #expect(try bench.queue.replay(nil) == 0)
    #expect(try bench.job().state == "cancelled")
  }
}
