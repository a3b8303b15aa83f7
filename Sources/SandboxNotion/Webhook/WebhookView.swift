import Basics

/// The subscription and what was sent, as the page and scripts see it. The token is the subscriber's secret: not shown.
struct WebhookView {
  struct Line {
    let event: EventRecord
    let datetime: String
    let time: String
    let type: String
    let subject: String?
    let entity: String
    let attempts: Int
    let state: String
    let isGood: Bool
    let isBad: Bool
    let answer: String

    init(_ event: EventRecord) {
      self.event = event
      datetime = event.happenedAt.description
      time = String(datetime.dropFirst(11).dropLast())
      type = event.type
      subject = event.entityType == "page" ? "/sandbox/notion/pages/\(event.entityID)" : nil
      entity = event.entityID
      attempts = event.attempts
      state = event.state.rawValue.replacing("_", with: " ")
      isGood = event.state == .delivered
      isBad = event.problem != nil || event.status.map { $0 >= 300 } ?? false
      answer = event.problem ?? event.status.map(String.init) ?? ""
    }
  }

  let subscription: Subscription?
  let url: String
  let isVerified: Bool
  let isWaiting: Bool
  let lines: [Line]
  let isEmpty: Bool

  init(subscription: Subscription?, events: [EventRecord]) {
    self.subscription = subscription
    url = subscription?.url ?? ""
    isVerified = subscription?.isVerified ?? false
    isWaiting = subscription != nil && !isVerified
    lines = events.map(Line.init)
    isEmpty = lines.isEmpty
  }

  var json: JSONValue {
    let found = subscription.map { subscription -> JSONValue in
      [
        "id": .string(subscription.id), "url": .string(subscription.url), "verified": .bool(subscription.isVerified),
        "window_ms": .integer(subscription.window.milliseconds),
      ]
    }
    return [
      "subscription": found ?? .null,
      "events": .array(
        lines.map { line in
          [
            "id": .string(line.event.id), "type": .string(line.type), "entity_id": .string(line.entity),
            "state": .string(line.event.state.rawValue), "attempts": .integer(Int64(line.attempts)),
            "status": line.event.status.map { .integer(Int64($0)) } ?? .null,
            "problem": line.event.problem.map(JSONValue.string) ?? .null, "changed": .array(line.event.changed),
            "happened_at": .string(line.datetime), "due_at": .string(line.event.dueAt.description),
          ]
        }),
    ]
  }
}
