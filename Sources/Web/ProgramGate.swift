import Accounts
import Basics
import HTTP
import Signatures

/// Who may come in as a program: the API_KEY of the settings opens every such door, a key made with “guildhall key
/// create” those its scopes name.
public struct ProgramGate: Sendable {
  let settingKey: String?
  let keys: APIKeys

  public init(settingKey: String?, keys: APIKeys) {
    self.settingKey = settingKey
    self.keys = keys
  }

  /// - Parameter server: the server it is about; nil is the whole hall.
  /// - Returns: whom the audit log names for what they do.
  @discardableResult
  func require(_ scope: APIScope, server: String? = nil, _ request: Request) throws -> AuditActor {
    guard let shown = bearer(request) else {
      throw Failure(
        .unauthenticated,
        "Send an API key as a bearer token in the Authorization header. “guildhall key create” makes one.")
    }
    if isSame(settingKey, shown) { return .key(id: "API_KEY", label: "API_KEY of the settings") }
    let key = try keys.require(scope, server: server, bearer: shown, from: request.remoteAddress)
    return .key(id: key.id, label: key.label)
  }

  /// For a door that shows strangers less: false without a key, and a refusal for one that may not.
  func admits(_ scope: APIScope, server: String? = nil, _ request: Request) throws -> Bool {
    if bearer(request) == nil { return false }
    try require(scope, server: server, request)
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
