import Foundation
import HTTP

/// Who a client says it is at a token endpoint.
public struct ClientCredentials: Equatable, Sendable {
  public let id: String
  public let secret: String

  public init(id: String, secret: String) {
    self.id = id
    self.secret = secret
  }

  /// From the header `Authorization: Basic …`; id and secret are form-encoded in it (RFC 6749, 2.3.1).
  public init?(basic headers: Headers) {
    guard let header = headers["Authorization"], header.lowercased().hasPrefix("basic "),
      let data = Data(base64Encoded: String(header.dropFirst(6)))
    else { return nil }
    let parts = String(decoding: data, as: UTF8.self)
      .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    self.init(id: percentDecoded(parts[0]), secret: percentDecoded(parts[1]))
  }
}

/// An address with more in its query, as a redirect carries it.
public func returnAddress(_ base: String, adding fields: Fields) -> String {
  base + (base.contains("?") ? "&" : "?") + fields.encoded
}

/// The standard policy for a page whose form ends with a redirect: a browser asks it where that leads, too.
public func formPolicy(leadingTo url: String) -> String {
  let standard = SecurityHeaders.standard.first { $0.0 == "Content-Security-Policy" }?.1 ?? ""
  let origin = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3)
  return standard.replacing("form-action 'self'", with: "form-action 'self' \(origin.joined(separator: "/"))")
}
