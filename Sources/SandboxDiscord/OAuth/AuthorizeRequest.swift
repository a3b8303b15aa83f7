import Basics
import HTTP
import SandboxStage

/// What stands in an authorization address, once Discord would show its consent page for it.
struct AuthorizeRequest {
  let fields: Fields
  let scopes: [String]
  /// Where the person goes back to; nil for an invitation, which ends on Discord's own page.
  let redirectURI: String?
  /// The S256 challenge (RFC 7636).
  let challenge: String?
  let permissions: Permissions

  /// - Throws: `AuthorizeRefusal`
  init(_ fields: Fields, application: JSONValue) throws {
    self.fields = fields
    guard let client = fields["client_id"], client == application["id"]?.string else {
      throw AuthorizeRefusal.page("Unknown Application")
    }
    scopes = (fields["scope"] ?? "").split(separator: " ").map(String.init)
    permissions = Permissions(text: fields["permissions"])
    let isInvitation = scopes.contains { ["bot", "applications.commands"].contains($0) }
    redirectURI = fields["redirect_uri"]
    let registered = application["redirect_uris"]?.array ?? []
    if let redirectURI, !registered.contains(.string(redirectURI)) {
      throw AuthorizeRefusal.page("Invalid OAuth2 redirect_uri")
    }
    let wantsCode = fields["response_type"] != nil || !isInvitation
    if redirectURI == nil, wantsCode { throw AuthorizeRefusal.page("Invalid OAuth2 redirect_uri") }
    challenge = fields["code_challenge"]
    try check(wantsCode: wantsCode)
  }

  /// What is wrong from here on is told to the application, at the address it registered.
  private func check(wantsCode: Bool) throws {
    if scopes.isEmpty || scopes.contains(where: { Scopes.words[$0] == nil }) {
      throw refusal("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    }
    guard wantsCode else { return }
    guard let type = fields["response_type"] else {
      throw refusal("invalid_request", "Missing \"response_type\" in request.")
    }
    guard type == "code" else {
      throw refusal(
        "unsupported_response_type",
        "The authorization server does not support obtaining an authorization code using this method.")
    }
    try checkChallenge()
  }

  private func checkChallenge() throws {
    guard let challenge else { return }
    guard fields["code_challenge_method"] == "S256" else {
      throw refusal("invalid_request", "Unsupported \"code_challenge_method\"")
    }
    guard challenge.utf8.count == 43, challenge.utf8.allSatisfy(isUnreserved) else {
      throw refusal("invalid_request", "Invalid \"code_challenge\"")
    }
  }

  func refusal(_ error: String, _ description: String) -> AuthorizeRefusal {
    guard let redirectURI else { return .page(description) }
    return .redirect(answer(redirectURI, ["error": error, "error_description": description]))
  }

  /// The address to go back to, with the state as it came.
  func answer(_ redirectURI: String, _ members: Fields) -> String {
    var members = members
    if let state = fields["state"] { members.add("state", state) }
    return returnAddress(redirectURI, adding: members)
  }

  var state: String? { fields["state"] }
  var isForBot: Bool { scopes.contains("bot") }
  var mayBeSkipped: Bool { fields["prompt"] == "none" && Scopes.ofServers.isDisjoint(with: scopes) }

  /// What the consent page hands on with its own answer.
  var handedOn: Fields {
    var kept = Fields()
    for (name, value) in fields.pairs where Self.names.contains(name) { kept.add(name, value) }
    return kept
  }

  private static let names: Set<String> = [
    "client_id", "redirect_uri", "response_type", "scope", "state", "prompt", "code_challenge",
    "code_challenge_method", "permissions", "guild_id", "disable_guild_select", "integration_type",
  ]
}

/// Why there is no consent page.
enum AuthorizeRefusal: Error {
  /// Shown to the person; nobody is sent anywhere.
  case page(String)
  case redirect(String)
}

/// Letters, digits and `-._~`: what a verifier may hold (RFC 7636, 4.1).
func isUnreserved(_ byte: UInt8) -> Bool {
  switch byte {
  case 48...57, 65...90, 97...122, 45, 46, 95, 126: true
  default: false
  }
}
