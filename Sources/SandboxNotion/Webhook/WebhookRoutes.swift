import Basics
import HTTP
import SandboxStage
import Store

/// The subscription as a person sets it up in Notion's settings, and as scripts do; and events made by hand.
extension Workspace {
  private static let address = "/sandbox/notion/webhook"

  var webhookRoutes: [Route] {
    [
      .get(Self.address) { request, _ in
        let view = try read { try WebhookView(subscription: $0.subscription(), events: $0.latestEvents(50)) }
        guard request.prefersPage else { return try .json(view.json) }
        return try stage.pages.page("notion-webhook", data: view, title: "Notion webhook")
      },
      .put(Self.address) { request, _ in try .json(subscribe(try request.json()), status: 201) },
      .post(Self.address) { request, _ in
        _ = try subscribe(Order(url: request.form()["url"] ?? "", window: nil))
        return .seeOther(Self.address)
      },
      .delete(Self.address) { _, _ in
        try stage.store.write { try $0.unsubscribe() }
        return .empty()
      },
      .post(Self.address + "/token") { _, _ in
        _ = try courier.greet(subscription())
        return .seeOther(Self.address)
      },
      .post(Self.address + "/verify") { request, _ in try verify(request) },
      .post(Self.address + "/send") { request, _ in try .json(send(try request.json())) },
    ]
  }

  private struct Order: Decodable {
    let url: String
    let window: Int64?

    enum CodingKeys: String, CodingKey {
      case url
      case window = "window_ms"
    }
  }

  private func subscription() throws -> Subscription {
    guard let found = try read({ try $0.subscription() }) else {
      throw Failure.notFound("Nobody subscribed yet. Send the address to PUT \(Self.address) first.")
    }
    return found
  }

  private func subscribe(_ order: Order) throws -> JSONValue {
    let window = Duration.milliseconds(min(max(order.window ?? 1000, 0), 60_000))
    let (made, handshake) = try courier.subscribe(order.url, window: window)
    return ["subscription_id": .string(made.id), "handshake": handshake.json]
  }

  private struct Pasted: Decodable { let token: String }

  private func verify(_ request: Request) throws -> Response {
    let isForm = request.mediaType == "application/x-www-form-urlencoded"
    let token = isForm ? try request.form()["token"] ?? "" : try (request.json() as Pasted).token
    guard try subscription().token == token.trimmingSpaces() else {
      throw Failure.invalid("This is not the token that was sent to the address.")
    }
    try stage.store.write { try $0.verifySubscription() }
    return isForm ? .seeOther(Self.address) : .empty()
  }

  private struct Letter: Decodable {
    enum Signature: String, Decodable { case good, bad, missing, short, upper }

    /// Sent as it is: an object as compact JSON, a text byte for byte.
    let body: JSONValue?
    /// Members over those of an ordinary event.
    let event: JSONValue?
    let signature: Signature?
  }

  private func send(_ letter: Letter) throws -> JSONValue {
    let subscription = try subscription()
    let body = try letter.body ?? ordinaryEvent(subscription, letter.event?.object ?? [:])
    let bytes = try body.string.map { Array($0.utf8) } ?? JSON.encode(body)
    let good = subscription.signature(of: bytes)
    let signature =
      switch letter.signature ?? .good {
      case .good: good
      case .bad: subscription.signature(of: bytes + [32])
      case .missing: ""
      case .short: String(good.dropLast(2))
      case .upper: "sha256=" + good.dropFirst(7).uppercased()
      }
    return courier.send(bytes, to: subscription, signature: signature).json
  }

  /// An edit of the first issue, with these members in place of its own.
  private func ordinaryEvent(_ subscription: Subscription, _ members: [String: JSONValue]) throws -> JSONValue {
    let event = EventRecord(
      id: ObjectID.make(at: now), type: Event.Kind.pageProperties.rawValue, entityID: FirstContent.issueID(0),
      entityType: "page",
      parent: [
        "id": .string(Constants.databaseID), "type": "database", "data_source_id": .string(Constants.dataSourceID),
      ], changed: ["title"], authors: [FirstContent.people[0].id], happenedAt: now, dueAt: now)
    let own = event.body(subscription, attempt: 1, isBot: { $0 == Constants.botID }).object ?? [:]
    return .object(own.merging(members) { $1 })
  }
}

extension EventCourier.Outcome {
  var json: JSONValue {
    [
      "status": status.map { .integer(Int64($0)) } ?? .null, "problem": problem.map(JSONValue.string) ?? .null,
      "ms": .integer(milliseconds),
    ]
  }
}
