import Accounts
import Basics
import Foundation
import Signatures
import Store
import Synchronization
import TestSupport
import Testing

/// Tokens that a service renews: both change at once, so two who ask would end the link.
@Suite("Renewing tokens") struct RenewingTests {
  private let folder: TemporaryDirectory
  private let keys: SealingKeys

  init() throws {
    folder = try TemporaryDirectory()
    keys = try SealingKeys(current: SealingKey(id: "k", hexadecimal: String(repeating: "ab", count: 32)))
    _ = try open().migrate(accountMigrations)
  }

  /// As another process opens it.
  private func open() throws -> DataStore {
    try DataStore.open(path: folder.file("hall.db"), durability: .full, busyPatience: .seconds(30), readers: 1)
  }

  private func connections() throws -> Connections { Connections(store: try open(), keys: keys, clock: .system) }

  /// The service: a refresh token holds once.
  private final class Service: Sendable {
    let valid = Mutex((number: 0, calls: 0))
    func renew(_ refresh: String) throws -> ConnectionTokens {
      let number = try valid.withLock { state in
        state.calls += 1
        guard refresh == "refresh-\(state.number)" else { throw Failure(.unauthenticated, "invalid_grant") }
        state.number += 1
        return state.number
      }
      Thread.sleep(forTimeInterval: 0.02)
      return ConnectionTokens("access-\(number)", refresh: "refresh-\(number)")
    }
  }

  @Test func eightProcessesAskOnce() throws {
    let service = Service()
    let kept = try connections().keep(
      .notion, externalID: "bot", label: "Studio", tokens: ConnectionTokens("access-0", refresh: "refresh-0"))
    let processes = try (0..<8).map { _ in
      Renewing(try connections(), sleep: { Thread.sleep(forTimeInterval: Double($0.milliseconds) / 1000) }) {
        try service.renew($0)
      }
    }
    for round in 0..<10 {
      try onThreads(8) { thread in
        let token = try processes[thread].renewed(kept.id, refused: "access-\(round)")
        #expect(token == "access-\(round + 1)")
      }
    }
    #expect(service.valid.withLock { $0.calls } == 10)
  }

  @Test func aLinkThatEndedIsSaidAndNotAskedForAgain() throws {
    let calls = Mutex(0)
    let connections = try connections()
    let kept = try connections.keep(
      .notion, externalID: "bot", label: "Studio", tokens: ConnectionTokens("a", refresh: "old"))
    let renewing = Renewing(connections, sleep: { _ in }) { _ in
      calls.withLock { $0 += 1 }
      throw Failure(.unauthenticated, "Notion does not know this link any more.")
    }
    for _ in 0..<3 {
      let failure = #expect(throws: Failure.self) { try renewing.renewed(kept.id, refused: "a") }
      #expect(failure?.sentence.contains("Please reconnect") == true)
    }
    #expect(calls.withLock { $0 } == 1)
    #expect(try connections.find(kept.id)?.brokenSince != nil)
    // Linking again makes it whole.
    _ = try connections.keep(.notion, externalID: "bot", label: "Studio", tokens: ConnectionTokens("b", refresh: "new"))
    #expect(try connections.find(kept.id)?.brokenSince == nil && renewing.renewed(kept.id, refused: "a") == "b")
  }

  @Test func troubleOnTheWayEndsNoLink() throws {
    let connections = try connections()
    let kept = try connections.keep(
      .notion, externalID: "bot", label: "Studio", tokens: ConnectionTokens("a", refresh: "r"))
    let isDown = Mutex(true)
    let renewing = Renewing(connections, sleep: { _ in }) { _ in
      if isDown.withLock({ $0 }) { throw Failure(.unavailable, "Notion did not answer.") }
      return ConnectionTokens("b", refresh: "s")
    }
    #expect(throws: Failure.self) { try renewing.renewed(kept.id, refused: "a") }
    isDown.withLock { $0 = false }
    #expect(try renewing.renewed(kept.id, refused: "a") == "b")
  }

  @Test func whatWasPastedByHandIsNotRenewed() throws {
    let connections = try connections()
    let kept = try connections.keep(.notion, externalID: "bot", label: "Studio", tokens: ConnectionTokens("a"))
    let renewing = Renewing(connections, sleep: { _ in }) { _ in throw Failure(.unexpected, "asked") }
    #expect(try renewing.renewed(kept.id, refused: "a") == nil)
  }
}
