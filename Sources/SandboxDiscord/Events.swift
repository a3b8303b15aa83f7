import Basics
import HTTP
import Store

/// Webhook events: what Discord tells an application outside interactions (Discord: webhook events). Signed like those,
/// but a PING is type 0 and the answer is an empty 204.
extension DiscordSandbox {
  var eventRoutes: [Route] {
    [
      .post("/sandbox/discord/events") { request, _ in try explained { try .json(sendEvent(request.json())) } },
      .post("/sandbox/discord/events/ping") { _, _ in try .json(probeEvents().json) },
    ]
  }

  struct EventForm: Decodable, Sendable {
    /// Such as APPLICATION_AUTHORIZED.
    let type: String
    let user: String?
    let data: JSONValue?
    let signature: Flaws.Signature?
  }

  func sendEvent(_ form: EventForm) throws -> Delivery {
    let user = form.user ?? Identity.maren
    let data =
      try form.data
      ?? read { transaction in
        guard let person = try transaction.document(.user, user).map(InteractionPayload.partial) else {
          throw Refusal.unknownUser
        }
        let guild = try transaction.document(.guild, Identity.guild) ?? .null
        return form.type == "APPLICATION_AUTHORIZED"
          ? ["integration_type": 0, "user": person, "scopes": ["bot", "applications.commands"], "guild": guild]
          : ["user": person]
      }
    // Unlike anywhere else, the time has no offset.
    let time = String(stage.clock.now().discordText.dropLast("+00:00".count))
    let event: JSONValue = ["type": .string(form.type), "timestamp": .string(time), "data": data]
    return try deliver(
      outer(type: 1, ["event": event]), to: eventsURL, flaws: Flaws(signature: form.signature ?? .good))
  }

  /// One PING with a good signature (204 is right) and one with a bad one (401 is right).
  func probeEvents() throws -> ProbeReport {
    let body = try outer(type: 0, [:])
    return ProbeReport(
      good: try deliver(body, to: eventsURL), bad: try deliver(body, to: eventsURL, flaws: Flaws(signature: .bad)),
      isOfEvents: true)
  }

  private func outer(type: Int64, _ members: [String: JSONValue]) throws -> [UInt8] {
    try JSON.encode(
      JSONValue.object(
        ["version": 1, "application_id": .string(Identity.application), "type": .integer(type)]
          .merging(members) { $1 }))
  }

  var eventsURL: String {
    get throws { try application()["event_webhooks_url"]?.string ?? stage.publicURL + "/discord/events" }
  }
}
