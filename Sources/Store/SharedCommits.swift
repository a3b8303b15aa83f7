import Basics
import Foundation
import Synchronization

/// Lets writers of this process that meet share one commit: the most of what a small transaction costs is the commit.
///
/// Who finds nobody at work leads: it runs its own body, then those of everybody who came to wait meanwhile, each under a
/// savepoint of its own, and commits them all. Each is still all or nothing by itself, and nobody is answered before its
/// commit is durable. Who waits behind the leader's commit leads next.
final class SharedCommits: Sendable {
  private struct Line {
    var leader: pthread_t?
    var waiting: [Member] = []

    mutating func takeFirst() -> Member? { waiting.isEmpty ? nil : waiting.removeFirst() }
  }

  private let line = Mutex(Line())
  private let openFor: Duration

  /// - Parameter openFor: how long a group takes newcomers; others of this process or another one wait for its end.
  init(openFor: Duration = .milliseconds(5)) { self.openFor = openFor }

  /// How many wait for a leader.
  var waiting: Int { line.withLock { $0.waiting.count } }

  /// Runs the body in a transaction that may hold others besides.
  /// - Parameter transact: begins a transaction, runs the group in it, commits; or rolls back and throws.
  func write(_ body: (any Session) throws -> Void, in transact: (Group) throws -> Void) throws {
    try withoutActuallyEscaping(body) { body in
      let member = Member(body)
      // A leader may hold the member a moment longer, and must not hold the body.
      defer { member.body = nil }
      if takesTheLead(orQueues: member) || member.waits() == .toLead { lead(from: member, in: transact) }
      try member.outcome?.get()
    }
  }

  private func takesTheLead(orQueues member: Member) -> Bool {
    line.withLock { line in
      precondition(line.leader != member.thread, "a transaction was started inside another one of the same store")
      if line.leader != nil {
        line.waiting.append(member)
        return false
      }
      line.leader = member.thread
      return true
    }
  }

  private func lead(from first: Member, in transact: (Group) throws -> Void) {
    let group = Group(first, openFor: openFor) { self.line.withLock { $0.takeFirst() } }
    do {
      try transact(group)
    } catch {
      group.fail(error)
    }
    let next = line.withLock { line in
      let next = line.takeFirst()
      line.leader = next?.thread
      return next
    }
    next?.isCalled(.toLead)
    group.followers.forEach { $0.isCalled(.toReturn) }
  }
}

extension SharedCommits {
  /// One body and what became of it. Used by its own thread and by a leader, never by both: one waits for the other's call.
  fileprivate final class Member: @unchecked Sendable {
    enum Call { case toLead, toReturn }

    var body: ((any Session) throws -> Void)?
    private let context = LogContext.metadata
    let thread = pthread_self()
    private let bell = DispatchSemaphore(value: 0)
    private var call = Call.toReturn
    var outcome: Result<Void, any Error>?

    init(_ body: @escaping (any Session) throws -> Void) { self.body = body }

    func waits() -> Call {
      bell.wait()
      return call
    }

    func isCalled(_ call: Call) {
      self.call = call
      bell.signal()
    }

    func run(in session: some Session) throws { try LogContext.as(context) { try body?(session) } }
  }

  /// Those who share a commit.
  final class Group {
    private static let most = 32

    private var members: [Member]
    private let openFor: Duration
    private let newcomer: () -> Member?

    fileprivate init(_ first: Member, openFor: Duration, newcomer: @escaping () -> Member?) {
      members = [first]
      self.openFor = openFor
      self.newcomer = newcomer
    }

    fileprivate var followers: ArraySlice<Member> { members.dropFirst() }

    /// Runs everybody, in the order they came. It may be run again, when all of it was rolled back.
    func run(in session: some Session) throws {
      let start = ContinuousClock.now
      var count = 0
      if members.count == 1 {
        // Nobody is with it yet, so the whole transaction is its own.
        try members[0].run(in: session)
        count = 1
      }
      while let member = member(count, since: start) {
        member.outcome = try attempt(member, session)
        count += 1
      }
    }

    /// Everybody whose own body did not fail shares the failure of the commit.
    fileprivate func fail(_ error: any Error) {
      for member in members {
        if case .failure = member.outcome { continue }
        member.outcome = .failure(error)
      }
    }

    private func member(_ index: Int, since start: ContinuousClock.Instant) -> Member? {
      if index < members.count { return members[index] }
      guard index < Self.most, .now - start < openFor, let new = newcomer() else { return nil }
      members.append(new)
      return new
    }

    /// A failure takes back what its own body did. Stale statements concern all, and so does what made SQLite roll all of
    /// it back by itself, such as a full disk.
    private func attempt(_ member: Member, _ session: some Session) throws -> Result<Void, any Error> {
      _ = try session.run("SAVEPOINT member")
      do {
        try member.run(in: session)
      } catch let error as StaleStatement {
        throw error
      } catch {
        guard (try? session.run("ROLLBACK TO member")) != nil else { throw error }  // it says more than its sequel
        _ = try session.run("RELEASE member")
        return .failure(error)
      }
      _ = try session.run("RELEASE member")
      return .success(())
    }
  }
}
