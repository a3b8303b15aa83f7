import Basics
import HTTP
import Testing

@testable import Outbound

struct RetryAfterTests {
  @Test(
    arguments: [
      (nil, 1000), ("", 1000), ("0", 100), ("1", 1000), ("30", 30_000), ("90", 90_000), ("0.25", 250), ("1.5", 1500),
      ("0.001", 100), ("3601", 3_600_000), ("86400", 3_600_000), ("86401", 60_000), ("1000000000", 60_000),
      ("1e300", 60_000), ("inf", 1000), ("nan", 1000), ("-5", 100),
      ("soon", 1000), ("5 seconds", 1000), ("٣", 1000),
      ("Sat, 21 Nov 2026 12:00:07 GMT", 7000), ("Sat, 21 Nov 2026 11:00:00 GMT", 100),
      ("Sun, 22 Nov 2026 12:00:00 GMT", 3_600_000), ("Sun, 21 Nov 2027 12:00:00 GMT", 60_000),
      ("Sat, 9223372036854775807 Nov 2026 12:00:00 GMT", 1000), ("Sat, 21 Nov 9223372036854775807 12:00:00 GMT", 1000),
      ("Sat, 31 Feb 2026 12:00:00 GMT", 1000), ("Sat, 21 Nov 2026 99:00:00 GMT", 1000), ("2026-11-21T12:00:07Z", 1000),
    ] as [(String?, Int64)])
  func everyForm(_ text: String?, _ milliseconds: Int64) {
    var headers = Headers()
    headers["retry-after"] = text
    #expect(retryAfter(headers, now: Timestamp(seconds: 1_795_262_400)) == .milliseconds(milliseconds))
  }
}
