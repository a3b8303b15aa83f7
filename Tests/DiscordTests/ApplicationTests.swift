import Basics
import Testing

@testable import Discord

@Suite("Applications") struct ApplicationTests {
  /// Bits of Discord's table of application flags, for many servers and for few.
  @Test(arguments: [
    (nil, []), (1 << 23, []), (1 << 12, ["Presence"]), (1 << 13, ["Presence"]), (1 << 14, ["Server Members"]),
    (1 << 15 | 1 << 19, ["Server Members", "Message Content"]), (1 << 16 | 1 << 17 | 1 << 20, []),
  ] as [(Int64?, [String])])
  func privilegedIntentsAreReadFromTheFlags(flags: Int64?, names: [String]) throws {
    let body: JSONValue = [
      "id": "7", "name": "Hall", "verify_key": "00", "flags": flags.map { .integer($0) } ?? .null,
    ]
    let application = try JSON.decode(Application.self, from: JSON.encode(body))
    #expect(application.privilegedIntents == names)
  }
}
