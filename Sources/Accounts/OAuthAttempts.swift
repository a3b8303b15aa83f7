import Basics
import Foundation
import Signatures
import Store

/// A walk to another service and back: begun by a browser, finished by the same one, once, within ten minutes
/// (RFC 6749 section 10.12, RFC 7636).
public struct OAuthAttempt: Sendable {
  /// What the service is given, and gives back.
  public let state: String
  /// What only the browser holds, as a cookie.
  public let browserKey: String
  public let verifier: String
  /// What the walk is for: a path to return to, a server to link.
  public let purpose: [String: String]

  /// The S256 challenge of the verifier.
  public var challenge: String { base64URL(SHA256.digest(Array(verifier.utf8))) }
}

/// Walks that are under way. They may be lost: the person begins again.
public struct OAuthAttempts: Sendable {
  let volatile: DataStore
  let clock: WallClock

  public init(volatile: DataStore, clock: WallClock) {
    self.volatile = volatile
    self.clock = clock
  }

  public static let volatileMigration = Migration(
    "20261121-1101-oauth-attempts",
    """
    CREATE TABLE oauth_attempts (
      state_digest TEXT PRIMARY KEY,
      service TEXT NOT NULL,
      browser_digest TEXT NOT NULL,
      verifier TEXT NOT NULL,
      purpose TEXT NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX oauth_attempts_by_age ON oauth_attempts (expires_at);
    """)

  public static let lifetime: Duration = .seconds(600)

  /// - Parameter browserKey: the cookie the browser already has, so that two tabs can log in side by side.
  public func begin(_ service: String, browserKey: String?, purpose: [String: String]) throws -> OAuthAttempt {
    let attempt = OAuthAttempt(
      state: try RandomToken.base62(bits: 256), browserKey: try browserKey ?? RandomToken.base62(bits: 256),
      verifier: try RandomToken.base62(bits: 512), purpose: purpose)
    let now = clock.now()
    try volatile.write { transaction in
      try transaction.run("DELETE FROM oauth_attempts WHERE expires_at <= \(now)")
      try transaction.run(
        """
        INSERT INTO oauth_attempts (state_digest, service, browser_digest, verifier, purpose, expires_at)
        VALUES (\(SHA256.hexadecimalDigest(attempt.state)), \(service), \(SHA256.hexadecimalDigest(attempt.browserKey)),
          \(attempt.verifier), \(JSON.text(purpose)), \(now + Self.lifetime))
        """)
    }
    return attempt
  }

  /// Takes the attempt out: nobody can finish it a second time.
  public func finish(_ service: String, state: String?, browserKey: String?) throws -> OAuthAttempt {
    guard let state, let browserKey else { throw Self.refusal }
    let row = try volatile.write { transaction in
      try transaction.rows(
        """
        DELETE FROM oauth_attempts WHERE state_digest = \(SHA256.hexadecimalDigest(state)) AND service = \(service)
          AND browser_digest = \(SHA256.hexadecimalDigest(browserKey)) AND expires_at > \(clock.now())
        RETURNING verifier, purpose
        """
      ).first
    }
    guard let row else { throw Self.refusal }
    return OAuthAttempt(
      state: state, browserKey: browserKey, verifier: try row.get("verifier"),
      purpose: try JSON.decode([String: String].self, from: try row.get("purpose", as: String.self)))
  }

  private static let refusal = Failure.invalid(
    "This login was not begun in this browser, was finished already, or took more than ten minutes. Start it again.")
}

/// Base64 with the URL's alphabet and no padding (RFC 4648, 5).
private func base64URL(_ bytes: [UInt8]) -> String {
  Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}
