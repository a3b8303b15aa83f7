import Basics
import Testing

@testable import Settings

/// All settings at once: what holds, and everything that is wrong in one go.
struct SettingValuesTests {
  static let folder = Setting("STATE_DIR", .path, default: "/var/lib/guildhall", "the folder for everything kept.")
  static let workers = Setting(
    "WORKERS", .integer(1...256), default: 24, "how many requests are answered side by side.")
  static let url = Setting("PUBLIC_URL", .address, "the address people reach this at.")
  static let hosts = Setting("PLAIN_HOSTS", .list, default: [], "the hosts that may be plain.")
  static let key = Setting(
    "ENCRYPTION_KEY", SettingForm<String>("sixteen letters") { $0.count == 16 ? $0 : nil }, secret: true, "the key.")
  static let spare = Setting(
    "SPARE_KEY", SettingForm<String>("sixteen letters") { $0.count == 16 ? $0 : nil }, default: "canary-default--",
    secret: true,
    "the key before.")
  static let all: [any SettingEntry] = [folder, workers, url, hosts, key, spare]

  private func values(_ given: [String: String]) throws -> SettingValues {
    try SettingValues(Self.all, from: SettingSources(environment: given))
  }

  @Test func whatIsGivenAndWhatHoldsOtherwise() throws {
    let values = try values([
      "PUBLIC_URL": "https://hall.example.org/", "ENCRYPTION_KEY": "abcdefghijklmnop", "PLAIN_HOSTS": "a,b",
    ])
    #expect(values[Self.folder] == "/var/lib/guildhall")
    #expect(values[Self.workers] == 24)
    #expect(values[Self.url] == "https://hall.example.org")
    #expect(values[Self.hosts] == ["a", "b"])
    #expect(values[Self.key] == "abcdefghijklmnop")
    #expect(values[Self.spare] == "canary-default--")
  }

  @Test func everyFaultIsToldAtOnceWithItsPurpose() throws {
    let failure = #expect(throws: Failure.self) {
      try values(["STATE_DIR": "here", "WORKERS": "many", "ENCRYPTION_KEY": "canary-short"])
    }
    #expect(failure?.kind == .invalid)
    #expect(
      failure?.sentence == """
        The settings cannot be used:
          - STATE_DIR is “here”; it must be an absolute path. It is the folder for everything kept.
          - WORKERS is “many”; it must be a number from 1 to 256. It is how many requests are answered side by side.
          - PUBLIC_URL is not set; it must be an address such as https://hall.example.org. It is the address people reach this at.
          - ENCRYPTION_KEY is malformed; it must be sixteen letters. It is the key.
        """)
    #expect(failure?.description.contains("canary") == false)
  }

  @Test func aFaultyValueIsNotReplacedByTheDefault() throws {
    let failure = #expect(throws: Failure.self) {
      try values(["WORKERS": "", "PUBLIC_URL": "http://localhost", "ENCRYPTION_KEY": "abcdefghijklmnop"])
    }
    #expect(failure?.sentence.contains("WORKERS is “”") == true)
  }

  @Test func noSecretIsEverPrinted() throws {
    let values = try values(["PUBLIC_URL": "http://localhost", "ENCRYPTION_KEY": "canary-canary-16"])
    var dumped = ""
    dump(values, to: &dumped)
    for text in [String(describing: values), String(reflecting: values), "\(values)", dumped] {
      #expect(!text.contains("canary"))
    }
    #expect(String(describing: values).contains("ENCRYPTION_KEY"))
    #expect(Self.all.map { $0.fallbackDescription } == ["/var/lib/guildhall", "24", nil, "", nil, ""])
  }
}
