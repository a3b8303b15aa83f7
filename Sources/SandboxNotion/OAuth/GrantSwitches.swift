import Basics
import Synchronization

/// Where Notion's own documents disagree, or old connections differ from new ones: how the token endpoints answer.
struct GrantSettings: Codable, Sendable {
  /// The form of refusals: RFC 6749's, or that of the rest of the API.
  enum Errors: String, Codable { case rfc, object }
  /// A person in full, a person by id only, or the workspace (then without a refresh token).
  enum Owner: String, Codable { case user, partial, workspace }
  /// A new pair at every authorization, or the one that is there (connections from before June 2026).
  enum Tokens: String, Codable { case fresh, same }

  var errors = Errors.rfc
  var owner = Owner.user
  var tokens = Tokens.fresh
  /// What the next call for a token is refused with, once.
  var nextError: String?

  enum CodingKeys: String, CodingKey {
    case errors, owner, tokens
    case nextError = "next_error"
  }

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    errors = try container.decodeIfPresent(Errors.self, forKey: .errors) ?? .rfc
    owner = try container.decodeIfPresent(Owner.self, forKey: .owner) ?? .user
    tokens = try container.decodeIfPresent(Tokens.self, forKey: .tokens) ?? .fresh
    nextError = try container.decodeIfPresent(String.self, forKey: .nextError)
  }
}

/// The settings of the moment.
final class GrantSwitches: Sendable {
  private let settings = Mutex(GrantSettings())

  var current: GrantSettings { settings.withLock { $0 } }

  func change(to new: GrantSettings) { settings.withLock { $0 = new } }

  /// The error that was asked for, which is then used up.
  func takeError() -> String? {
    settings.withLock { settings in
      defer { settings.nextError = nil }
      return settings.nextError
    }
  }
}

/// A refusal of the token endpoints. Notion documents two forms of it.
struct GrantRefusal: Error {
  let code: String
  let message: String

  init(_ code: String, _ message: String) {
    self.code = code
    self.message = message
  }

  static let invalidClient = GrantRefusal("invalid_client", "Client authentication failed.")

  var status: Int { ["invalid_client": 401, "test_env_error": 403][code] ?? 400 }

  func body(_ form: GrantSettings.Errors) -> JSONValue {
    switch form {
    case .rfc: ["error": .string(code), "error_description": .string(message)]
    case .object:
      [
        "object": "error", "status": .integer(Int64(status)), "code": .string(code), "message": .string(message),
      ]
    }
  }
}
