import Foundation
import Testing

@testable import Basics

@Test(arguments: [
  "null", "true", " false ", "0", "-0", "12", "-12.5", "1.0", "1e3", "1E-2", "9223372036854775807",
  "9223372036854775808",
  "1e300", #""""#, #""a\"b\\c\/d\b\f\n\r\t""#, #""\u00e9\ud83d\ude00 é😀""#, "[]", "[1, [2, {}], \"x\"]",
  #"{"a": 1, "b": {"c": [null, true]}, "": ""}"#, "\n\t[\r\n]",
])
func jsonIsReadAsADecoderReadsIt(_ text: String) throws {
  let decoded = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  #expect(try JSON.decode(JSONValue.self, from: text) == decoded)
}

@Test(arguments: [
  "", " ", "nul", "truth", "01", "-", "1.", ".5", "1e", "+1", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"",
  "\"\\udc00\"", "\"a\nb\"", "[", "[1,]", "[1 2]", "{", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "[] []", "'x'",
  "NaN", "1e999", "\u{0B}1",
])
func whatIsNoJSONIsRefused(_ text: String) {
  #expect(throws: (any Error).self) { try JSON.decode(JSONValue.self, from: text) }
}

@Test func depthAndBytesAreLimited() throws {
  let deep = String(repeating: "[", count: 511) + String(repeating: "]", count: 511)
  #expect(try JSON.decode(JSONValue.self, from: deep).array?.count == 1)
  let deeper = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
  #expect(throws: (any Error).self) { try JSON.decode(JSONValue.self, from: deeper) }
  #expect(throws: (any Error).self) { try JSON.decode(JSONValue.self, from: [34, 0xC3, 0x28, 34]) }
}

@Test func ofEqualKeysTheLastCounts() throws {
  #expect(try JSON.decode(JSONValue.self, from: #"{"a":1,"a":2}"#) == ["a": 2])
}
