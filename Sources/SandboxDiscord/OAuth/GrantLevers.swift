import Basics
import HTTP
import Store

/// What tests pull around tokens: see them, let them expire, take an authorization back, register other addresses.
extension DiscordSandbox {
  var grantLevers: [Route] {
    [
      .get("/sandbox/discord/oauth2/authorizations") { _, _ in try .json(read(authorizations)) },
      .delete("/sandbox/discord/oauth2/authorizations/:user_id") { _, path in
        try write { try $0.forbid(by: path["user_id"]) }
        return .empty()
      },
      .post("/sandbox/discord/oauth2/expire") { request, _ in
        try expire(request.json())
        return .empty()
      },
      .put("/sandbox/discord/oauth2/redirects") { request, _ in
        let order: Redirects = try request.json()
        try write { try register(order.addresses, $0) }
        return .empty()
      },
    ]
  }

  private func authorizations(_ transaction: ReadTransaction) throws -> [JSONValue] {
    try transaction.documents(.user).compactMap { user in
      let id = user["id"]?.string ?? ""
      let scopes = try transaction.allowedScopes(by: id).sorted()
      if scopes.isEmpty { return nil }
      let tokens = try transaction.value(Int64.self, "SELECT count(*) FROM discord_tokens WHERE user_id = \(id)") ?? 0
      return [
        "user_id": .string(id), "username": user["username"] ?? .null, "scopes": .array(scopes.map { .string($0) }),
        "tokens": .integer(tokens),
      ]
    }
  }

  private struct Expiry: Decodable {
    /// Whose; nil for everybody's.
    let user: String?
    /// Whether the refresh tokens end too.
    let refresh: Bool?

    enum CodingKeys: String, CodingKey {
      case user = "user_id"
      case refresh
    }
  }

  private func expire(_ order: Expiry) throws {
    let now = stage.clock.now()
    try write { transaction in
      let whose: SQL = "(\(order.user) IS NULL OR user_id = \(order.user))"
      try transaction.run("UPDATE discord_codes SET expires_at = \(now) WHERE \(whose)")
      try transaction.run(
        order.refresh == true
          ? "DELETE FROM discord_tokens WHERE \(whose)"
          : "UPDATE discord_tokens SET expires_at = \(now) WHERE \(whose)")
    }
  }

  private struct Redirects: Decodable {
    let addresses: [String]
    enum CodingKeys: String, CodingKey { case addresses = "redirect_uris" }
  }

  func register(_ redirectURIs: [String], _ transaction: WriteTransaction) throws {
    try change(.application, Identity.application, transaction) {
      $0["redirect_uris"] = .array(redirectURIs.map { .string($0) })
    }
  }
}
