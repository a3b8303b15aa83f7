import Accounts
import Basics
import Discord
import HTTP
import Signatures

/// Who may come in as a program: the API_KEY of the settings opens every such door, a key made with “guildhall key
/// create” those its scopes name.
public struct ProgramGate: Sendable {
  let settingKey: String?
  let keys: APIKeys
  let rates: KeyRates

  public init(settingKey: String?, keys: APIKeys, rates: KeyRates) {
    self.settingKey = settingKey
    self.keys = keys
    self.rates = rates
  }

  /// A program that was let in.
  struct Program {
    /// Whom the audit log names for what it does.
    let actor: AuditActor
    /// The only server it may know of; nil is all of them.
    let server: GuildID?
  }

  /// For what is about the whole hall, which no key of one server may touch.
  /// - Returns: whom the audit log names for what they do.
  @discardableResult
  func require(_ scope: APIScope, _ request: Request) throws -> AuditActor {
    try admit(scope, request) { _ in nil }.actor
  }

  /// For what is about one server.
  func require(_ scope: APIScope, of server: GuildID, _ request: Request) throws {
    _ = try admit(scope, request) { _ in server }
  }

  /// For what is about the servers that the program may know of.
  func program(_ scope: APIScope, _ request: Request) throws -> Program { try admit(scope, request) { $0 } }

  /// - Parameter server: the server it is about, given the one the key is for.
  private func admit(_ scope: APIScope, _ request: Request, about server: (GuildID?) -> GuildID?) throws -> Program {
    guard let shown = bearer(request) else {
      throw Failure(
        .unauthenticated,
        "Send an API key as a bearer token in the Authorization header. “guildhall key create” makes one.")
    }
    if isSame(settingKey, shown) {
      try rates.take("API_KEY")
      return Program(actor: .key(id: "API_KEY", label: "API_KEY of the settings"), server: nil)
    }
    let key = try keys.require(scope, about: server, bearer: shown, from: request.remoteAddress, admitting: rates.take)
    return Program(actor: .key(id: key.id, label: key.label), server: key.server)
  }

  /// For a door that shows strangers less: false without a key, and a refusal for one that may not.
  func admits(_ scope: APIScope, _ request: Request) throws -> Bool {
    if bearer(request) == nil { return false }
    try require(scope, request)
    return true
  }
}

/// What stands behind `Bearer` in the Authorization header.
func bearer(_ request: Request) -> String? {
  guard let header = request.headers["Authorization"], header.hasPrefix("Bearer ") else { return nil }
  return String(header.dropFirst(7))
}

/// Whether the secret is set and was shown, in a time that does not tell how much of it is right.
func isSame(_ secret: String?, _ shown: String) -> Bool {
  guard let secret else { return false }
  return constantTimeEqual(SHA256.digest(Array(shown.utf8)), SHA256.digest(Array(secret.utf8)))
}
