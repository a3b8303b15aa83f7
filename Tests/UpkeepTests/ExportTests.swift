import Basics
import Foundation
import Store
import TestSupport
import Testing

@testable import Upkeep

@Suite("Export") struct ExportTests {
  let folder: TemporaryDirectory
  let store: DataStore

  init() throws {
    folder = try TemporaryDirectory()
    store = try DataStore.inMemory([
      Migration(
        "1",
        """
        CREATE TABLE people (id TEXT PRIMARY KEY, sealed_token TEXT, age INTEGER, note TEXT, picture BLOB) STRICT;
        CREATE TABLE "odd ""name" (id TEXT PRIMARY KEY) STRICT;
        """)
    ])
    try store.write {
      try $0.run(
        "INSERT INTO people VALUES ('1', 'v2:canary', -5, \("=cmd|' /C calc'!A0"), \([UInt8](arrayLiteral: 1, 255)))")
      try $0.run("INSERT INTO people VALUES ('2', NULL, NULL, \("a, \"b\"\nc"), NULL)")
    }
  }

  private func export(_ format: Export.Format) throws -> [String: Int] {
    try Export(store: store, withheld: [WithheldColumn("people", "sealed_token")])
      .write(to: folder.file("out"), as: format)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.file("out/\(name)"), encoding: .utf8)
  }

  @Test func linesOfJSON() throws {
    #expect(try export(.jsonl)["people.jsonl"] == 2)
    #expect(
      try text("people.jsonl") == """
        {"age":-5,"id":"1","note":"=cmd|' /C calc'!A0","picture":"01ff"}
        {"age":null,"id":"2","note":"a, \\"b\\"\\nc","picture":null}

        """)
  }

  @Test func cellsThatNoSpreadsheetTakesForFormulas() throws {
    #expect(try export(.csv)["people.csv"] == 2)
    #expect(
      try text("people.csv")
        == "id,age,note,picture\r\n1,-5,'=cmd|' /C calc'!A0,01ff\r\n2,,\"a, \"\"b\"\"\nc\",\r\n")
  }

  @Test(arguments: ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1"]) func formulas(_ text: String) {
    #expect(CSV.line([.text(text)]).contains("'" + text))
  }

  @Test func everyTableIsThereAndNoSecret() throws {
    #expect(Set(try export(.jsonl).keys) == ["people.jsonl", "odd \"name.jsonl", "schema_migrations.jsonl"])
    #expect(!(try text("people.jsonl")).contains("canary"))
    let mode =
      try FileManager.default.attributesOfItem(atPath: folder.file("out/people.jsonl"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }
}
