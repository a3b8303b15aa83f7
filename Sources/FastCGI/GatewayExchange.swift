import Basics
import HTTP

/// One request as both doors (FastCGI and CGI) treat it: check what was announced, read exactly that, answer.
struct GatewayExchange {
  let parameters: GatewayParameters
  let maximumBody: Int
  let handler: @Sendable (Request) -> Response

  /// The bytes to send back.
  /// - Parameter read: reads up to that many bytes of body; fewer only if the body ends early.
  func answer(read: (Int) -> [UInt8]) -> [UInt8] {
    let response: Response
    do {
      var request = try parameters.request()
      let length = try parameters.contentLength()
      guard length <= maximumBody else { return refusal(413, "At most \(maximumBody) bytes are taken here.") }
      request.body = length == 0 ? [] : read(length)
      guard request.body.count == length else {
        return refusal(400, "The body ended before its \(length) bytes had come; send it again.")
      }
      response = handler(request)
    } catch {
      return refusal(400, Failure(error).sentence)
    }
    return encoded(response)
  }

  private func refusal(_ status: Int, _ sentence: String) -> [UInt8] {
    let request = parameters.requestUnchecked()
    log.info(
      "request refused",
      metadata: [
        "request_id": .string(request.id), "method": .string(request.method.rawValue),
        "path": .string(String(request.path.prefix(200))), "err": .string(sentence),
      ])
    return encoded(Response(failure: .invalid(sentence), for: request, status: status).withSecurityHeaders())
  }

  /// A CGI response (RFC 3875, 6): `Status`, headers, empty line, body.
  private func encoded(_ response: Response) -> [UInt8] {
    var head = "Status: \(response.status) \(response.reason)\r\n"
    for field in response.headers.fields where !field.name.isEmpty { head += "\(field.name): \(field.value)\r\n" }
    let isBodyless = parameters["REQUEST_METHOD"] == "HEAD" || response.status == 204 || response.status == 304
    if !isBodyless, response.headers["Content-Length"] == nil { head += "Content-Length: \(response.body.count)\r\n" }
    return Array((head + "\r\n").utf8) + (isBodyless ? [] : response.body)
  }
}
