/// The cookies a browser sent (RFC 6265, 5.4). Of two with one name the first counts.
public struct Cookies: Sendable {
  private let values: [String: String]

  public init(_ headers: Headers) {
    let pairs = headers.all("Cookie").flatMap { $0.split(separator: ";") }.compactMap { pair -> (String, String)? in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.count == 2 ? (parts[0].trimmingWhitespace(), parts[1].trimmingWhitespace()) : nil
    }
    values = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  public subscript(name: String) -> String? { values[name] }
}

/// A cookie to set: always `HttpOnly`, `SameSite=Lax` and for the whole site.
public struct SetCookie: Sendable {
  public let name: String
  public let value: String
  /// Nil ends with the browser's session; zero removes the cookie.
  public let maxAge: Duration?
  public let isSecure: Bool

  public init(_ name: String, _ value: String, maxAge: Duration? = nil, isSecure: Bool) {
    self.name = name
    self.value = value
    self.maxAge = maxAge
    self.isSecure = isSecure
  }

  public var header: String {
    "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax"
      + (isSecure ? "; Secure" : "") + (maxAge.map { "; Max-Age=\($0.components.seconds)" } ?? "")
  }
}
