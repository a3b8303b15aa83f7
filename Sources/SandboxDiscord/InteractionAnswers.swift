import Basics
import HTTP
import Store

/// What an application may answer to an interaction (Discord: receiving and responding, "Interaction Callback Type").
enum AnswerType: Int64, CaseIterable {
  case message = 4
  case deferredMessage = 5
  case deferredUpdate = 6
  case update = 7
  /// Suggestions for what is being typed.
  case choices = 8
  /// A form to fill in.
  case modal = 9

  /// What fits an interaction: a form cannot follow a form, and only what began on a message can change it.
  static func fitting(_ record: InteractionRecord) -> [AnswerType] {
    switch InteractionType(rawValue: record.type) {
    case .autocomplete: [.choices]
    case .command: [.message, .deferredMessage, .modal]
    case .modalSubmit where record.message == nil: [.message, .deferredMessage]
    case .modalSubmit: [.message, .deferredMessage, .deferredUpdate, .update]
    default: [.message, .deferredMessage, .deferredUpdate, .update, .modal]
    }
  }
}

/// What an answer came to: a message, or something the person alone sees for a moment.
private enum Effect {
  case none
  case message(MessageRecord?)
  case shown(JSONValue)
}

extension DiscordSandbox {
  private static let answerFlags =
    MessageFlags.suppressEmbeds | MessageFlags.ephemeral | MessageFlags.suppressNotifications
    | MessageFlags.componentsV2

  /// Takes the first answer to an interaction, whichever way it came.
  /// - Returns: the message that was made or changed.
  func acknowledge(
    _ record: InteractionRecord, with answer: JSONValue, files: [FormPart], _ transaction: WriteTransaction
  )
    throws -> MessageRecord?
  {
    if record.state == .acknowledged { throw Refusal.alreadyAcknowledged }
    let isInTime = stage.clock.now() - record.sentAt <= InteractionRecord.deadline
    guard record.state == .waiting, isInTime else { throw Refusal.unknownInteraction }
    let form = Form(answer)
    let fitting = AnswerType.fitting(record).map(\.rawValue)
    let type = form.choice("type", of: fitting, isRequired: true).flatMap(AnswerType.init)
    try form.complaints.throwIfAny()
    let effect = try apply(type ?? .message, form, files, record, transaction)
    try form.complaints.throwIfAny()
    let (message, original, shown) = try outcome(of: effect, record)
    try transaction.run(
      """
      UPDATE discord_interactions SET state = \(InteractionRecord.State.acknowledged), answer_type = \(type?.rawValue),
        original_id = \(original), shown = \(shown) WHERE id = \(record.id)
      """)
    return message
  }

  private func outcome(of effect: Effect, _ record: InteractionRecord) throws
    -> (message: MessageRecord?, original: String?, shown: String?)
  {
    switch effect {
    case .none: (nil, record.message, nil)
    case .message(let message): (message, message?.id ?? record.message, nil)
    case .shown(let value): (nil, nil, try JSON.text(value))
    }
  }

  private func apply(
    _ type: AnswerType, _ form: Form, _ files: [FormPart], _ record: InteractionRecord, _ transaction: WriteTransaction
  ) throws -> Effect {
    let data = form.form("data") ?? Form(.object([:]), path: ["data"], complaints: form.complaints)
    if [.message, .choices, .modal].contains(type), !form.has("data") {
      throw Refusal.invalidForm(["data"], "BASE_TYPE_REQUIRED", "This field is required")
    }
    switch type {
    case .message:
      return .message(try say(data, files, for: record, transaction))
    case .deferredMessage:
      let flags = (data.integer("flags") ?? 0) & MessageFlags.ephemeral
      try form.complaints.throwIfAny()
      return .message(try deferMessage(flags, for: record, transaction))
    case .deferredUpdate:
      return .none
    case .update:
      return .message(try update(data, files, for: record, transaction))
    case .choices:
      let kind = record.option?["type"]?.integer.flatMap(OptionType.init) ?? .string
      let choices = data.forms("choices", max: 25, isRequired: true) ?? []
      return .shown(["choices": .array(choices.map { CommandOptionForm.choice($0, kind) })])
    case .modal:
      return .shown(ModalForm(data).modal)
    }
  }

  /// Changes the message whose component was used.
  private func update(_ data: Form, _ files: [FormPart], for record: InteractionRecord, _ transaction: WriteTransaction)
    throws -> MessageRecord?
  {
    guard let id = record.message, let target = try transaction.message(id) else { throw Refusal.unknownMessage }
    _ = try editAnswer(target, data, files, transaction)
    return try transaction.message(id)
  }

  // MARK: Messages of an interaction

  /// Posts a message in answer to an interaction: the first answer or one that follows.
  func say(_ data: Form, _ files: [FormPart], for record: InteractionRecord, _ transaction: WriteTransaction) throws
    -> MessageRecord
  {
    let form = MessageForm(data, ids: ids, settable: Self.answerFlags)
    try data.complaints.throwIfAny()
    var body = try blank(for: record, transaction)
    let standing = try transaction.unchecked(Identity.bot, record.channel)
    try fill(&body, with: form, files: files, standing: standing, defaults: .ofInteractions, transaction)
    if isEmpty(body) { throw Refusal.emptyMessage }
    body["flags"] = .integer(form.flags ?? 0)
    body["tts"] = .bool(form.isSpoken)
    return try keep(body, for: record, transaction)
  }

  private func deferMessage(_ flags: Int64, for record: InteractionRecord, _ transaction: WriteTransaction) throws
    -> MessageRecord
  {
    var body = try blank(for: record, transaction)
    body["flags"] = .integer(flags | MessageFlags.loading)
    return try keep(body, for: record, transaction)
  }

  private func keep(_ body: [String: JSONValue], for record: InteractionRecord, _ transaction: WriteTransaction) throws
    -> MessageRecord
  {
    let isEphemeral = (body["flags"]?.integer ?? 0) & MessageFlags.ephemeral != 0
    let message = MessageRecord(
      id: body["id"]?.string ?? "", channel: record.channel, author: Identity.bot,
      onlyFor: isEphemeral ? record.user : nil, interaction: record.id, body: .object(body))
    try transaction.insert(message)
    return message
  }

  /// A message of the application that points at the interaction and at the message it began on.
  private func blank(for record: InteractionRecord, _ transaction: some Queries) throws -> [String: JSONValue] {
    let guild = orNull(record.guild)
    var body = blankMessage(
      id: ids.next(), channel: record.channel, author: try transaction.bot(), at: stage.clock.now())
    body["webhook_id"] = .string(Identity.application)
    body["application_id"] = .string(Identity.application)
    if let message = record.message {
      body["type"] = 19
      body["message_reference"] = [
        "type": 0, "channel_id": .string(record.channel), "message_id": .string(message), "guild_id": guild,
      ]
    } else {
      body["type"] = record.target == nil ? 20 : 23
    }
    body["interaction_metadata"] = try metadata(of: record, transaction)
    return body
  }

  /// Whose doing the message is; of a form's submission also what opened the form.
  private func metadata(of record: InteractionRecord, _ transaction: some Queries) throws -> JSONValue {
    var metadata: [String: JSONValue] = [
      "id": .string(record.id), "type": .integer(record.type),
      "user": try transaction.document(.user, record.user) ?? .null,
      "authorizing_integration_owners": ["0": orNull(record.guild)],
    ]
    if record.type == InteractionType.component.rawValue { metadata["interacted_message_id"] = orNull(record.message) }
    if record.type == InteractionType.command.rawValue {
      metadata["name"] = .string(String(record.customID?.drop { $0 == "/" } ?? ""))
      metadata["target_message_id"] = record.target.map { .string($0) }
    }
    if let parent = try record.parent.flatMap({ try transaction.interaction($0) }) {
      metadata["triggering_interaction_metadata"] = try self.metadata(of: parent, transaction)
    }
    return .object(metadata)
  }

  /// Changes a message by an interaction's token. What was only promised becomes a message that was never "edited".
  func editAnswer(_ target: MessageRecord, _ data: Form, _ files: [FormPart], _ transaction: WriteTransaction) throws
    -> JSONValue
  {
    let flags = target.body["flags"]?.integer ?? 0
    let settable = MessageFlags.suppressEmbeds | MessageFlags.componentsV2
    let form = MessageForm(data, ids: ids, settable: settable, ownFlags: flags)
    try data.complaints.throwIfAny()
    let standing = try transaction.unchecked(Identity.bot, target.channel)
    let edited = try edit(
      target, with: form, files: files, standing: standing, defaults: .ofInteractions, transaction)
    guard flags & MessageFlags.loading != 0, case .object(var body) = edited else { return edited }
    body["flags"] = .integer((body["flags"]?.integer ?? 0) & ~MessageFlags.loading)
    body["edited_timestamp"] = .null
    var filled = target
    filled.body = .object(body)
    try transaction.update(filled)
    return filled.body
  }
}
