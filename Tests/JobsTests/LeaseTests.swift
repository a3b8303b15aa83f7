import Basics
import Foundation
import Store
import Synchronization
import Testing

@testable import Jobs

/// Jobs whose worker is gone.
struct LeaseTests {
  let bench: Bench

  init() throws {
    bench = try Bench()
    try bench.enqueue(.make("work"))
  }

  enum Fate: CaseIterable { case lives, ended, restarted, silent, silentButNotYet }

  @Test(arguments: Fate.allCases)
  func aJobIsTakenBackWhenItsWorkerIsGone(_ fate: Fate) throws {
    let host = bench.machine.host("them:1", boot: fate == .restarted ? "boot-0" : "boot-1")
    let theirs = JobQueue(store: bench.store, clock: bench.clock.wall, host: host)
    #expect(try theirs.claim([.plain], bench.look()) != nil)
    if fate == .ended { bench.machine.end("them:1") }
    bench.machine.pass(fate == .silent ? .milliseconds(15_001) : .seconds(15))
    bench.clock.advance(by: .seconds(100_000))  // the wall clock has no say
    let isTaken = [.ended, .restarted, .silent].contains(fate)
    #expect(try bench.queue.reclaim([.plain]) == (isTaken ? 1 : 0))
    let row = try bench.job()
    #expect((row.state, row.crashes, row.owner) == (isTaken ? ("unknown", 1, nil) : ("running", 0, "them:1")))
    #expect(try bench.claim()?.needsReconciling == (isTaken ? true : nil))
  }

  @Test func aWorkerThatShowsItLivesKeepsItsJobHoweverLongItTakes() throws {
    let job = try #require(try bench.claim())
    for _ in 0..<100 {
      bench.machine.pass(.seconds(10))
      try bench.queue.renew([job])
      #expect(try bench.queue.reclaim([.plain]) == 0)
    }
    bench.machine.pass(.milliseconds(15_001))
    #expect(try bench.queue.reclaim([.plain]) == 1)
    try bench.queue.renew([job])  // too late: it belongs to whoever takes it next
    #expect(try bench.job().state == "unknown")
  }

  @Test(arguments: [(299, 0), (301, 1)])
  func anAttemptThatLastsTooLongIsGivenUp(_ seconds: Int64, _ taken: Int) throws {
    let bench = bench
    let results = Told()
    let runner = Mutex<JobRunner?>(nil)
    let kind = JobKind("plain", limits: .init(attempt: .seconds(300))) { _ in
      bench.machine.pass(.seconds(seconds))
      try runner.withLock { $0 }?.beat()
      bench.machine.pass(.seconds(1))
      results.add("\(try bench.queue.reclaim([.plain]))")
      return .done
    }
    let working = JobRunner(queue: bench.queue, kinds: [kind])
    runner.withLock { $0 = working }
    #expect(try working.work(working.look(), while: { false }))
    #expect(results.all == ["\(taken)"])
  }

  @Test func whatAWorkerDidIsLookedIntoBeforeItIsRepeated() throws {
    let told = Told()
    let kind = JobKind(
      "plain",
      reconcile: { _ in
        told.add("looked"); return .repeatable
      },
      perform: { _ in
        told.add("did"); return .done
      })
    _ = try bench.claim()
    bench.machine.end("us:1")
    try bench.drain(kind)
    #expect(told.all == ["looked", "did"])
  }

  @Test func aJobThatEndsItsWorkersDiesAndTheOldStateComesBack() throws {
    let told = Told()
    let kind = JobKind("plain", limits: .init(crashes: 3), abandoned: { _, why, _ in told.add(why.sentence) }) { _ in
      .done
    }
    for crash in 1...3 {
      let worker = "worker:\(crash)"
      let theirs = JobQueue(store: bench.store, clock: bench.clock.wall, host: bench.machine.host(worker))
      #expect(try theirs.claim([kind], bench.look()) != nil)
      bench.machine.end(worker)
      #expect(try bench.queue.reclaim([kind]) == 1)
      #expect(try bench.job().state == (crash < 3 ? "unknown" : "dead"))
    }
    #expect(told.all == ["The program that worked on this was ended."])
  }

  @Test func aKindThatIsUnknownHereIsTakenBackButDoesNotDie() throws {
    for crash in 1...9 {
      let worker = "worker:\(crash)"
      let theirs = JobQueue(store: bench.store, clock: bench.clock.wall, host: bench.machine.host(worker))
      #expect(try theirs.claim([.plain], bench.look()) != nil)
      bench.machine.end(worker)
      try bench.queue.reclaim([])
      #expect(try bench.job().state == "unknown")
    }
    #expect(try bench.job().crashes == 9)
  }

  @Test func oneThatCannotBePutBackDoesNotKeepTheOthers() throws {
    let bad = JobKind("bad", limits: .init(crashes: 1), abandoned: { _, _, _ in throw Failure.invalid("no") }) { _ in
      .done
    }
    try bench.enqueue(.make("bad", kind: "bad", .interactive), .make("more", .interactive))
    for _ in 1...3 { #expect(try bench.claim(bad, .plain) != nil) }
    bench.machine.end("us:1")
    #expect(try bench.queue.reclaim([bad, .plain]) == 3)
    #expect(try bench.jobs().map(\.state).sorted() == ["dead", "unknown", "unknown"])
  }

  @Test func processesAreToldApart() throws {
    let us = Host.current
    #expect(us.isAlive(us.owner))
    #expect(!us.isAlive(us.owner + "0"))
    #expect(!us.isAlive("999999999:1"))
    #expect(!us.isAlive("nonsense"))
    #expect(us.monotonic() > 0)
    #expect(us.bootID.count == 36)
  }

  @Test func aProcessThatWasKilledIsNotAliveThoughNobodyNoticed() throws {
    var child = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("600"), nil]
    defer { for argument in arguments { free(argument) } }
    try #require(posix_spawnp(&child, "sleep", nil, nil, &arguments, nil) == 0)
    let stat = try String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
    let start = try #require(stat.split(separator: ")").last).split(separator: " ")[19]
    #expect(Host.current.isAlive("\(child):\(start)"))
    kill(child, SIGKILL)
    var ended = siginfo_t()
    waitid(P_PID, id_t(child), &ended, WEXITED | WNOWAIT)  // it is over, and still in the table of processes
    #expect(!Host.current.isAlive("\(child):\(start)"))
    waitpid(child, nil, 0)
    #expect(!Host.current.isAlive("\(child):\(start)"))
  }
}
