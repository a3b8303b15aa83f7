import Basics

private let log = Logger(label: "http")

/// Finds the route of a request and always answers: what a handler throws becomes an answer here and nowhere else.
public struct Router: Sendable {
  private let literal: [String: [Route]]
  private let patterned: [Route]
  public let routes: [Route]
  private let observe: Observer?

  /// Told of every answer: the pattern of its route (nil when there is none), what was asked, the status, how long it took.
  public typealias Observer = @Sendable (String?, Method, Int, Duration) -> Void

  public init(_ routes: [Route], observe: Observer? = nil) {
    self.routes = routes
    self.observe = observe
    let isLiteral = { (route: Route) in !route.segments.contains { if case .literal = $0 { false } else { true } } }
    literal = Dictionary(grouping: routes.filter(isLiteral), by: \.pattern)
    patterned = routes.filter { !isLiteral($0) }
  }

  public func answer(_ request: Request) -> Response {
    LogContext.with(["request_id": .string(request.id)]) {
      let started = ContinuousClock.now
      var pattern: String?
      var response = attempt(request, &pattern).withSecurityHeaders()
      observe?(pattern, request.method, response.status, .now - started)
      if request.method == .head {
        response.headers["Content-Length"] = String(response.body.count)
        response.body = []
      }
      return response
    }
  }

  private func attempt(_ request: Request, _ pattern: inout String?) -> Response {
    do {
      return try route(request, &pattern)
    } catch {
      let failure = Failure(error)
      report(failure, of: request)
      return Response(failure: failure, for: request)
    }
  }

  private func route(_ request: Request, _ pattern: inout String?) throws -> Response {
    let method = request.method == .head ? Method.get : request.method
    let candidates = try matches(request.path, method)
    if candidates.isEmpty { throw Failure.nothingHere }
    if let (route, parameters) = candidates.first(where: { $0.0.method == method }) {
      pattern = route.pattern
      return try route.handler(request, parameters)
    }
    let allowed = Set(candidates.map(\.0.method.rawValue)).sorted().joined(separator: ", ")
    if method == .options { return Response(status: 204, headers: ["Allow": allowed]) }
    var response = Response(
      failure: .invalid("This address takes \(allowed), not \(request.method.rawValue)."), for: request, status: 405)
    response.headers["Allow"] = allowed
    return response
  }

  /// The routes at a path, a literal one before one with parameters.
  private func matches(_ path: String, _ method: Method) throws -> [(Route, PathParameters)] {
    let exact = (literal[path] ?? []).map { ($0, PathParameters(values: [:], rest: [])) }
    if exact.contains(where: { $0.0.method == method }) { return exact }
    guard path.utf8.count <= 2048 else { throw Failure.invalid("This address is too long.") }
    let segments = path.split(separator: "/").map(percentDecoded)
    guard path.hasPrefix("/"), !segments.contains(where: isUnsafe) else {
      throw Failure.invalid("This address is not one that a browser would send.")
    }
    return exact + patterned.compactMap { route in route.match(segments).map { (route, $0) } }
  }

  /// A decoded segment that could lead elsewhere if it became part of a file's path.
  private func isUnsafe(_ segment: String) -> Bool {
    segment == "." || segment == ".." || segment.utf8.contains { $0 == 0 || $0 == 0x2F || $0 == 0x5C }
  }

  private func report(_ failure: Failure, of request: Request) {
    let level: Logger.Level =
      switch failure.kind {
      case .unexpected: .error
      case .unavailable, .outcomeUnknown, .busy: .warning
      default: .info
      }
    log.log(
      level: level, "request refused",
      metadata: [
        "method": .string(request.method.rawValue), "path": .string(String(request.path.prefix(200))),
        "err": .string(failure.description),
      ])
  }
}

/// What every answer carries unless the route has set its own (facts: OWASP ASVS 3.4).
public enum SecurityHeaders {
  public static let standard: [(String, String)] = [
    (
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https://cdn.discordapp.com; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    ("X-Content-Type-Options", "nosniff"),
    // With "no-referrer" browsers send our own forms with "Origin: null" (Fetch, "append a request Origin header").
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
  ]
}

extension Response {
  /// With the standard security headers the answer does not set itself.
  public func withSecurityHeaders() -> Response {
    var response = self
    for (name, value) in SecurityHeaders.standard where headers[name] == nil { response.headers.add(name, value) }
    return response
  }
}
