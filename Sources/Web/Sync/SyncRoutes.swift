import Accounts
import Basics
import HTTP
import IssueSync
import Store

/// Asking for a sync by HTTP: programs with an API key, schedulers elsewhere with the cron secret.
public func syncDoorways(
  store: DataStore, audit: AuditLog, rereading: Rereading, gate: ProgramGate, cronSecret: String?
) -> [Doorway] {
  let run: @Sendable (Request, AuditActor) throws -> Response = { request, author in
    let isFull = request.query["full"] == "1"
    let count = try store.write { transaction in
      try audit.record(
        AuditEntry(.syncAsked, by: author, in: nil, after: isFull ? "of every row" : "of edits"), in: transaction)
      return try rereading.request(isFull: isFull, transaction)
    }
    return try .json(["queued": count], status: 202)
  }
  let cron: Route.Handler = { request, _ in
    try requireCronSecret(cronSecret, request)
    return try run(request, .program("scheduler"))
  }
  return [
    Doorway(
      .program(.runSync),
      .post("/api/sync/run") { request, _ in
        try run(request, gate.require(.runSync, request))
      }, asking("runSync", "Ask for a sync of all mappings")),
    Doorway(
      .secret("CRON_SECRET"), .get("/api/cron/sync", cron),
      asking("runScheduledSync", "Ask for a sync, for schedulers that send GET")),
    Doorway(
      .secret("CRON_SECRET"), .post("/api/cron/sync", cron),
      asking("postScheduledSync", "Ask for a sync, for schedulers that send POST")),
  ]
}

private func asking(_ id: String, _ summary: String) -> APIOperation {
  let full = APIParameter(
    "full", ["type": "string"], "1 reads every row again, anything else what was edited.")
  return APIOperation(id, summary, query: [full], answers: 202, "SyncAnswer")
}

private func requireCronSecret(_ secret: String?, _ request: Request) throws {
  guard secret != nil else {
    throw Failure(.unauthenticated, "This address is closed. Set CRON_SECRET in the settings to open it.")
  }
  guard let shown = bearer(request), isSame(secret, shown) else {
    throw Failure(.unauthenticated, "Send CRON_SECRET as a bearer token in the Authorization header.")
  }
}
