import Basics
import Foundation
import Settings
import TestSupport
import Testing

@Suite("The settings file") struct SettingsFileTests {
  let folder: TemporaryDirectory
  init() throws { folder = try TemporaryDirectory() }

  private func text() throws -> String { try String(contentsOfFile: folder.file("hall.conf"), encoding: .utf8) }
  private func mode() throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: folder.file("hall.conf"))[.posixPermissions] as? Int
  }

  @Test func aNewFileIsPrivate() throws {
    var file = try SettingsFile(path: folder.file("hall.conf"))
    try file.set("A", to: "1", comment: "the first.")
    try file.set("B", to: " two ")
    try file.write()
    #expect(try text() == "# the first.\nA=1\n\nB=\" two \"\n")
    #expect(try mode() == 0o600)
    #expect(try SettingsFile(path: folder.file("hall.conf"))["B"] == " two ")
  }

  @Test func whatIsThereStaysAsItIs() throws {
    let path = try folder.write("# mine\nA=1\r\n#A=0\n\n B = 'x'\nA=2\n", to: "hall.conf")
    chmod(path, 0o644)
    var file = try SettingsFile(path: path)
    #expect(file["A"] == "2" && file["B"] == "x" && file["C"] == nil)
    try file.set("A", to: "3")
    try file.write()
    #expect(try text() == "# mine\nA=1\n#A=0\n\n B = 'x'\nA=3\n")
    #expect(try mode() == 0o640)
  }

  @Test func noLineCanBeSmuggledIn() throws {
    var file = try SettingsFile(path: folder.file("hall.conf"))
    #expect(throws: Failure.self) { try file.set("A", to: "1\nB=2") }
  }

  @Test func aFileThatCannotBeReadIsNotReplaced() throws {
    let path = try folder.write("no setting\n", to: "hall.conf")
    #expect(throws: Failure.self) { try SettingsFile(path: path) }
    #expect(throws: Failure.self) { try PrivateFile.replace("/no/such/folder/file", with: "") }
  }
}
