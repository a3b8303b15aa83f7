import Basics
import HTTP

/// The parameters a web server hands over with a request (CGI/1.1, RFC 3875, 4.1), from FastCGI records or from the
/// environment; the one place that turns them into an `HTTP.Request`.
struct GatewayParameters: Sendable {
  private let pairs: [(name: String, value: String)]
  private var values: [String: String]
  private var repeated: Set<String> = []

  init(_ pairs: [(name: String, value: String)]) {
    self.pairs = pairs
    values = Dictionary(minimumCapacity: pairs.count)
    for (name, value) in pairs {
      guard let earlier = values.updateValue(value, forKey: name) else { continue }
      repeated.insert(name)
      if !earlier.isEmpty { values[name] = earlier }
    }
  }

  /// The first value, as FCGX_GetParam finds it; empty counts as absent (nginx sends `CONTENT_LENGTH=` with a GET).
  subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// Bytes of body announced; none is 0. Throws on anything but digits, or on two lengths that differ.
  func contentLength() throws -> Int {
    let lengths = Set(["CONTENT_LENGTH", "HTTP_CONTENT_LENGTH"].compactMap { self[$0] })
    guard let text = lengths.first else { return 0 }
    guard lengths.count == 1, text.utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(text) else {
      throw Failure.invalid("The Content-Length of this request is not a number of bytes.")
    }
    return length
  }

  /// The request, without its body. Refuses a second copy of a header that decides who asks: nginx passes both on,
  /// and two readers could each believe another one.
  func request() throws -> Request {
    if let name = Self.single.first(where: repeated.contains) {
      throw Failure.invalid("The header \(Self.headerName(name)) came twice; send it once.")
    }
    return requestUnchecked()
  }

  /// What can be said of a request that is refused: enough to answer it and to log it.
  func requestUnchecked() -> Request {
    Request(
      id: identifier, method: Method(rawValue: self["REQUEST_METHOD"] ?? "GET"), path: path,
      query: Fields(encoded: query), headers: headers, remoteAddress: self["REMOTE_ADDR"] ?? "",
      isSecure: self["HTTPS"]?.lowercased() == "on")
  }

  private static let single = [
    "HTTP_X_SIGNATURE_ED25519", "HTTP_X_SIGNATURE_TIMESTAMP", "HTTP_X_NOTION_SIGNATURE", "HTTP_AUTHORIZATION",
    "HTTP_COOKIE", "HTTP_HOST", "HTTP_CONTENT_LENGTH", "CONTENT_LENGTH",
  ]

  /// As the client sent it; a server without REQUEST_URI gives the parts, decoded, which are encoded again.
  private var path: String {
    if let uri = self["REQUEST_URI"] { return String(uri.prefix { $0 != "?" }) }
    let decoded = (self["SCRIPT_NAME"] ?? "") + (self["PATH_INFO"] ?? "")
    let path = decoded.split(separator: "/", omittingEmptySubsequences: false).map(percentEncoded)
    return decoded.isEmpty ? "/" : path.joined(separator: "/")
  }

  private var query: Substring {
    if let query = self["QUERY_STRING"] { return query[...] }
    return self["REQUEST_URI"].flatMap { uri in uri.firstIndex(of: "?").map { uri[uri.index(after: $0)...] } } ?? ""
  }

  /// nginx's `$request_id`; anything that could upset a log line is replaced.
  private var identifier: String {
    let given = self["REQUEST_ID"] ?? ""
    let isPlain = given.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0 & 0xDF) || $0 == 45 }
    return isPlain && (1...64).contains(given.utf8.count) ? given : UUIDv7.make()
  }

  /// `HTTP_X_NAME` as `X-Name`. `HTTP_PROXY` is left out: it is a client's header dressed as a setting (httpoxy).
  private var headers: Headers {
    var headers = Headers()
    for name in ["CONTENT_TYPE", "CONTENT_LENGTH"] {
      if let value = self[name] ?? self["HTTP_\(name)"] { headers.add(Self.headerName(name), value) }
    }
    for (name, value) in pairs where name.hasPrefix("HTTP_") && !Self.taken.contains(name) && !value.isEmpty {
      headers.add(Self.headerName(name), value)
    }
    return headers
  }

  private static let taken = ["HTTP_PROXY", "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"]

  private static func headerName(_ parameter: String) -> String {
    let name = parameter.utf8.dropFirst(parameter.hasPrefix("HTTP_") ? 5 : 0)
    var previous = UInt8(ascii: "_")
    let bytes = name.map { byte in
      defer { previous = byte }
      if byte == UInt8(ascii: "_") { return UInt8(ascii: "-") }
      let isCapital = (65...90).contains(byte)
      return isCapital && previous != UInt8(ascii: "_") ? byte | 0x20 : byte
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
