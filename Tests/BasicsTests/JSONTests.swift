import Foundation
import Testing

@testable import Basics

struct JSONValueTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-1", "9223372036854775807", "1.5", "\"\"", "\"a\\\"b\\\\c\\n\"", "[]", "{}",
    "[1,[2,[3,null]]]", #"{"a":{"b":[true,"x",0.25]},"z":"😀"}"#,
  ])
  func keepsItsText(_ text: String) throws {
    #expect(try JSON.text(JSON.decode(JSONValue.self, from: text)) == text)
  }

  @Test(
    arguments: [
      ("1", .integer(1)), ("1.0", .integer(1)), ("1e3", .integer(1000)),
      ("9007199254740993", .integer(9_007_199_254_740_993)),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("-0.5", .number(-0.5)), ("true", .bool(true)),
      (#""\ud83d\ude00""#, .string("😀")), (#""https:\/\/a""#, .string("https://a")), (#""1""#, .string("1")),
    ] as [(String, JSONValue)])
  func reads(_ text: String, _ value: JSONValue) throws {
    #expect(try JSON.decode(JSONValue.self, from: text) == value)
  }

  @Test(arguments: [
    "", " ", "{", "{a:1}", "'a'", "01", "1.", "+1", "NaN", "nul", "\"", "\"\u{1}\"", "[1] 2",
    "1e400",
    String(repeating: "[", count: 10_000), String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000),
  ])
  func refuses(_ text: String) {
    #expect(throws: (any Error).self) { try JSON.decode(JSONValue.self, from: text) }
  }

  @Test func refusesBytesThatAreNoText() {
    #expect(throws: (any Error).self) { try JSON.decode(JSONValue.self, from: [0x22, 0xFF, 0x22] as [UInt8]) }
  }

  @Test func writesEqualValuesAsEqualBytes() throws {
    let value: JSONValue = ["b": 1, "a": ["/", nil, 1.5, true]]
    #expect(try JSON.text(value) == #"{"a":["/",null,1.5,true],"b":1}"#)
  }

  @Test func answersWhatIsThereOnly() {
    let value: JSONValue = ["a": [1, 2.5, "x"], "n": nil]
    #expect(value["a"]?[0]?.integer == 1)
    #expect(value["a"]?[0]?.double == 1)
    #expect(value["a"]?[1]?.double == 2.5)
    #expect(value["a"]?[1]?.integer == nil)
    #expect(value["a"]?[2]?.string == "x")
    #expect(value["a"]?[3] == nil && value["a"]?[-1] == nil && value["b"] == nil && value[0] == nil)
    #expect(value["n"]?.isNull == true)
    #expect(value["a"]?.object == nil && value.array == nil && value.bool == nil)
  }
}

struct FailureTests {
  private struct Other: Error {}

  @Test func keepsFailuresAndHidesOtherErrors() {
    #expect(Failure(Failure.denied("No.") as any Error).sentence == "No.")
    let unknown = Failure(Other())
    #expect(unknown.kind == .unexpected && unknown.cause?.contains("Other") == true)
    #expect(!unknown.sentence.contains("Other"))
  }
}

struct LogContextTests {
  @Test func addsAndTakesAway() {
    #expect(LogContext.correlation == nil)
    #expect(LogContext.with(["run": "r1"]) { LogContext.correlation } == "r1")
    LogContext.with(["correlation": "c1", "job": "j"]) {
      LogContext.with(["job": "k"]) {
        #expect(LogContext.correlation == "c1")
        #expect(LogContext.metadata["job"]?.description == "k")
      }
      #expect(LogContext.metadata["job"]?.description == "j")
    }
    #expect(LogContext.metadata.isEmpty)
  }
}
