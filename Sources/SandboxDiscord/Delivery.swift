import Basics
import HTTP

/// How an application answered a request of ours.
struct Delivery: Sendable {
  /// Nil when no answer came.
  let status: Int?
  let answer: JSONValue?
  let milliseconds: Int64
  let problem: String?

  var isLate: Bool { milliseconds > InteractionRecord.deadline.milliseconds }

  var json: [String: JSONValue] {
    [
      "status": status.map { .integer(Int64($0)) } ?? .null, "answer": answer ?? .null, "late": .bool(isLate),
      "ms": .integer(milliseconds), "problem": orNull(problem),
    ]
  }
}

/// What is wrong with a request on purpose.
struct Flaws: Sendable {
  enum Signature: String, Decodable, Sendable {
    case good, bad, missing, short, doubled, upper
  }

  var signature = Signature.good
  /// Seconds before (or, below zero, after) now that the timestamp claims.
  var age: Int64 = 0
  /// Sent as it is in place of the timestamp; an empty text leaves the header out.
  var timestamp: String?
}

extension DiscordSandbox {
  /// Sends a body to the application's endpoint, signed, as Discord does.
  func deliver(_ body: [UInt8], to url: String, flaws: Flaws = Flaws()) throws -> Delivery {
    let begin = stage.clock.now()
    let timestamp = flaws.timestamp ?? String(begin.seconds - flaws.age)
    var headers: Headers = [
      "Content-Type": "application/json", "User-Agent": "Discord-Interactions/1.0 (+https://discord.com)",
    ]
    if !timestamp.isEmpty { headers.add("X-Signature-Timestamp", timestamp) }
    for signature in signatures(of: body, timestamp, flaws) { headers.add("X-Signature-Ed25519", signature) }
    let request = OutgoingRequest(
      method: .post, url: url, headers: headers, body: body, connectDeadline: InteractionRecord.deadline,
      totalDeadline: InteractionRecord.deadline, maximumBytes: 8 << 20)
    do {
      let answer = try transport(request)
      let json = try? JSON.decode(JSONValue.self, from: answer.body)  // nothing readable is no answer
      return Delivery(
        status: answer.status, answer: json, milliseconds: (stage.clock.now() - begin).milliseconds, problem: nil)
    } catch {
      return Delivery(
        status: nil, answer: nil, milliseconds: (stage.clock.now() - begin).milliseconds, problem: error.description)
    }
  }

  private func signatures(of body: [UInt8], _ timestamp: String, _ flaws: Flaws) -> [String] {
    let good = key.signature(timestamp: timestamp, body: body)
    return switch flaws.signature {
    case .good: [good]
    case .bad: [key.signature(timestamp: timestamp, body: body + [32])]
    case .missing: []
    case .short: [String(good.dropLast())]
    case .doubled: [good, good]
    case .upper: [good.uppercased()]
    }
  }

  struct ProbeReport {
    let good: Delivery
    let bad: Delivery
    /// Events are answered with an empty 204, interactions with a PONG.
    var isOfEvents = false
    var isAccepted: Bool {
      if isOfEvents { return good.status == 204 && !good.isLate && bad.status == 401 }
      return good.status == 200 && good.answer?["type"]?.integer == 1 && !good.isLate && bad.status == 401
    }

    var json: JSONValue {
      ["accepted": .bool(isAccepted), "good": .object(good.json), "bad": .object(bad.json)]
    }
  }

  /// What the portal does when an endpoint is saved: one PING with a good signature, one with a bad one.
  func probe(_ url: String) throws -> ProbeReport {
    let body = try JSON.encode(
      [
        "app_permissions": "180224", "application_id": .string(Identity.application), "entitlements": [],
        "id": .string(ids.next()), "token": .string(try makeToken()), "type": 1, "version": 1,
        "user": [
          "avatar": nil, "discriminator": "0000", "global_name": "Discord", "id": .string(Identity.system),
          "public_flags": 1, "system": true, "username": "discord",
        ],
      ] as JSONValue)
    return ProbeReport(
      good: try deliver(body, to: url), bad: try deliver(body, to: url, flaws: Flaws(signature: .bad)))
  }
}
