import Basics
import Foundation
import Signatures
import Store
import TestSupport
import Testing

extension EndToEndTests {
  /// What the programs say to whoever starts them, and with which code they end.
  @Suite("Programs") struct Programs {
    let hall: RunningHall

    init() throws { hall = try EndToEndTests.hall }

    @Test(arguments: ["responder", "notion-sync", "guildhall doctor"])
    func missingSettingsAreToldAllAtOnce(_ command: String) throws {
      var environment = hall.environment
      environment["ENCRYPTION_KEYS"] = nil
      environment["WORKERS"] = "many"
      environment["PUBLIC_URL"] = "here"
      let words = command.split(separator: " ").map(String.init)
      let run = try hall.run(words[0], Array(words.dropFirst()), environment: environment)
      #expect(run.code == 78 && run.output.isEmpty)
      for name in ["ENCRYPTION_KEYS", "WORKERS", "PUBLIC_URL"] { #expect(run.error.contains(name)) }
    }

    @Test(arguments: [
      ("guildhall doctor --json", ["WORKERS": "many"], 78, "invalid", "WORKERS"),
      ("notion-sync --json", ["WORKERS": "many"], 78, "invalid", "WORKERS"),
      ("guildhall jobs list --limit 0 --json", [:], 64, "invalid", "--limit takes"),
      ("guildhall mapping show nope --json", [:], 1, "not_found", "no mapping nope"),
    ])
    func failuresAreJSONToo(
      _ command: String, _ settings: [String: String], _ code: Int32, _ kind: String, _ words: String
    ) throws {
      let names = command.split(separator: " ").map(String.init)
      let run = try hall.run(
        names[0], Array(names.dropFirst()), environment: hall.environment.merging(settings) { $1 })
      let told = try JSON.decode(JSONValue.self, from: run.error)["error"]
      #expect(run.code == code && run.output.isEmpty && told?["kind"]?.string == kind)
      #expect(told?["sentence"]?.string?.contains(words) == true)
    }

    @Test func anotherRunIsToldInJSON() throws {
      let lock = open("\(hall.state)/notion-sync.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o660)
      defer { close(lock) }
      try #require(flock(lock, LOCK_EX | LOCK_NB) == 0)
      let run = try hall.run("notion-sync", "--json")
      #expect(run.code == 75 && run.error.contains(#"{"error":{"kind":"busy","sentence":"Another notion-sync"#))
    }

    @Test(arguments: ["jobs replay", "jobs discard", "jobs show", "mapping runs", "mapping show"])
    func whatIsNotThereIsSaid(_ command: String) throws {
      let run = try hall.run("guildhall", command.split(separator: " ").map(String.init) + ["nope"])
      #expect(run.code == 1 && run.output.isEmpty && run.error.contains("nope"))
    }

    @Test(arguments: ["responder", "notion-sync", "guildhall mapping list"])
    func anotherSchemaIsNotTouched(_ command: String) throws {
      let folder = try TemporaryDirectory()
      let environment = hall.environment.merging(["STATE_DIR": folder.path]) { $1 }
      let words = command.split(separator: " ").map(String.init)
      let older = try hall.run(words[0], Array(words.dropFirst()), environment: environment)
      #expect(older.code == 78 && older.error.contains("Run “guildhall migrate”"))

      try hall.requireWell(hall.run("guildhall", ["migrate"], environment: environment))
      _ = try DataStore.open(path: folder.file("guildhall.db"), durability: .full)
        .migrate([Migration("29991231-2359-later", "CREATE TABLE later (id TEXT) STRICT")])
      let newer = try hall.run(words[0], Array(words.dropFirst()), environment: environment)
      #expect(newer.code == 78 && newer.error.contains("newer than this program"))
    }

    @Test func migratingTwiceIsHarmless() throws {
      let again = try hall.run("guildhall", "migrate")
      #expect(again.code == 0 && again.output == "The database is up to date.\n")
    }

    @Test func aSlotIsRunOnce() throws {
      let first = try hall.run("guildhall", "housekeeping", "--json", "--slot", "daily")
      let second = try hall.run("guildhall", "housekeeping", "--json", "--slot", "daily")
      #expect(first.code == 0 && first.output.hasPrefix("["))
      #expect(second.code == 0 && second.output == "{\"skipped\":true}\n")
    }

    @Test(arguments: ["guildhall", "notion-sync", "responder", "sandbox"])
    func everyProgramSaysTheSameVersion(_ program: String) throws {
      let run = try hall.run(program, "--version")
      #expect(run.code == 0 && run.output == "\(Version.current)\n")
    }

    @Test(arguments: [
      "notion-sync --slot fortnightly", "notion-sync --limit 0", "notion-sync --nonsense", "guildhall mapping add",
      "guildhall mapping set x", "guildhall jobs list --limit=-5", "guildhall setup", "responder extra",
    ])
    func wrongUseIs64(_ command: String) throws {
      let words = command.split(separator: " ").map(String.init)
      let run = try hall.run(words[0], Array(words.dropFirst()))
      #expect(run.code == 64 && run.error.contains("Usage:"))
    }

    @Test func aTokenThatIsNoneIsRefusedAndNotKept() throws {
      let run = try hall.run("guildhall", "discord", "connect", input: "not-a-token\n")
      #expect(run.code == 1 && run.error.contains("Discord refuses our token"))
      #expect(try hall.run("guildhall", "notion", "connect", input: "").code == 1)
      #expect(try hall.run("guildhall", "doctor").code == 0)
    }

    @Test func theDoctorFindsAllWell() throws {
      let run = try hall.run("guildhall", "doctor", "--json")
      let findings = try JSON.decode(JSONValue.self, from: run.output).array ?? []
      #expect(run.code == 0 && findings.count >= 5 && findings.allSatisfy { $0["ok"] == true }, "\(run.output)")
    }

    /// scripts/manual writes the pages; a page tells by a digest which help it was made from.
    @Test(arguments: ["guildhall", "notion-sync", "responder"])
    func manualPagesAreCurrent(_ program: String) throws {
      let help = try hall.run(program, "--experimental-dump-help")
      let page = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../docs/man/\(program).1")
        .standardizedFileURL
      let text = try String(contentsOf: page, encoding: .utf8)
      let digest = SHA256.hexadecimalDigest(help.output)
      #expect(text.contains(".\\\" help \(digest)"), "run scripts/manual")
    }

    /// Prose is wrapped; examples stand as they are, on a terminal of 80 columns and in manual pages, where they are set
    /// in by five and by eight more for each subcommand.
    @Test(arguments: ["guildhall", "notion-sync", "responder"])
    func examplesFitATerminal(_ program: String) throws {
      func tooLong(_ command: JSONValue, _ width: Int) -> [String] {
        let examples = (command["discussion"]?.string ?? "").split(separator: "\n").filter { $0.hasPrefix(" ") }
        return examples.filter { $0.count > width }.map(String.init)
          + (command["subcommands"]?.array ?? []).flatMap { tooLong($0, width - 8) }
      }
      let help = try JSON.decode(JSONValue.self, from: hall.run(program, "--experimental-dump-help").output)
      #expect(tooLong(try #require(help["command"]), 73) == [])
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func shellsCanCompleteIt(_ shell: String) throws {
      let script = try hall.run("guildhall", "--generate-completion-script", shell)
      #expect(script.code == 0 && script.output.contains("rotate") && script.output.contains("housekeeping"))
    }

    @Test func aJobIsFollowedThroughDatabaseAndLog() throws {
      let jobs = try DataStore.open(path: "\(hall.state)/guildhall.db", durability: .full).read {
        try $0.values(String.self, "SELECT id FROM jobs WHERE state = 'done' ORDER BY updated_at DESC LIMIT 1")
      }
      let job = try #require(jobs.first)
      let run = try hall.run("guildhall", "log", job, hall.log("responder"), "--json")
      let lines = run.output.split(separator: "\n").compactMap { try? JSON.decode(JSONValue.self, from: $0.utf8) }  // counted
      #expect(run.code == 0 && lines.contains { $0["part"] == "database" && $0["job"]?.string == job })
      #expect(try hall.run("guildhall", "log", "nobody", hall.log("responder")).code == 1)
      let shown = try hall.run("guildhall", "jobs", "show", job, "--json")
      #expect(try JSON.decode(JSONValue.self, from: shown.output)["state"] == "done")
    }

    @Test func aRunIsFollowedToTheJobsItCaused() throws {
      let message = try hall.openIssue()
      try hall.edit(message.page, ["Name": "Followed from its run"])
      let summary = try hall.requireWell(hall.run("notion-sync", "--json"))
      let run = try #require(try JSON.decode(JSONValue.self, from: summary.output)["run"]?.string)
      let followed = try hall.requireWell(hall.run("guildhall", "log", run, hall.log("responder"), "--json"))
      #expect(followed.output.contains("issue.deliver"))
    }

    @Test func aRequestIsFoundInNginxsLog() throws {
      let folder = try TemporaryDirectory()
      let log = "\(folder.path)/nginx.log"
      try #"""
      {"ts":"2026-11-27T09:00:00+02:00","part":"nginx","msg":"GET /health","status":"200","request_id":"4c5d6e"}
      {"ts":"2026-11-27T09:00:01+02:00","part":"nginx","msg":"GET /ready","status":"200","request_id":"other"}
      """#.write(toFile: log, atomically: true, encoding: .utf8)
      let found = try hall.requireWell(hall.run("guildhall", "log", "4c5d6e", log))
      #expect(found.output.hasPrefix("2026-11-27T07:00:00.000Z nginx: GET /health") && !found.output.contains("ready"))
    }

    @Test func noSecretIsInAnyLog() throws {
      let logs = ["responder", "sandbox", "notion-sync", "nginx"].map {
        (try? String(contentsOfFile: hall.log($0), encoding: .utf8)) ?? ""
      }  // absent: nothing in it
      let secrets =
        ["bot_token", "notion_token", "private_key"].map(hall.fact) + [hall.environment["ENCRYPTION_KEYS"] ?? "?"]
      for secret in secrets { #expect(!logs.joined().contains(secret)) }
    }
  }
}
