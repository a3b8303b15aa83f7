import Basics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Jobs

struct BellTests {
  @Test func aRingBeforeTheWaitIsNotMissed() {
    let bell = Bell()
    bell.ring()
    bell.ring()
    #expect(bell.wait(since: 0, timeout: .seconds(3600)) == 2)
    #expect(bell.wait(since: 1, timeout: .seconds(3600)) == 2)
  }

  @Test(arguments: [Duration.zero, .milliseconds(5), .seconds(-5)])
  func itReturnsWithoutARing(_ timeout: Duration) {
    #expect(Bell().wait(since: 0, timeout: timeout) == 0)
  }

  @Test func oneRingWakesAll() throws {
    let bell = Bell()
    try onThreads(9) { thread in
      if thread == 8 {
        bell.ring()
      } else {
        #expect(bell.wait(since: 0, timeout: .seconds(3600)) == 1)
      }
    }
  }

  @Test func noRingIsLostBetweenManyThreads() throws {
    let bell = Bell()
    try onThreads(8) { thread in
      if thread < 4 {
        for _ in 0..<500 { bell.ring() }
      } else {
        var seen = 0
        while seen < 2000 { seen = bell.wait(since: seen, timeout: .seconds(3600)) }
      }
    }
  }
}
