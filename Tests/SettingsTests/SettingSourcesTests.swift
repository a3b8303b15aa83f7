import Basics
import Foundation
import TestSupport
import Testing

@testable import Settings

/// Where a value comes from, and how a settings file is read.
struct SettingSourcesTests {
  @Test(
    arguments: [
      ("", [:]), ("A=1", ["A": "1"]), ("A=1\nB=2\n", ["A": "1", "B": "2"]), ("A=1\r\nB=2\r\n", ["A": "1", "B": "2"]),
      ("A=1\rB=2", ["A": "1", "B": "2"]), ("\u{feff}A=1", ["A": "1"]), ("  A = 1  ", ["A": "1"]), ("A=", ["A": ""]),
      ("# a comment\n\n  # another\nA=1", ["A": "1"]), ("A=b=c==", ["A": "b=c=="]), ("A=1 # stays", ["A": "1 # stays"]),
      ("A=\"two words\"", ["A": "two words"]), ("A='two words'", ["A": "two words"]), ("A=\"", ["A": "\""]),
      ("A=\"\"", ["A": ""]), ("A='it's'", ["A": "it's"]), ("A=\"x'", ["A": "\"x'"]), ("A=\" x \"", ["A": " x "]),
      ("A=1\nA=2", ["A": "2"]), ("A=日本 👍", ["A": "日本 👍"]), ("a_9=x", ["a_9": "x"]),
    ] as [(String, [String: String])])
  func file(_ text: String, _ values: [String: String]) throws {
    #expect(try SettingSources.parsed(text, of: "guildhall.conf") == values)
  }

  @Test(arguments: [
    ("nonsense", "Line 1 of"), ("A=1\n\n# fine\n=s3cret", "Line 4 of"), ("A=1\nexport TOKEN=s3cret", "Line 2 of"),
    ("s3cret\r\nA=1\r\ns3cret", "Lines 1, 3 of"), ("A B=s3cret", "Line 1 of"), ("A-B=s3cret", "Line 1 of"),
    ("Ä=s3cret\nB=1\n: s3cret\n{}", "Lines 1, 3, 4 of"),
  ])
  func linesThatCannotBeRead(_ text: String, _ start: String) throws {
    let failure = #expect(throws: Failure.self) { try SettingSources.parsed(text, of: "/etc/guildhall.conf") }
    #expect(failure?.kind == .invalid)
    #expect(failure?.sentence.hasPrefix("\(start) /etc/guildhall.conf cannot be read") == true)
    #expect(failure?.description.contains("s3cret") == false)
  }

  @Test func environmentThenCredentialThenFile() throws {
    let folder = try TemporaryDirectory()
    for name in ["ALL", "TWO"] { _ = try folder.write("credential\n", to: name) }
    let sources = SettingSources(
      environment: ["ALL": "environment"], credentialsDirectory: folder.path,
      file: ["ALL": "file", "TWO": "file", "ONE": "file"])
    #expect(try sources.text(of: "ALL") == "environment")
    #expect(try sources.text(of: "TWO") == "credential")
    #expect(try sources.text(of: "ONE") == "file")
    #expect(try sources.text(of: "NONE") == nil)
  }

  @Test(
    arguments: [
      ("WORKERS", nil), ("WORKER", "Nothing reads WORKER. Is WORKERS meant?"),
      ("WROKERS", "Nothing reads WROKERS. Is WORKERS meant?"), ("workers", "Nothing reads workers. Is WORKERS meant?"),
      ("WORK", "Nothing reads WORK."), ("PUBLIC_URLS", "Nothing reads PUBLIC_URLS. Is PUBLIC_URL meant?"),
      ("FOO", "Nothing reads FOO."),
    ] as [(String, String?)])
  func namesThatNothingReads(_ name: String, _ sentence: String?) {
    let sources = SettingSources(environment: ["OTHER": "1"], file: [name: "1"])
    #expect(sources.unread(by: [SettingValuesTests.workers, SettingValuesTests.url]) == [sentence].compactMap(\.self))
  }

  @Test func aFileThatIsStillToBeMadeSetsNothing() throws {
    let folder = try TemporaryDirectory()
    _ = try folder.write("a secret", to: "TOKEN")
    let sources = try SettingSources.process(
      file: folder.file("hall.conf"), mayBeMissing: true, environment: ["CREDENTIALS_DIRECTORY": folder.path])
    #expect(try sources.path == nil && sources.place(of: "TOKEN") == .credential(path: folder.file("TOKEN")))
  }

  @Test func aProcessTakesTheFileItIsTold() throws {
    let folder = try TemporaryDirectory()
    let named = try folder.write("WHO=named", to: "named.conf")
    let pointed = try folder.write("WHO=pointed", to: "pointed.conf")
    let environment = ["GUILDHALL_SETTINGS": pointed, "CREDENTIALS_DIRECTORY": folder.path]
    _ = try folder.write("from systemd", to: "TOKEN")
    #expect(try SettingSources.process(file: named, environment: environment).text(of: "WHO") == "named")
    #expect(try SettingSources.process(environment: environment).text(of: "WHO") == "pointed")
    #expect(try SettingSources.process(environment: environment).text(of: "TOKEN") == "from systemd")
  }

  @Test func aFileThatIsNotThereIsNamed() throws {
    let failure = #expect(throws: Failure.self) { try SettingSources.process(file: "/no/such.conf", environment: [:]) }
    #expect(failure?.sentence == "The settings file /no/such.conf cannot be read.")
  }

  @Test func aCredentialThatIsNoTextIsAFaultNotAnAbsence() throws {
    let folder = try TemporaryDirectory()
    try Data([0xFF, 0xFE, 0x00]).write(to: URL(fileURLWithPath: folder.file("TOKEN")))
    let sources = SettingSources(environment: [:], credentialsDirectory: folder.path, file: ["TOKEN": "an old one"])
    let token = Setting("TOKEN", .text, secret: true, "the token.")
    let failure = #expect(throws: Failure.self) { try SettingValues([token], from: sources) }
    #expect(failure?.sentence.contains("TOKEN is given as the credential \(folder.path)/TOKEN") == true)
  }
}
