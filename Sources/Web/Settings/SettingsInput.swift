import Accounts
import Basics
import Discord
import HTTP
import Upkeep

/// What was typed into a form of the settings and is wrong, with what is wrong with it by field.
struct SettingsInput {
  var zone: String?
  var days: [String: String] = [:]
  var key = KeyWish()
  var faults: [String: String] = [:]
}

/// What a role is to be worth here.
struct RoleWish {
  let role: RoleID
  /// Nil: what Discord's rights make of it.
  let standing: Standing?

  static func all(in fields: Fields) throws -> [RoleWish] {
    try fields.pairs.filter { $0.name.hasPrefix("role.") }.prefix(300).map { name, value in
      let standing = Standing(rawValue: value).flatMap { RoleGrants.grantable.contains($0) ? $0 : nil }
      guard let role = RoleID(String(name.dropFirst(5))), value.isEmpty || standing != nil else {
        throw Failure.invalid("A role can make somebody viewer, staff or manager, and nothing else.")
      }
      return RoleWish(role: role, standing: standing)
    }
  }
}

/// How long things are to be kept.
struct RetentionWish {
  private(set) var days: [(retention: Retention, days: Int?)] = []
  private(set) var typed: [String: String] = [:]
  private(set) var faults: [String: String] = [:]

  init(_ fields: Fields, among retentions: [Retention]) {
    for retention in retentions {
      guard let range = retention.choice?.days, let text = fields["days.\(retention.table)"] else { continue }
      let bare = String(text.filter { !$0.isWhitespace }.prefix(20))
      typed[retention.table] = bare
      if bare.isEmpty {
        days.append((retention, nil))
      } else if let number = Int(bare), range.contains(number) {
        days.append((retention, number))
      } else {
        faults[retention.table] = "Choose a number from \(range.lowerBound) to \(range.upperBound), or leave it empty."
      }
    }
  }
}

/// The key that somebody wants.
struct KeyWish {
  private(set) var label = ""
  private(set) var scopes: [APIScope] = [.readServers]
  private(set) var addresses = ""
  private(set) var days = ""
  private(set) var faults: [String: String] = [:]
  private var ranges: [AddressRange] = []
  private var lifetime: Duration?

  init() {}

  init(_ fields: Fields) {
    label = String((fields["label"] ?? "").prefix(200))
    scopes = APIScope.ofServers.filter { fields.all("scope").contains($0.rawValue) }
    addresses = String((fields["addresses"] ?? "").prefix(1000))
    days = String((fields["days"] ?? "").filter { !$0.isWhitespace }.prefix(20))
    let isNamed = label.contains { !$0.isWhitespace } && label.count <= 80
    if !isNamed { faults["label"] = "Give the key a name of 1 to 80 characters, so that it can be told from others." }
    if scopes.isEmpty { faults["scope"] = "Choose what the key is for." }
    readAddresses()
    readDays()
  }

  func wish(of visit: Visit, at now: Timestamp) -> APIKeys.Wish {
    var wish = APIKeys.Wish(label, scopes: scopes, server: visit.guild, createdBy: "panel")
    wish.addresses = ranges
    wish.expiresAt = lifetime.map { now + $0 }
    return wish
  }

  private mutating func readAddresses() {
    let words = addresses.split { $0 == "," || $0.isWhitespace }.map(String.init)
    ranges = words.compactMap { AddressRange($0) }
    guard let wrong = words.first(where: { AddressRange($0) == nil }) else { return }
    faults["addresses"] = "“\(wrong.prefix(60))” is no address or range, such as 203.0.113.7 or 203.0.113.0/24."
  }

  private mutating func readDays() {
    if days.isEmpty { return }
    guard let number = Int(days), (1...3650).contains(number) else {
      faults["days"] = "Choose a number from 1 to 3650, or leave it empty for a key that does not end."
      return
    }
    lifetime = .seconds(86_400 * number)
  }
}
