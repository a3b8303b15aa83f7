import Testing

@testable import Basics

struct JSONLineTests {
  @Test(arguments: [
    [:], ["msg": "click"], ["msg": "“Türe” 🚪", "part": "a\"b\\c"],
    ["err": "one\ntwo\r\t\u{0}\u{1f}\u{7f}", "a\"b": ""],
  ])
  func readsAsTheSameMembers(_ members: [String: String]) throws {
    var line = JSONLine()
    for (name, value) in members { line.add(name, value) }
    let bytes = line.end()
    #expect(try JSON.decode([String: String].self, from: bytes) == members)
    #expect(bytes.last == 10 && bytes.count { $0 < 32 } == 1)
  }
}
