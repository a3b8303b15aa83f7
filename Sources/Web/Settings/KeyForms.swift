import Accounts
import Basics
import HTTP

/// The API keys of a server: made and shown once, taken back.
extension SettingsPages {
  /// The answer is the only page that ever holds the key; nobody keeps it on the way (`no-store`).
  func makeKey(_ visit: Visit, _ fields: Fields) throws -> Response {
    let wish = KeyWish(fields)
    guard wish.faults.isEmpty else { return try show(visit, SettingsInput(key: wish, faults: wish.faults)) }
    let (key, text) = try keys.create(wish.wish(of: visit, at: panel.clock.now())) { key, transaction in
      try panel.audit.record(visit.entry(.keyMade, on: key.target, after: key.purposes), in: transaction)
    }
    let view = NewKeyView(text: text, label: key.label, back: visit.address("settings"), example: example(visit))
    var response = try panel.show("key-new", view, title: "A new API key", to: visit)
    response.headers["Cache-Control"] = "no-store"
    return response
  }

  private func example(_ visit: Visit) -> String { "\(panel.publicURL)/api/servers/\(visit.guild)/channels" }

  func askToRevoke(_ visit: Visit) throws -> Response {
    let key = try find(visit)
    let view = RevokeView(
      label: key.label, id: key.id, address: visit.address("settings/keys/\(key.id)/revoke"),
      back: visit.address("settings"), formKey: visit.visitor.formKey)
    return try panel.show("key-revoke", view, title: "Take a key back", to: visit)
  }

  func revoke(_ visit: Visit) throws -> Response {
    let key = try find(visit)
    try keys.revoke(key.id) { key, transaction in
      try panel.audit.record(visit.entry(.keyRevoked, on: key.target, before: key.purposes), in: transaction)
    }
    return Notice.keyRevoked.at(visit.address("settings"))
  }

  /// Another server's key looks like one that does not exist.
  private func find(_ visit: Visit) throws -> APIKey {
    let id = visit.path["key"]
    guard let key = try keys.list(server: visit.guild).first(where: { $0.id == id }) else {
      throw Failure.notFound("There is no such key here.")
    }
    return key
  }
}

extension APIKey {
  fileprivate var target: AuditTarget { AuditTarget("key", id, name: label) }
  fileprivate var purposes: String { scopes.map(\.rawValue).joined(separator: ", ") }
}

struct NewKeyView {
  let text: String
  let label: String
  let back: String
  let example: String
}

struct RevokeView {
  let label: String
  let id: String
  let address: String
  let back: String
  let formKey: String
}
