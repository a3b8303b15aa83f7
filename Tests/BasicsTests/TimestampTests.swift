import Testing

@testable import Basics

struct TimestampTests {
  /// Every form Discord and Notion send (Notion: time stamps; Discord: ISO 8601 with microseconds), in UTC.
  @Test(arguments: [
    ("1970-01-01", "1970-01-01T00:00:00.000Z"),
    ("2024-01-01", "2024-01-01T00:00:00.000Z"),
    ("2024-02-29", "2024-02-29T00:00:00.000Z"),
    ("2000-02-29", "2000-02-29T00:00:00.000Z"),
    ("2026-11-21T07:08:00.000Z", "2026-11-21T07:08:00.000Z"),
    ("2025-09-01T06:31:12.223+00:00", "2025-09-01T06:31:12.223Z"),
    ("2024-11-25T14:08:00.000+09:00", "2024-11-25T05:08:00.000Z"),
    ("2024-01-01T00:30:00.000-03:30", "2024-01-01T04:00:00.000Z"),
    ("2024-03-01T00:30:00.000+02:00", "2024-02-29T22:30:00.000Z"),
    ("2024-11-25T14:08:00", "2024-11-25T14:08:00.000Z"),
    ("2024-11-25T14:08", "2024-11-25T14:08:00.000Z"),
    ("2024-11-25T14:08:09.1Z", "2024-11-25T14:08:09.100Z"),
    ("2024-11-25T14:08:09.12Z", "2024-11-25T14:08:09.120Z"),
    ("2015-04-26T06:26:56.936000+00:00", "2015-04-26T06:26:56.936Z"),
    ("2024-11-25T14:08:09.123456789Z", "2024-11-25T14:08:09.123Z"),
    ("2024-11-25t14:08:09z", "2024-11-25T14:08:09.000Z"),
    ("2024-11-25 14:08:09Z", "2024-11-25T14:08:09.000Z"),
    ("2024-11-25T14:08:09+0900", "2024-11-25T05:08:09.000Z"),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
    ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
    ("0001-01-01", "0001-01-01T00:00:00.000Z"),
    ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
  ])
  func readsEveryForm(_ text: String, _ expected: String) {
    #expect(Timestamp(iso8601: text)?.description == expected)
  }

  @Test(arguments: [
    "", "2024", "2024-1-1", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31", "2023-02-29", "1900-02-29",
    "2024-01-01T", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z", "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00.1234567890Z", "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00+9", "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00+00:60", "2024-01-01Z", " 2024-01-01", "2024-01-01 ", "-024-01-01", "２０２４-01-01",
    "2024-01-01T0:00:00Z",
  ])
  func refuses(_ text: String) { #expect(Timestamp(iso8601: text) == nil) }

  @Test(
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
      (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"), (1_795_244_889, "Sat, 21 Nov 2026 07:08:09 GMT"),
      (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ] as [(Int64, String)])
  func readsAndWritesDatesOfHTTP(_ seconds: Int64, _ text: String) {
    #expect(Timestamp(httpDate: text) == Timestamp(seconds: seconds))
    #expect(Timestamp(seconds: seconds).httpDate == text)
  }

  @Test(arguments: [
    "", "now", "Sat, 21 Nov 2026 07:08:09", "Sat, 21 Nov 2026 07:08:09 CET", "Sat, 32 Nov 2026 07:08:09 GMT",
    "Sat, -1 Nov 2026 07:08:09 GMT", "Sat, 00 Nov 2026 07:08:09 GMT", "Fri, 30 Feb 2024 07:08:09 GMT",
    "Sat, 21 nov 2026 07:08:09 GMT", "Sat, 21 Nov 2026 25:08:09 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994", "Sat, 21 Nov 999999999999 07:08:09 GMT",
  ])
  func refusesDateOfHTTP(_ text: String) { #expect(Timestamp(httpDate: text) == nil) }

  /// Every day of four centuries has one number and one text, each the reverse of the other.
  @Test func calendarIsItsOwnReverse() {
    for day in stride(from: Int64(-146_097), through: 146_097, by: 1) {
      let date = CivilDate(daysSinceEpoch: day)
      if date.daysSinceEpoch != day || !(1...CivilDate.days(inMonth: date.month, of: date.year)).contains(date.day) {
        Issue.record("day \(day) became \(date)")
      }
    }
  }

  @Test(arguments: [(59_999, 0), (60_000, 60_000), (-1, -60_000), (0, 0)] as [(Int64, Int64)])
  func floorsToTheMinute(_ milliseconds: Int64, _ minute: Int64) {
    #expect(Timestamp(milliseconds: milliseconds).minute == Timestamp(milliseconds: minute))
  }

  @Test func calculates() {
    let time = Timestamp(seconds: 100)
    #expect(time + .seconds(2) == Timestamp(milliseconds: 102_000))
    #expect(time - .milliseconds(1) == Timestamp(milliseconds: 99_999))
    #expect(time - Timestamp(seconds: 98) == .seconds(2))
    #expect(Timestamp(milliseconds: -1).seconds == -1)
    #expect(time < time + .milliseconds(1))
  }

  @Test func isISO8601InJSON() throws {
    #expect(try JSON.text([Timestamp(milliseconds: 5)]) == #"["1970-01-01T00:00:00.005Z"]"#)
    for text in [#"["1970-01-01T00:00:00.005Z"]"#, "[5]"] {
      #expect(try JSON.decode([Timestamp].self, from: text) == [Timestamp(milliseconds: 5)])
    }
    #expect(throws: DecodingError.self) { try JSON.decode([Timestamp].self, from: #"["noon"]"#) }
  }
}
