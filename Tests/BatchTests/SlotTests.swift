import Basics
import Testing

@testable import Batch

@Suite struct SlotTests {
  @Test(arguments: [
    ("2min", "2026-11-21T12:03:59Z", "2026-11-21T12:02:00Z"),
    ("2min", "2026-11-21T12:04:00Z", "2026-11-21T12:04:00Z"),
    ("hourly", "2026-11-21T12:03:59Z", "2026-11-21T12:00:00Z"),
    ("daily", "2026-11-21T23:59:59Z", "2026-11-21T00:00:00Z"),
    ("daily@02:30", "2026-11-21T02:29:59Z", "2026-11-20T02:30:00Z"),
    ("daily@02:30", "2026-11-21T02:30:00Z", "2026-11-21T02:30:00Z"),
    ("daily@02:30", "2024-02-29T12:00:00Z", "2024-02-29T02:30:00Z"),
    ("daily@02:30", "1969-12-31T12:00:00Z", "1969-12-31T02:30:00Z"),
  ])
  func beginsInUTC(text: String, now: String, start: String) throws {
    let slot = try #require(Slot(argument: text))
    #expect(slot.start(at: try instant(now)) == (try instant(start)))
  }

  @Test(arguments: [
    "", "min", "0min", "-2min", "1441min", "weekly", "daily@", "daily@2:30", "daily@25:00", "hourly@00:10",
  ])
  func refusesWhatItDoesNotKnow(text: String) {
    #expect(Slot(argument: text) == nil)
  }
}

func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }
