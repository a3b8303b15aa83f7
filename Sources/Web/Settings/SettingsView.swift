import Accounts
import Basics
import Discord
import Foundation
import Upkeep

/// What the page of settings shows.
struct SettingsView {
  struct Role {
    let id: String
    let name: String
    let choices: [Choice]
  }

  struct Kept {
    let table: String
    let what: String
    let reason: String
    let usual: String
    let typed: String
    let least: Int
    let most: Int
    let fault: String?
  }

  struct Rule {
    let what: String
    let usual: String
    let reason: String
  }

  struct Key {
    let id: String
    let label: String
    let scopes: String
    let used: Moment?
    /// `good` or `quiet`
    let shape: String
    let state: String
    let revocation: String?
  }

  struct KeyForm {
    let label: String
    let scopes: [Choice]
    let addresses: String
    let days: String
  }

  let address: String
  let formKey: String
  let roles: [Role]
  let rolesFault: String?
  let hasNoRoles: Bool
  let zone: String
  let zones: [String]
  let local: String
  let kept: [Kept]
  let rules: [Rule]
  let mayManageKeys: Bool
  let keys: [Key]
  let hasNoKeys: Bool
  let keyForm: KeyForm
  let isKeyFormOpen: Bool
  let faults: [String: String]

  /// - Parameter keys: nil for those who may not manage them.
  init(
    roles: Roles, zone: TimeZone, retentions: [Retention], days: [String: Int], keys: [APIKey]?, _ input: SettingsInput,
    _ visit: Visit, now: Present
  ) {
    address = visit.address("settings")
    formKey = visit.visitor.formKey
    (self.roles, rolesFault) = (roles.rows, roles.fault)
    hasNoRoles = roles.rows.isEmpty && roles.fault == nil
    self.zone = input.zone ?? zone.name
    zones = ServerSettings.timeZones
    local = Moment(now.time, now: now).local
    kept = retentions.filter { $0.choice != nil }.map { Kept($0, days[$0.table], input) }
    rules = retentions.filter { $0.choice == nil }.map {
      Rule(
        what: $0.what.capitalizedFirst, usual: counted($0.usualDays, "day"), reason: $0.reason)
    }
    mayManageKeys = keys != nil
    self.keys = (keys ?? []).sorted { $0.sorting > $1.sorting }.prefix(Self.most).map {
      Key($0, at: visit.address(), now: now)
    }
    hasNoKeys = self.keys.isEmpty
    keyForm = KeyForm(
      label: input.key.label,
      scopes: APIScope.ofServers.map {
        Choice(value: $0.rawValue, label: $0.purpose, isChosen: input.key.scopes.contains($0))
      }, addresses: input.key.addresses, days: input.key.days)
    isKeyFormOpen = !input.key.faults.isEmpty
    faults = input.faults
  }

  /// Of keys, those in use first.
  private static let most = 100
}

extension SettingsView {
  /// The roles of the server with what they are worth here, the highest first.
  struct Roles {
    let rows: [Role]
    let fault: String?

    init(_ found: Result<[ServerRole], Failure>, _ grants: [RoleID: Standing], of guild: GuildID) {
      let roles = (try? found.get()) ?? []  // why not is told as the fault
      // Everybody has @everyone, and nobody has the role of a bot.
      let shown = roles.filter { $0.id.rawValue != guild.rawValue && !$0.managed }
        .sorted { ($0.position, $0.id.rawValue) > ($1.position, $1.id.rawValue) }.map { ($0.id, $0.name) }
      let gone = grants.keys.filter { role in !roles.contains { $0.id == role } }.sorted { $0.rawValue < $1.rawValue }
      let all =
        if case .success = found { shown + gone.map { ($0, "A role that is gone (\($0))") } } else {
          [(RoleID, String)]()
        }
      rows = all.map { id, name in Role(id: id.rawValue, name: name, choices: Self.choices(grants[id])) }
      fault = if case .failure(let failure) = found { failure.sentence } else { nil }
    }

    private static func choices(_ granted: Standing?) -> [Choice] {
      [Choice(value: "", label: "As in Discord", isChosen: granted == nil)]
        + RoleGrants.grantable.map {
          Choice(value: $0.rawValue, label: $0.rawValue.capitalizedFirst, isChosen: granted == $0)
        }
    }
  }
}

extension SettingsView.Kept {
  fileprivate init(_ retention: Retention, _ days: Int?, _ input: SettingsInput) {
    table = retention.table
    what = retention.what.capitalizedFirst
    reason = retention.reason
    usual = "\(retention.usualDays)"
    typed = input.days[retention.table] ?? days.map(String.init) ?? ""
    least = retention.choice?.days.lowerBound ?? 0
    most = retention.choice?.days.upperBound ?? 0
    fault = input.faults[retention.table]
  }
}

extension SettingsView.Key {
  fileprivate init(_ key: APIKey, at hall: String, now: Present) {
    id = key.id
    label = key.label
    scopes = key.scopes.map(\.rawValue).joined(separator: ", ")
    used = key.lastUsedAt.map { Moment($0, now: now) }
    let isOver = key.expiresAt.map { $0 <= now.time } ?? false
    let isInUse = key.revokedAt == nil && !isOver
    shape = isInUse ? "good" : "quiet"
    let end = key.expiresAt.map { "Until \(Moment($0, now: now).local.prefix(10))" }
    state = key.revokedAt != nil ? "Taken back" : isOver ? "Over" : end ?? "In use"
    revocation = isInUse ? "\(hall)/settings/keys/\(key.id)/revoke" : nil
  }
}

extension APIKey {
  fileprivate var sorting: (Int, Timestamp, String) { (revokedAt == nil ? 1 : 0, createdAt, id) }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
