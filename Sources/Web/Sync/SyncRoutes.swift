import Basics
import HTTP
import IssueSync
import Signatures
import Store

/// Asking for a sync by HTTP: programs with the API key, schedulers elsewhere with the cron secret.
public func syncDoorways(store: DataStore, rereading: Rereading, apiKey: String?, cronSecret: String?) -> [Doorway] {
  let run: @Sendable (Request) throws -> Response = { request in
    let isFull = request.query["full"] == "1"
    let count = try store.write { try rereading.request(isFull: isFull, $0) }
    return try .json(["queued": count], status: 202)
  }
  let cron: Route.Handler = { request, _ in
    try requireBearer(cronSecret, named: "CRON_SECRET", request)
    return try run(request)
  }
  return [
    Doorway(
      .secret("API_KEY"),
      .post("/api/sync/run") { request, _ in
        try requireBearer(apiKey, named: "API_KEY", request)
        return try run(request)
      }),
    Doorway(.secret("CRON_SECRET"), .get("/api/cron/sync", cron)),
    Doorway(.secret("CRON_SECRET"), .post("/api/cron/sync", cron)),
  ]
}

/// Whether the request carries this secret as its bearer token.
func hasBearer(_ secret: String?, _ request: Request) -> Bool {
  guard let secret, let header = request.headers["Authorization"], header.hasPrefix("Bearer ") else { return false }
  return constantTimeEqual(SHA256.digest(Array(header.dropFirst(7).utf8)), SHA256.digest(Array(secret.utf8)))
}

private func requireBearer(_ secret: String?, named name: String, _ request: Request) throws {
  guard secret != nil else {
    throw Failure(.unauthenticated, "This address is closed. Set \(name) in the settings to open it.")
  }
  guard hasBearer(secret, request) else {
    throw Failure(.unauthenticated, "Send \(name) as a bearer token in the Authorization header.")
  }
}
