import Basics
import Foundation
import Store
import TestSupport
import Testing

extension EndToEndTests {
  /// What the doctor says of halls that are not well.
  @Suite("Doctor") struct Doctor {
    let hall: RunningHall

    init() throws { hall = try EndToEndTests.hall }

    private struct Finding: Decodable {
      let what: String
      let level: String
      let sentence: String
      let remedy: String?
    }

    private func findings(adding changes: [String: String] = [:]) throws -> [String: Finding] {
      let run = try hall.run(
        "guildhall", ["doctor", "--json"], environment: hall.environment.merging(changes) { $1 })
      let all = try JSON.decode([Finding].self, from: run.output)
      #expect(run.code == (all.contains { $0.level == "trouble" } ? 1 : 0) && run.error.isEmpty, "\(run.error)")
      return Dictionary(grouping: all, by: \.what).mapValues { found in
        #expect(found.count == 1, "\(found.count) lines are called \(found[0].what)")
        return found[0]
      }
    }

    enum Damage: CaseIterable {
      case noDatabase, anotherFile, randomPages
    }

    @Test(arguments: Damage.allCases)
    func withoutADatabaseTheRestIsTold(_ damage: Damage) throws {
      let folder = try TemporaryDirectory()
      let place = ["STATE_DIR": folder.path]
      let file = folder.file("guildhall.db")
      if damage != .noDatabase {
        try hall.requireWell(
          hall.run("guildhall", ["migrate"], environment: hall.environment.merging(place) { $1 }))
        try spoil(file, wholly: damage == .anotherFile)
      }
      let findings = try findings(adding: place)
      #expect(findings["database"]?.level == "trouble")
      #expect(
        findings["database"]?.remedy?.contains(damage == .noDatabase ? "guildhall migrate" : "guildhall restore")
          == true)
      for what in ["settings", "disk", "clock", "public address"] {
        #expect(findings[what]?.level == "well", "\(what)")
      }
      #expect(findings["backups"]?.level == "notice" && findings["discord"] == nil)
      if damage == .noDatabase {
        #expect(try hall.run("guildhall", ["jobs"], environment: hall.environment.merging(place) { $1 }).code == 78)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
      }
    }

    /// Restoring a backup would mend nothing.
    @Test func whatMayBeLostIsToBeRemoved() throws {
      let folder = try TemporaryDirectory()
      let place = ["STATE_DIR": folder.path]
      try hall.requireWell(hall.run("guildhall", ["migrate"], environment: hall.environment.merging(place) { $1 }))
      try spoil(folder.file("volatile.db"), wholly: true)
      let database = try #require(try findings(adding: place)["database"])
      #expect(database.sentence.contains("volatile.db cannot be used") && database.remedy == nil, "\(database)")
    }

    private func spoil(_ path: String, wholly: Bool) throws {
      for end in ["-wal", "-shm"] { unlink(path + end) }
      let file = try #require(FileHandle(forWritingAtPath: path))
      let pages = Int(try file.seekToEnd()) / 4096
      for page in stride(from: wholly ? 0 : 2, to: pages, by: wholly ? 1 : 3) {
        try file.seek(toOffset: UInt64(page * 4096))
        try file.write(contentsOf: Data(repeating: UInt8(page & 0x7F) | 0x80, count: 4096))
      }
    }

    /// Days since the hall was made, whether a scheduler has started something, and how three lines then are.
    @Test(arguments: [
      (0, false, ["notice", "notice", "notice"]), (3, false, ["trouble", "notice", "trouble"]),
      (0, true, ["well", "notice", "notice"]), (1, true, ["well", "trouble", "notice"]),
      (3, true, ["well", "trouble", "trouble"]),
    ])
    func whatDoesNotRunByItselfIsTold(days: Int64, isStarted: Bool, levels: [String]) throws {
      let folder = try TemporaryDirectory()
      let environment = hall.environment.merging(["STATE_DIR": folder.path]) { $1 }
      try hall.requireWell(hall.run("guildhall", ["migrate"], environment: environment))
      if isStarted {
        try hall.requireWell(hall.run("guildhall", ["jobs", "run", "--slot", "1min"], environment: environment))
      }
      try DataStore.open(path: folder.file("guildhall.db"), durability: .full).write {
        try $0.run("UPDATE schema_migrations SET applied_at = applied_at - \(days * 86_400_000)")
      }
      let findings = try findings(adding: ["STATE_DIR": folder.path])
      #expect(["schedule", "notion-sync", "backups"].map { findings[$0]?.level } == levels)
      for name in ["notion-sync", "jobs", "notion-sync --full", "backup", "housekeeping"] {
        #expect(findings[name] != nil, "\(name)")
      }
    }

    @Test func aMissingKeyIsTheOneThingToPutBack() throws {
      let other = "other:" + String(repeating: "0", count: 64)
      let findings = try findings(adding: ["ENCRYPTION_KEYS": other])
      #expect(findings["sealed secrets"]?.remedy?.contains("ENCRYPTION_KEYS") == true)
      let sealed = findings.values.filter { $0.sentence.contains("which is not among the sealing keys") }
      #expect(sealed.count >= 5)
      for finding in sealed where finding.what != "sealed secrets" {
        #expect(finding.remedy == "See what “sealed secrets” says.", "\(finding.what)")
      }
    }

    @Test func adviceFitsAServiceThatIsAway() throws {
      let nowhere = "http://127.0.0.1:9"
      let findings = try findings(adding: ["DISCORD_API_URL": nowhere, "PLAIN_HOSTS": "127.0.0.1"])
      let discord = try #require(findings["discord"])
      let mapping = try #require(findings.values.first { $0.what.hasPrefix("mapping ") })
      for finding in [discord, mapping] {
        #expect(finding.sentence.contains("did not answer"))
        #expect(finding.remedy?.contains("can reach the service") == true, "\(finding)")
      }
    }

    /// The name, and words of the advice.
    @Test(arguments: [
      ("https://hall.invalid", "DNS"), ("http://hall.invalid", "https://NAME"), ("https://127.0.0.1", "nginx"),
    ])
    func adviceFitsThePublicAddress(_ url: String, words: String) throws {
      let finding = try findings(adding: ["PUBLIC_URL": url])["public address"]
      #expect(finding?.level == "trouble" && finding?.remedy?.contains(words) == true, "\(String(describing: finding))")
    }

    /// What is signed well comes through, and leaves no event behind.
    @Test func theWebhookIsProbedWithBothSignatures() throws {
      let waiting = try hall.spawn("webhook", RunningHall.binary("guildhall"), ["notion", "webhook"])
      let secret = Array(#"{"verification_token": "secret_of_the_doctors_test"}"#.utf8)
      try until("the verification token is taken") {
        try hall.http.send("POST", "/notion/webhook", [("Content-Type", "application/json")], body: secret).status
          == 200
      }
      #expect(waiting.exitCode() == 0)
      let events = {
        try DataStore.open(path: "\(hall.state)/guildhall.db", durability: .full).read {
          try $0.value(Int.self, "SELECT count(*) FROM notion_events")
        }
      }
      let before = try events()
      let webhook = try #require(try findings()["notion webhook"])
      #expect(webhook.level == "well" && webhook.sentence.hasPrefix("a good signature is taken"), "\(webhook)")
      #expect(try events() == before)
    }
  }
}
