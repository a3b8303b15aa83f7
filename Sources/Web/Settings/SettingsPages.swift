import Accounts
import Basics
import Discord
import Foundation
import HTTP
import Store
import Upkeep

/// What a server sets for itself: what its roles are worth here, its time zone, how long its things are kept, its keys.
public struct SettingsPages: Sendable {
  let panel: Panel
  let keys: APIKeys
  let retentions: [Retention]
  /// The roles of a server, from Discord.
  let roles: @Sendable (GuildID) throws -> [ServerRole]

  public init(
    panel: Panel, keys: APIKeys, retentions: [Retention], roles: @escaping @Sendable (GuildID) throws -> [ServerRole]
  ) {
    self.panel = panel
    self.keys = keys
    self.retentions = retentions
    self.roles = roles
  }

  public var doorways: [Doorway] {
    [
      panel.page("/settings", .manageSettings) { try show($0) },
      panel.form("/settings/roles", .manageSettings) { try saveRoles($0, $1) },
      panel.form("/settings/zone", .manageSettings) { try saveZone($0, $1) },
      panel.form("/settings/retention", .manageSettings) { try saveRetention($0, $1) },
      panel.form("/settings/keys", .manageKeys) { try makeKey($0, $1) },
      panel.page("/settings/keys/:key/revoke", .manageKeys) { try askToRevoke($0) },
      panel.form("/settings/keys/:key/revoke", .manageKeys) { visit, _ in try revoke(visit) },
    ]
  }

  /// - Parameter input: what was posted and is wrong.
  func show(_ visit: Visit, _ input: SettingsInput = SettingsInput()) throws -> Response {
    let now = try panel.present(visit)
    let (grants, days) = try panel.store.read { queries in
      (
        try RoleGrants.all(of: visit.guild, queries), try RetentionChoices.days(of: visit.guild.rawValue, queries)
      )
    }
    let found = Result { try roles(visit.guild) }.mapError { Failure($0) }
    let view = SettingsView(
      roles: SettingsView.Roles(found, grants, of: visit.guild), zone: now.zone, retentions: retentions, days: days,
      keys: visit.may(.manageKeys) ? try keys.list(server: visit.guild) : nil, input, visit, now: now)
    return try panel.show("settings", view, title: "Settings", to: visit, status: input.faults.isEmpty ? 200 : 400)
  }

  // MARK: Roles

  /// Each role that was changed has its line in the log. A role that Discord does not list any more can only lose.
  private func saveRoles(_ visit: Visit, _ fields: Fields) throws -> Response {
    let known = Dictionary(try roles(visit.guild).map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
    let wishes = try RoleWish.all(in: fields)
    let changed = try panel.store.write { transaction in
      let grants = try RoleGrants.all(of: visit.guild, transaction)
      let changes = wishes.filter { wish in
        grants[wish.role] != wish.standing && (known[wish.role] != nil || wish.standing == nil)
      }
      for change in changes {
        try RoleGrants.set(change.standing, for: change.role, in: visit.guild, transaction)
        let target = AuditTarget("role", change.role.rawValue, name: known[change.role])
        let (before, after) = (grants[change.role]?.rawValue, change.standing?.rawValue)
        try panel.audit.record(
          visit.entry(.roleGranted, on: target, before: before ?? Self.asInDiscord, after: after ?? Self.asInDiscord),
          in: transaction)
      }
      return !changes.isEmpty
    }
    if changed { try panel.memberships.forget(visit.guild) }
    return (changed ? Notice.settingsSaved : .nothingChanged).at(visit.address("settings"))
  }

  private static let asInDiscord = "as in Discord"

  // MARK: Time zone

  private func saveZone(_ visit: Visit, _ fields: Fields) throws -> Response {
    let wished = String((fields["zone"] ?? "").prefix(100)).filter { !$0.isWhitespace }
    do {
      let changed = try panel.store.write { transaction in
        let before = try ServerSettings.timeZone(of: visit.guild, transaction).name
        let after = try ServerSettings.setTimeZone(wished, of: visit.guild, transaction)
        if after == before { return false }
        let target = AuditTarget("setting", "time-zone", name: "Time zone")
        try panel.audit.record(
          visit.entry(.settingsChanged, on: target, before: before, after: after), in: transaction)
        return true
      }
      return (changed ? Notice.settingsSaved : .nothingChanged).at(visit.address("settings"))
    } catch let failure as Failure where failure.kind == .invalid {
      return try show(visit, SettingsInput(zone: wished, faults: ["zone": failure.sentence]))
    }
  }

  // MARK: Retention

  private func saveRetention(_ visit: Visit, _ fields: Fields) throws -> Response {
    let wish = RetentionWish(fields, among: retentions)
    guard wish.faults.isEmpty else { return try show(visit, SettingsInput(days: wish.typed, faults: wish.faults)) }
    let changed = try panel.store.write { transaction in
      let before = try RetentionChoices.days(of: visit.guild.rawValue, transaction)
      let changes = wish.days.filter { before[$0.retention.table] != $0.days }
      for change in changes {
        let retention = change.retention
        try RetentionChoices.set(change.days, for: retention, of: visit.guild.rawValue, transaction)
        let words = { (days: Int?) in days.map { counted($0, "day") } ?? "\(counted(retention.usualDays, "day")), as everywhere" }
        let target = AuditTarget("setting", retention.table, name: "How long: \(retention.what)")
        try panel.audit.record(
          visit.entry(
            .settingsChanged, on: target, before: words(before[retention.table]), after: words(change.days)),
          in: transaction)
      }
      return !changes.isEmpty
    }
    return (changed ? Notice.settingsSaved : .nothingChanged).at(visit.address("settings"))
  }
}

extension TimeZone {
  /// As the list of zones writes it.
  var name: String { self == .gmt ? "UTC" : identifier }
}

extension Retention {
  var usualDays: Int64 { keep.milliseconds / 86_400_000 }
}
