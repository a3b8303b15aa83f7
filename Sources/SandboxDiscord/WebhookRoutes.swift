import Basics
import HTTP
import Store

/// Answering an interaction by its token, without the bot's.
extension DiscordSandbox {
  var webhookRoutes: [Route] {
    let webhook = "/webhooks/:application_id/:token"
    return [
      endpoint(
        .post, "/interactions/:interaction_id/:token/callback", .open, .webhook, major: "token", callBack),
      endpoint(.post, webhook, .open, .webhook, major: "token", followUp),
      endpoint(.get, webhook + "/messages/:message_id", .open, .webhook, major: "token") { call in
        try read { try .json(ownMessage(call, live(call, $0), $0).body) }
      },
      endpoint(.patch, webhook + "/messages/:message_id", .open, .webhook, major: "token") { call in
        let (json, files) = try call.payload()
        return try write { transaction in
          let target = try ownMessage(call, live(call, transaction), transaction)
          return try .json(editAnswer(target, Form(json), files, transaction))
        }
      },
      endpoint(.delete, webhook + "/messages/:message_id", .open, .webhook, major: "token") { call in
        try write { transaction in
          try transaction.delete(message: ownMessage(call, live(call, transaction), transaction).id)
          return .empty()
        }
      },
    ]
  }

  // MARK: The first answer

  private func callBack(_ call: Call) throws -> Response {
    let id = try call.snowflake("interaction_id")
    let (json, files) = try call.payload()
    return try write { transaction in
      guard let record = try transaction.interaction(id), record.token == call.path["token"] else {
        throw Refusal.unknownInteraction
      }
      let message = try acknowledge(record, with: json, files: files, transaction)
      guard call.flag("with_response") else { return .empty() }
      return try .json(callbackResponse(record, json["type"] ?? 4, message))
    }
  }

  private func callbackResponse(_ record: InteractionRecord, _ type: JSONValue, _ message: MessageRecord?) -> JSONValue
  {
    var interaction: [String: JSONValue] = [
      "id": .string(record.id), "type": .integer(record.type), "channel_id": .string(record.channel),
      "guild_id": orNull(record.guild),
    ]
    guard let message else { return ["interaction": .object(interaction)] }
    let flags = message.body["flags"]?.integer ?? 0
    interaction["response_message_id"] = .string(message.id)
    interaction["response_message_loading"] = .bool(flags & MessageFlags.loading != 0)
    interaction["response_message_ephemeral"] = .bool(flags & MessageFlags.ephemeral != 0)
    return ["interaction": .object(interaction), "resource": ["type": type, "message": message.body]]
  }

  // MARK: What follows

  /// The interaction whose token stands in the path, while it lives.
  private func live(_ call: Call, _ transaction: some Queries) throws -> InteractionRecord {
    guard call.path["application_id"] == Identity.application else { throw Refusal.unknownWebhook }
    guard let record = try transaction.interaction(token: call.path["token"]) else { throw Refusal.invalidWebhookToken }
    let isAlive = stage.clock.now() - record.sentAt <= InteractionRecord.lifetime
    guard record.state == .acknowledged, isAlive else { throw Refusal.unknownWebhook }
    return record
  }

  /// A message this token may touch: its own, and the one its component belongs to.
  private func ownMessage(_ call: Call, _ record: InteractionRecord, _ transaction: some Queries) throws
    -> MessageRecord
  {
    let name = call.path["message_id"]
    let id = name == "@original" ? record.original : try call.snowflake("message_id")
    guard let id, let message = try transaction.message(id), message.interaction == record.id || id == record.original
    else {
      throw Refusal.unknownMessage
    }
    return message
  }

  /// A further message; while the first is only promised it fills that one, and its flags do not count.
  private func followUp(_ call: Call) throws -> Response {
    let (json, files) = try call.payload()
    return try write { transaction in
      let record = try live(call, transaction)
      let form = Form(json)
      if let id = record.original, record.answerType == AnswerType.deferredMessage.rawValue,
        let promised = try transaction.message(id), (promised.body["flags"]?.integer ?? 0) & MessageFlags.loading != 0
      {
        return try .json(editAnswer(promised, form.without("flags"), files, transaction))
      }
      return try .json(say(form, files, for: record, transaction).body)
    }
  }
}

extension Form {
  fileprivate func without(_ name: String) -> Form {
    Form(.object((value.object ?? [:]).filter { $0.key != name }), path: path, complaints: complaints)
  }
}
