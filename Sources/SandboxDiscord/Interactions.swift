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

    var json: JSONValue {
      .object(
        delivery.json.merging([
          "interaction_id": .string(interaction), "state": .string(state.rawValue), "reason": orNull(reason),
        ]) { $1 })
    }
  }

  /// Somebody uses a component of a message: signed, sent, and answered within three seconds or failed.
  func click(_ click: Click) throws -> Outcome {
    let id = ids.next()
    let token = try makeToken()
    let payload = try read { try self.payload(click, id: id, token: token, $0) }
    let endpoint = try application()["interactions_endpoint_url"]?.string ?? ""
    try write { transaction in
      _ = try transaction.run(
        """
        INSERT INTO discord_interactions
          (id, token, type, guild_id, channel_id, user_id, message_id, custom_id, sent_at, state)
        VALUES (\(id), \(token), 3, \(payload.standing.guild["id"]?.string), \(click.channel), \(click.user),
          \(click.message), \(click.customID), \(stage.clock.now()), \(InteractionRecord.State.waiting))
        """)
    }
    let delivery = try deliver(JSON.encode(payload.body), to: endpoint)
    return try settle(id, delivery)
  }

  func makeToken() throws -> String { try RandomToken.base62(bits: 512) }

  private func payload(_ click: Click, id: String, token: String, _ transaction: ReadTransaction) throws
    -> InteractionPayload
  {
    let standing = try transaction.standing(of: click.user, in: click.channel)
    guard let record = try transaction.message(click.message), record.channel == click.channel,
      record.onlyFor == nil || record.onlyFor == click.user
    else { throw Refusal.unknownMessage }
    let component = InteractionPayload.component(click.customID, in: record.body["components"]?.array ?? [])
    if click.force != true, component == nil || component?["disabled"]?.bool == true {
      throw Refusal.invalidForm([], "COMPONENT_VALIDATION_FAILED", "Component validation failed")
    }
    let bot = try transaction.unchecked(Identity.bot, click.channel)
    return InteractionPayload(
      id: id, token: token, click: click, standing: standing, appPermissions: bot.permissions, message: record.body,
      component: component ?? ["type": 2, "id": 1])
  }

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
        interaction: id, delivery: delivery, state: record?.state ?? .failed, reason: record?.reason)
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
