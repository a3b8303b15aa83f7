import Basics
import HTTP
import Store

/// What scripts and tests use in place of the page: click, send anything signed or badly signed, try the endpoint.
extension DiscordSandbox {
  var scriptRoutes: [Route] {
    [
      .post("/sandbox/discord/interactions/click") { request, _ in
        try explained { try .json(click(request.json()).json) }
      },
      .post("/sandbox/discord/interactions/command") { request, _ in
        try explained { try .json(run(request.json(CommandCall.self)).json) }
      },
      .post("/sandbox/discord/interactions/autocomplete") { request, _ in
        try explained { try .json(suggest(request.json()).json) }
      },
      .post("/sandbox/discord/interactions/message-command") { request, _ in
        try explained { try .json(run(request.json(MessageCommandCall.self)).json) }
      },
      .post("/sandbox/discord/interactions/modal") { request, _ in
        try explained { try .json(submit(request.json()).json) }
      },
      .post("/sandbox/discord/interactions/raw") { request, _ in try .json(sendRaw(request.json())) },
      .post("/sandbox/discord/interactions/ping") { _, _ in
        try .json(probe(application()["interactions_endpoint_url"]?.string ?? "").json)
      },
      .get("/sandbox/discord/interactions") { request, _ in
        let limit = min(max(request.query["limit"].flatMap(Int.init) ?? 50, 1), 500)
        let records = try read {
          try $0.all(
            InteractionRecord.self,
            "SELECT * FROM discord_interactions ORDER BY sent_at DESC, id DESC LIMIT \(limit)")
        }
        return try .json(records.map(\.summary))
      },
    ]
  }

  /// Refusals of Discord's kind stay as they are; these routes are no part of its API, so nothing wraps them.
  func explained(_ body: () throws -> Response) throws -> Response {
    do { return try body() } catch let refusal as Refusal { return refusal.response }
  }

  private struct RawForm: Decodable {
    /// An object is sent as compact JSON with sorted keys, a text as it is.
    let body: JSONValue
    let signature: Flaws.Signature?
    let ageSeconds: Int64?
    let timestamp: String?

    enum CodingKeys: String, CodingKey {
      case body, signature, timestamp
      case ageSeconds = "age_s"
    }
  }

  private func sendRaw(_ form: RawForm) throws -> Delivery {
    let bytes = try form.body.string.map { Array($0.utf8) } ?? JSON.encode(form.body)
    let flaws = Flaws(signature: form.signature ?? .good, age: form.ageSeconds ?? 0, timestamp: form.timestamp)
    return try deliver(bytes, to: application()["interactions_endpoint_url"]?.string ?? "", flaws: flaws)
  }
}

extension Delivery: Encodable {
  func encode(to encoder: any Encoder) throws { try JSONValue.object(json).encode(to: encoder) }
}
