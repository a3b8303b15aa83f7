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
    let isBodyless = parameters["REQUEST_METHOD"] == "HEAD" || response.status == 204 || response.status == 304
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1024 + response.body.count)
    func add(_ name: String, _ value: String) {
      bytes += name.utf8
      bytes += ": ".utf8
      bytes += value.utf8
      bytes += "\r\n".utf8
    }
    add("Status", "\(response.status) \(response.reason)")
    for field in response.headers.fields where !field.name.isEmpty { add(field.name, field.value) }
    if !isBodyless, response.headers["Content-Length"] == nil { add("Content-Length", String(response.body.count)) }
    bytes += "\r\n".utf8
    if !isBodyless { bytes += response.body }
    return bytes
  }
}
