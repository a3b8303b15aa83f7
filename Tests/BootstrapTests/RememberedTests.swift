import Basics
import Synchronization
import TestSupport
import Testing

@testable import Bootstrap

struct RememberedTests {
  @Test(arguments: [(0, 1), (9, 1), (10, 2), (-1, 2), (-86_400, 2)])
  func aValueIsMadeAnewWhenItIsOldOrTheClockWasSetBack(_ seconds: Int, _ made: Int) throws {
    let clock = TestClock()
    let count = Mutex(0)
    let remembered = Remembered<Int>(for: .seconds(10), clock: clock.wall) {
      count.withLock { count in
        count += 1
        return count
      }
    }
    #expect(try remembered.value() == 1)
    clock.advance(by: .seconds(seconds))
    #expect(try remembered.value() == made)
  }
}
