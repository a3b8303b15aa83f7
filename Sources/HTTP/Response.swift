import Basics

public struct Response: Sendable {
  public var status: Int
  public var headers: Headers
  public var body: [UInt8]

  public init(status: Int = 200, headers: Headers = Headers(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  public static func json(_ value: some Encodable, status: Int = 200) throws -> Response {
    Response(status: status, headers: ["Content-Type": "application/json"], body: try JSON.encode(value))
  }

  public static func text(_ text: String, status: Int = 200) -> Response {
    Response(status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array(text.utf8))
  }

  public static func page(_ html: String, status: Int = 200) -> Response {
    Response(status: status, headers: ["Content-Type": "text/html; charset=utf-8"], body: Array(html.utf8))
  }

  public static func empty(status: Int = 204) -> Response { Response(status: status) }

  /// After a form was taken: look there (303, so that a reload sends nothing twice).
  public static func seeOther(_ location: String) -> Response {
    Response(status: 303, headers: ["Location": location])
  }

  /// The words beside the number (RFC 9110, 15).
  public var reason: String { Self.reasons[status] ?? "Status \(status)" }

  private static let reasons = [
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 303: "See Other", 304: "Not Modified",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    409: "Conflict", 411: "Length Required", 413: "Content Too Large", 415: "Unsupported Media Type",
    422: "Unprocessable Content", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout", 529: "Overloaded",
  ]
}
