import Basics

public struct Method: RawRepresentable, Hashable, Sendable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let get = Method(rawValue: "GET")
  public static let head = Method(rawValue: "HEAD")
  public static let post = Method(rawValue: "POST")
  public static let put = Method(rawValue: "PUT")
  public static let patch = Method(rawValue: "PATCH")
  public static let delete = Method(rawValue: "DELETE")
  public static let options = Method(rawValue: "OPTIONS")

  /// Asks for no change (RFC 9110, 9.2.1).
  var isSafe: Bool { [.get, .head, .options].contains(self) }
}

/// A request as a handler sees it: whole, in memory, checked for length by whoever received it.
public struct Request: Sendable {
  /// Follows the request through every log line (nginx: `$request_id`).
  public var id: String
  public var method: Method
  /// As sent, still percent-encoded, without the query.
  public var path: String
  public var query: Fields
  public var headers: Headers
  public var body: [UInt8]
  /// The address of the client, as the web server saw it.
  public var remoteAddress: String
  public var isSecure: Bool

  public init(
    id: String = UUIDv7.make(), method: Method = .get, path: String = "/", query: Fields = Fields(),
    headers: Headers = Headers(), body: [UInt8] = [], remoteAddress: String = "127.0.0.1", isSecure: Bool = false
  ) {
    self.id = id
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
    self.isSecure = isSecure
  }

  /// The media type of the body, lower case, without parameters.
  public var mediaType: String? {
    headers["Content-Type"].map { $0.prefix { $0 != ";" }.trimmingWhitespace().lowercased() }
  }

  /// The body as a value, or a sentence about what is wrong with it.
  public func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    do {
      return try JSON.decode(type, from: body)
    } catch {
      throw Failure(.invalid, "The body is not the JSON that is expected here.", cause: String(describing: error))
    }
  }

  /// The fields of a posted form (`application/x-www-form-urlencoded`).
  public func form() throws -> Fields {
    guard mediaType == "application/x-www-form-urlencoded" else {
      throw Failure.invalid("Send this form as application/x-www-form-urlencoded.")
    }
    return Fields(encoded: String(decoding: body, as: UTF8.self))
  }

  /// Whether a person with a browser is asking, rather than a program.
  public var prefersPage: Bool { headers["Accept"]?.contains("text/html") ?? false }
}

extension StringProtocol {
  func trimmingWhitespace() -> String {
    var part = self[...]
    while part.first?.isWhitespace == true { part.removeFirst() }
    while part.last?.isWhitespace == true { part.removeLast() }
    return String(part)
  }
}
