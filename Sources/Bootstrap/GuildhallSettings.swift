import CurlTransport
import Foundation
import HTTP
import Settings
import Signatures

/// Every setting there is, an entry each.
extension Setting where Value == String {
  static let stateDirectory = Setting(
    "STATE_DIR", .path, default: "/var/lib/guildhall",
    "the folder that holds the database and everything kept. Run scripts/install after a change.")
  static let publicURL = Setting(
    "PUBLIC_URL", .address, default: "http://127.0.0.1:8080", "the address people reach this Guildhall at.")
  static let discordURL = Setting(
    "DISCORD_API_URL", .address, default: "https://discord.com/api/v10", "where Discord's API is.")
  static let discordSite = Setting(
    "DISCORD_SITE_URL", .address, default: "https://discord.com", "where people log in with Discord.")
  static let notionURL = Setting(
    "NOTION_API_URL", .address, default: "https://api.notion.com/v1", "where Notion's API is.")
  static let logLevel = Setting(
    "LOG_LEVEL", .oneOf(["debug", "info", "warning", "error"]), default: "info", "how much the log tells.")
}

extension Setting where Value == Int {
  static let workers = Setting(
    "WORKERS", .integer(1...256), default: 24, "how many requests are answered side by side.")
  static let jobThreads = Setting(
    "JOB_THREADS", .integer(0...64), default: 4,
    "how many jobs the responder runs side by side, of several one for people who wait; 0 leaves all to “guildhall jobs run”.")
  static let apiRate = Setting(
    "API_RATE", .integer(6...1_000_000), default: 600, "how many requests a minute each API key may send.")
}

extension Setting where Value == [AddressRange] {
  static let metricsAllow = Setting(
    "METRICS_ALLOW", .addressRanges, default: ["127.0.0.1", "::1"].compactMap(AddressRange.init),
    "the addresses that may read /metrics without an API key, with commas between them.")
}

extension SettingForm where Value == [AddressRange] {
  static let addressRanges = SettingForm("addresses or ranges such as 10.0.0.0/8, with commas between them") { text in
    let words = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let ranges = words.compactMap { AddressRange($0) }
    return ranges.count == words.count ? ranges : nil
  }
}

extension SettingForm where Value == String? {
  static let folder = SettingForm("an absolute path") { $0.hasPrefix("/") ? .some($0) : nil }
}

extension Setting where Value == String? {
  static let backupDirectory = Setting(
    "BACKUP_DIR", .folder, default: .some(nil),
    "the folder for backups; “backups” in STATE_DIR while it is not set. Run scripts/install after a change.")
  static let apiKey = Setting(
    "API_KEY", .secret, default: .some(nil), secret: true, "what programs show to use /api; closed while it is not set."
  )
  static let discordClientSecret = Setting(
    "DISCORD_CLIENT_SECRET", .secret, default: .some(nil), secret: true,
    "the client secret on the application's OAuth2 page, with which people log in to the panel; closed while it is not set."
  )
  static let notionClientID = Setting(
    "NOTION_CLIENT_ID", .optionalText, default: .some(nil),
    "the client id of a public Notion integration, with which people link workspaces themselves.")
  static let notionClientSecret = Setting(
    "NOTION_CLIENT_SECRET", .secret, default: .some(nil), secret: true, "the client secret of that integration.")
  static let cronSecret = Setting(
    "CRON_SECRET", .secret, default: .some(nil), secret: true,
    "what a scheduler elsewhere shows to /api/cron/sync; closed while it is not set.")
}

extension SettingForm where Value == String? {
  static let optionalText = SettingForm("text") { $0.isEmpty ? nil : .some($0) }
  static let secret = SettingForm("at least 24 characters") { $0.utf8.count >= 24 ? .some($0) : nil }
}

extension Setting where Value == SealingKeys {
  static let encryptionKeys = Setting(
    "ENCRYPTION_KEYS", .sealingKeys, secret: true,
    "what tokens are sealed with, the current key first; a key is any id, a colon, and the output of "
      + "“openssl rand -hex 32”.")
}

extension SettingForm where Value == SealingKeys {
  static let sealingKeys = SettingForm("id:64 hexadecimal digits, several with commas between") { text in
    let keys = try? text.split(separator: ",").map { entry in  // malformed: the form says what is expected
      let parts = entry.split(separator: ":", maxSplits: 1)
      return try SealingKey(id: String(parts.first ?? ""), hexadecimal: String(parts.dropFirst().first ?? ""))
    }
    guard let current = keys?.first else { return nil }
    return try? SealingKeys(current: current, older: Array(keys?.dropFirst() ?? []))  // two with one id: as above
  }
}

extension Setting where Value == OperatorHosts {
  static let plainHosts = Setting(
    "PLAIN_HOSTS", .hosts, default: OperatorHosts.none,
    "the hosts (or host:port) among the addresses above that may be plain http or in a private network.")
}

extension SettingForm where Value == OperatorHosts {
  static let hosts = SettingForm("hosts, or host:port, with commas between them") { text in
    try? OperatorHosts(text.split(separator: ",").map(String.init))  // malformed: the form says what is expected
  }
}

let allSettings: [any SettingEntry] = [
  Setting.stateDirectory, Setting.publicURL, Setting.encryptionKeys, Setting.apiKey, Setting.apiRate,
  Setting.cronSecret,
  Setting.discordURL, Setting.discordSite, Setting.discordClientSecret, Setting.notionURL, Setting.notionClientID,
  Setting.notionClientSecret, Setting.plainHosts, Setting.metricsAllow, Setting.backupDirectory, Setting.workers,
  Setting.jobThreads, Setting.logLevel,
]
