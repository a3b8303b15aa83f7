import Basics
import Foundation
import HTTP
import Signatures
import Store

/// Sending an interaction and taking what comes back.
extension DiscordSandbox {
  struct Outcome {
    let interaction: String
    let delivery: Delivery
    let state: InteractionRecord.State
    let reason: String?
    let answerType: AnswerType?
    /// The form or the suggestions the person now sees.
    let shown: JSONValue?

    var json: JSONValue {
      .object(
        delivery.json.merging([
          "interaction_id": .string(interaction), "state": .string(state.rawValue), "reason": orNull(reason),
          "answer_type": answerType.map { .integer($0.rawValue) } ?? .null, "shown": shown ?? .null,
        ]) { $1 })
    }
  }

  /// Signed, sent, and answered within three seconds or failed.
  func send(_ deed: Deed) throws -> Outcome {
    let id = ids.next()
    let token = try makeToken()
    let bot = try read { try $0.unchecked(Identity.bot, deed.channel) }
    let payload = InteractionPayload(id: id, token: token, deed: deed, appPermissions: bot.permissions)
    let endpoint = try application()["interactions_endpoint_url"]?.string ?? ""
    try write { try note(deed, id: id, token: token, $0) }
    let delivery = try deliver(JSON.encode(payload.body), to: endpoint)
    return try settle(id, delivery)
  }

  private func note(_ deed: Deed, id: String, token: String, _ transaction: WriteTransaction) throws {
    let option = try deed.option.map { try JSON.text($0) }
    try transaction.run(
      """
      INSERT INTO discord_interactions (id, token, type, guild_id, channel_id, user_id, message_id, target_id,
        custom_id, option, parent, sent_at, state)
      VALUES (\(id), \(token), \(deed.type), \(deed.standing.guild["id"]?.string), \(deed.channel), \(deed.user),
        \(deed.message?["id"]?.string), \(deed.data["target_id"]?.string), \(deed.name), \(option), \(deed.parent),
        \(stage.clock.now()), \(InteractionRecord.State.waiting))
      """)
  }

  func makeToken() throws -> String { try RandomToken.base62(bits: 512) }

  // MARK: What came back

  private func settle(_ id: String, _ delivery: Delivery) throws -> Outcome {
    var reason = delivery.problem
    if delivery.isLate {
      reason = "It was not answered within 3 seconds."
    } else if delivery.status == 200 {
      reason = try acknowledge(id, inline: delivery.answer ?? .null)
    } else if delivery.status == 202 {
      try waitForCallback(id, patience: InteractionRecord.deadline - .milliseconds(delivery.milliseconds))
      reason = "It was promised with status 202 and never answered."
    } else if let status = delivery.status {
      reason = "It was answered with status \(status)."
    }
    return try write { transaction in
      try transaction.run(
        """
        UPDATE discord_interactions SET state = \(InteractionRecord.State.failed), reason = \(reason)
        WHERE id = \(id) AND state = \(InteractionRecord.State.waiting)
        """)
      try transaction.run("UPDATE discord_interactions SET milliseconds = \(delivery.milliseconds) WHERE id = \(id)")
      let record = try transaction.interaction(id)
      return Outcome(
        interaction: id, delivery: delivery, state: record?.state ?? .failed, reason: record?.reason,
        answerType: record?.answerType.flatMap(AnswerType.init), shown: record?.shown)
    }
  }

  /// Takes the answer that came with the response; what cannot be shown is the reason it failed.
  private func acknowledge(_ id: String, inline answer: JSONValue) throws -> String? {
    do {
      try write { transaction in
        guard let record = try transaction.interaction(id) else { return }
        _ = try acknowledge(record, with: answer, files: [], transaction)
      }
      return nil
    } catch let refusal as Refusal {
      let details = try refusal.errors.map { " " + (try JSON.text($0)) } ?? ""
      return "Its answer was refused: \(refusal.message).\(details)"
    }
  }

  private func waitForCallback(_ id: String, patience: Duration) throws {
    let pause = 20
    for _ in 0...max(0, patience.milliseconds / Int64(pause)) {
      if try read({ try $0.interaction(id)?.state }) != .waiting { return }
      Thread.sleep(forTimeInterval: Double(pause) / 1000)
    }
  }
}
