import Basics
import HTTP
import Store

/// `/health`: this process answers. `/ready`: it can do its work.
/// - Parameter troubles: what is held back at the moment, in words: told by `/ready`, but no reason to send no requests
///   here.
public func healthDoorways(
  checks: [ReadinessCheck], troubles: @escaping @Sendable () throws -> [String] = { [] }
) -> [Doorway] {
  let routes: [Route] = [
    .get("/health") { _, _ in try .json(["status": "ok"]) },
    .get("/ready") { _, _ in
      let results = checks.map { ($0.name, $0.outcome()) }
      let isReady = results.allSatisfy { $0.1 == nil }
      let report = Readiness(
        status: isReady ? "ready" : "not ready",
        checks: Dictionary(uniqueKeysWithValues: results.map { ($0.0, $0.1 ?? "ok") }),
        troubles: isReady ? try troubles() : [])
      return try .json(report, status: isReady ? 200 : 503)
    },
  ]
  return routes.guarded(by: .anyone)
}

private struct Readiness: Encodable {
  let status: String
  let checks: [String: String]
  let troubles: [String]
}

/// One thing the responder needs: tried when asked, and a sentence when it does not work.
public struct ReadinessCheck: Sendable {
  let name: String
  let check: @Sendable () throws -> Void

  public init(_ name: String, _ check: @escaping @Sendable () throws -> Void) {
    self.name = name
    self.check = check
  }

  func outcome() -> String? {
    do {
      try check()
      return nil
    } catch {
      return Failure(error).sentence
    }
  }
}
