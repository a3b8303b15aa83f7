import Basics
import Foundation
import Signatures
import TestSupport
import Testing

extension EndToEndTests {
  /// A hall of its own, set up and looked after by its commands alone.
  @Suite("Upkeep") struct Upkeep {
    let hall: RunningHall
    let folder: TemporaryDirectory
    /// Without what the hall of the other tests is told by its environment.
    let environment: [String: String]

    init() throws {
      hall = try EndToEndTests.hall
      folder = try TemporaryDirectory()
      environment = ["PATH": hall.environment["PATH"] ?? "", "GUILDHALL_SETTINGS": folder.file("hall.conf")]
      let names = ["PUBLIC_URL", "PLAIN_HOSTS", "DISCORD_API_URL", "NOTION_API_URL"]
      let answers =
        names.map { "\($0)=\(hall.environment[$0] ?? "")" } + [
          "STATE_DIR=\(folder.file("state"))", "DISCORD_BOT_TOKEN=\(hall.fact("bot_token"))",
          "NOTION_TOKEN=\(hall.fact("notion_token"))",
        ]
      let done = try run("setup", "--answers", "-", "--json", input: answers.joined(separator: "\n"))
      try hall.requireWell(done)
    }

    func run(_ words: String..., input: String = "") throws -> Finished {
      try hall.run("guildhall", words, input: input, environment: environment)
    }

    func json(_ finished: Finished) throws -> JSONValue {
      try JSON.decode(JSONValue.self, from: hall.requireWell(finished).output)
    }

    private func keys() throws -> String {
      let text = try String(contentsOfFile: folder.file("hall.conf"), encoding: .utf8)
      return try #require(text.split(separator: "\n").first { $0.hasPrefix("ENCRYPTION_KEYS=") }).dropFirst(16)
        .description
    }

    @Test func setupMakesAKeyAndKeepsWhatIsThere() throws {
      let first = try keys()
      let mode = try FileManager.default.attributesOfItem(atPath: folder.file("hall.conf"))[.posixPermissions] as? Int
      #expect(mode == 0o600 && first.count > 64)
      let again = try json(run("setup", "--yes", "--json"))
      #expect(again["changed"] == [] && again["discord"] == "Guildhall")
      #expect(try keys() == first)
    }

    @Test func setupTakesNothingThatDoesNotWork() throws {
      let bad = try run("setup", "--answers", "-", "--yes", input: "DISCORD_BOT_TOKEN=nonsense\nWORKERS=8\n")
      #expect(bad.code == 1 && bad.error.contains("Discord refuses our token"))
      let other = try run(
        "setup", "--answers", "-", "--yes",
        input: "DISCORD_BOT_TOKEN=\(hall.fact("bot_token"))\nDISCORD_PUBLIC_KEY=00\n")
      #expect(other.code == 1 && other.error.contains("public key"))
      let before = try String(contentsOfFile: folder.file("hall.conf"), encoding: .utf8)
      let faulty = try run("setup", "--answers", "-", input: "NO_SUCH=1\nWORKERS=many\nLOG_LEVEL=loud\nAPI_RATE=7\n")
      #expect(faulty.code == 78 && ["NO_SUCH", "WORKERS", "LOG_LEVEL"].allSatisfy(faulty.error.contains))
      #expect(try String(contentsOfFile: folder.file("hall.conf"), encoding: .utf8) == before)
      let missing = try run("setup", "--answers", "/no/such")
      #expect(missing.code == 78)
      #expect(missing.error == "The answers file /no/such cannot be read.\n  (No such file or directory (2))\n")
      #expect(try run("setup").error.contains("--yes"))
    }

    @Test func setupMakesASecretOnce() throws {
      let first = try json(run("setup", "--answers", "-", "--json", input: "API_KEY=generate\n"))
      #expect(first["changed"] == ["API_KEY"])
      #expect(first["notes"]?.array?.contains { $0.string?.contains("systemctl restart") == true } == true)
      let again = try json(run("setup", "--answers", "-", "--json", input: "API_KEY=generate\n"))
      #expect(again["changed"] == [])
    }

    @Test func setupSaysWhichAnswerIsNotWanted() throws {
      let state = environment.merging(["STATE_DIR": folder.file("state")]) { $1 }
      let done = try hall.run("guildhall", ["setup", "--answers", "-"], input: "STATE_DIR=/else\n", environment: state)
      #expect(done.code == 0 && done.output.contains("STATE_DIR was left alone, because the environment sets it."))
    }

    @Test func setupStopsAtTheEndOfInput() throws {
      let terminal = try PseudoTerminal()
      let path = folder.file("new.conf")
      let program = try terminal.start(
        "guildhall", ["setup", "--settings", path], environment, output: folder.file("out"), error: folder.file("err"))
      terminal.type("\u{4}")
      #expect(program.exitCode() == 78)
      #expect(try String(contentsOfFile: folder.file("err"), encoding: .utf8).contains("The input ended at STATE_DIR."))
      #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func setupAsksAgainForATokenThatIsRefused() throws {
      let terminal = try PseudoTerminal()
      let program = try terminal.start(
        "guildhall", ["setup"], environment, output: folder.file("out"), error: folder.file("err"))
      terminal.type("\n\n\nnonsense\n\u{4}")
      #expect(program.exitCode() == 1)
      let told = try String(contentsOfFile: folder.file("err"), encoding: .utf8)
      #expect(told.contains("PUBLIC_URL [Return keeps \(hall.environment["PUBLIC_URL"] ?? "?")]"))
      #expect(told.contains("It is refused.") && !told.contains("Connect Discord again"))
      #expect(told.contains("The input ended at DISCORD_BOT_TOKEN. The settings are written down."))
    }

    @Test func aSignalLeavesTheTerminalAsItWas() throws {
      let terminal = try PseudoTerminal()
      let program = try terminal.start(
        "guildhall", ["notion", "connect"], environment, output: folder.file("out"), error: folder.file("err"))
      try until("what is typed is hidden") { !terminal.isEchoing }
      program.send(SIGINT)
      #expect(program.exitCode() == -SIGINT)
      #expect(terminal.isEchoing)
    }

    @Test func backupsAreRestoredAndTheWrongKeyIsRefused() throws {
      let file = try #require(try json(run("backup", "--json"))["file"]?["path"]?.string)
      #expect(try json(run("restore", "--check", file, "--json"))["secrets"] == 2)
      try hall.requireWell(run("key", "create", "gone", "--scope", "stats:read"))
      #expect(try json(run("restore", file, "--json"))["replaced"]?.string?.contains("before") == true)
      #expect(try json(run("key", "list", "--json"))["keys"] == [])
      var other = environment
      other["ENCRYPTION_KEYS"] = "other:" + String(repeating: "ab", count: 32)
      let refused = try hall.run("guildhall", ["restore", file], environment: other)
      #expect(refused.code == 1 && refused.error.contains("not among the sealing keys"))
      #expect(try hall.run("guildhall", ["restore", file]).code == 75)  // that database is in use
    }

    @Test func keysAreRotatedWhileAResponderRuns() throws {
      let first = try keys()
      let socket = folder.file("own.sock")
      let program = try Program(
        RunningHall.binary("responder"), ["--socket", socket], environment: environment, output: folder.file("out"),
        error: folder.file("err"))
      defer {
        program.send(SIGTERM)
        _ = program.exitCode()
      }
      try until("the responder listens") { FileManager.default.fileExists(atPath: socket) }
      let outcome = try json(run("key", "rotate", "--json"))
      #expect(outcome["sealed"] == 2 && outcome["proved"] == 2)
      let second = try keys()
      #expect(second != first && !second.contains(","))
      #expect(try String(contentsOfFile: outcome["kept"]?.string ?? "", encoding: .utf8).contains(first))
      #expect(try json(run("key", "list", "--json"))["outstanding"] == 0)
    }

    @Test func aRotationThatWasEndedGoesOn() throws {
      let first = try keys()
      let second = "later:" + String(repeating: "cd", count: 32)
      let path = folder.file("hall.conf")
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.write(toFile: path + ".before-later", atomically: true, encoding: .utf8)
      try text.replacing(first, with: "\(second),\(first)").write(toFile: path, atomically: true, encoding: .utf8)
      let outcome = try json(run("key", "rotate", "--json"))
      #expect(outcome["key"] == "later" && outcome["sealed"] == 2)
      #expect(try keys() == second)
    }

    @Test func theExportHoldsEverythingButSecrets() throws {
      for format in ["jsonl", "csv"] {
        let out = folder.file("out-\(format)")
        #expect(try json(run("export", "--json", "--format", format, out))["connections.\(format)"] == 2)
        let names = try FileManager.default.contentsOfDirectory(atPath: out)
        let all = try names.map { try String(contentsOfFile: "\(out)/\($0)", encoding: .utf8) }.joined()
        for secret in ["bot_token", "notion_token"].map(hall.fact) + ["v2:"] { #expect(!all.contains(secret)) }
      }
    }

    @Test func whatIsNoBackupIsNotExported() throws {
      let file = try #require(try json(run("backup", "--json"))["file"]?["path"]?.string)
      let size = try #require(try FileManager.default.attributesOfItem(atPath: file)[.size] as? UInt64)
      truncate(file, off_t(size / 8192 * 4096))
      for path in [file, folder.file("hall.conf")] {
        for words in [["export", "--from", path, folder.file("out")], ["restore", "--check", path]] {
          let refused = try hall.run("guildhall", words, environment: environment)
          #expect(refused.code == 1 && refused.error.contains(path) && !refused.error.contains("The database"))
        }
      }
      #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }

    @Test func housekeepingSaysWhatAndWhy() throws {
      let plan = try json(run("housekeeping", "--dry-run", "--json")).array ?? []
      #expect(plan.count >= 8 && plan.allSatisfy { $0["reason"]?.string?.isEmpty == false })
      try hall.requireWell(run("housekeeping", "--slot", "daily"))
      #expect(try json(run("housekeeping", "--json", "--slot", "daily"))["skipped"] == true)
    }
  }
}
