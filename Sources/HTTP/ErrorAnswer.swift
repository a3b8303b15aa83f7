import Basics

extension Response {
  /// A failure as its asker can read it: a page for a person, problem details (RFC 9457) for a program.
  public init(failure: Failure, for request: Request, status: Int? = nil) {
    let status = status ?? failure.kind.status
    if request.prefersPage && !request.path.hasPrefix("/api/") {
      self = .page(Self.errorPage(failure.sentence, status: status, requestID: request.id), status: status)
    } else {
      let problem = Problem(
        title: Response(status: status).reason, status: status, detail: failure.sentence, requestID: request.id)
      self = (try? .json(problem, status: status)) ?? .text(failure.sentence, status: status)  // plain strings encode
      headers["Content-Type"] = "application/problem+json"
    }
    if case .busy(let retryAfter?) = failure.kind {
      headers["Retry-After"] = String(max(1, (retryAfter.milliseconds + 999) / 1000))
    }
  }

  private static func errorPage(_ sentence: String, status: Int, requestID: String) -> String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(Response(status: status).reason) · Guildhall</title><link rel="stylesheet" href="/assets/house.css"></head>
    <body><main class="notice"><h1>\(Response(status: status).reason)</h1><p>\(htmlEscaped(sentence))</p>
    <p class="quiet">Request \(htmlEscaped(requestID))</p><p><a href="/">Back to the hall</a></p></main></body></html>
    """
  }
}

private struct Problem: Encodable {
  let type = "about:blank"
  let title: String
  let status: Int
  let detail: String
  let requestID: String

  enum CodingKeys: String, CodingKey {
    case type, title, status, detail
    case requestID = "request_id"
  }
}

extension Failure.Kind {
  /// The status a failure of this kind answers with.
  public var status: Int {
    switch self {
    case .invalid: 400
    case .unauthenticated: 401
    case .denied: 403
    case .notFound: 404
    case .conflict: 409
    case .busy: 429
    case .unavailable: 503
    case .outcomeUnknown: 502
    case .unexpected: 500
    }
  }
}

/// Text as it may stand between tags or in a quoted attribute.
public func htmlEscaped(_ text: String) -> String {
  var escaped = ""
  for character in text.unicodeScalars {
    switch character {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    case "'": escaped += "&#39;"
    default: escaped.unicodeScalars.append(character)
    }
  }
  return escaped
}
