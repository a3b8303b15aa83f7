import Basics
import Store

/// A form as somebody sends it back.
struct ModalSubmission: Decodable, Sendable {
  /// The interaction that was answered with the form.
  let interaction: String
  let user: String
  /// By custom id: a text, or a list of chosen values.
  let fields: [String: JSONValue]
  /// Send it although it was sent before or does not fit.
  var force: Bool?

  enum CodingKeys: String, CodingKey {
    case fields, force
    case interaction = "interaction_id"
    case user = "user_id"
  }
}

extension DiscordSandbox {
  /// The form a person has before them, while it was not sent back.
  func openForm(_ interaction: String, of user: String, _ transaction: some Queries) throws -> InteractionRecord? {
    guard let record = try transaction.interaction(interaction), record.user == user,
      record.answerType == AnswerType.modal.rawValue, try !isSubmitted(record, transaction)
    else { return nil }
    return record
  }

  private func isSubmitted(_ record: InteractionRecord, _ transaction: some Queries) throws -> Bool {
    let state = InteractionRecord.State.acknowledged
    return try transaction.value(
      String.self,
      "SELECT id FROM discord_interactions WHERE parent = \(record.id) AND state = \(state) LIMIT 1") != nil
  }

  /// Sends a form back, with the same shape it came in: labels hold a `component`, rows hold `components`.
  func submit(_ submission: ModalSubmission) throws -> Outcome {
    try send(
      read { transaction in
        let record = try transaction.interaction(submission.interaction)
        guard let record, record.user == submission.user, record.answerType == AnswerType.modal.rawValue,
          let modal = record.shown, try submission.force == true || !isSubmitted(record, transaction)
        else { throw Refusal.unknownInteraction }
        let standing = try transaction.standing(of: record.user, in: record.channel)
        let filled = FilledModal(submission: submission)
        let parts = (modal["components"]?.array ?? []).map(filled.part)
        try filled.complaints.throwIfAny()
        return Deed(
          type: .modalSubmit, standing: standing, channel: record.channel, user: record.user,
          data: ["custom_id": modal["custom_id"] ?? "", "components": .array(parts)],
          message: try record.message.flatMap { try transaction.message($0)?.body },
          name: modal["custom_id"]?.string ?? "", parent: record.id)
      })
  }
}

private struct FilledModal {
  let submission: ModalSubmission
  let complaints = Complaints()

  func part(_ part: JSONValue) -> JSONValue {
    var filled: [String: JSONValue] = ["type": part["type"] ?? 18, "id": part["id"] ?? 0]
    if let component = part["component"] { filled["component"] = input(component) }
    if let components = part["components"]?.array { filled["components"] = .array(components.map(input)) }
    return .object(filled)
  }

  private func input(_ input: JSONValue) -> JSONValue {
    let name = input["custom_id"]?.string ?? ""
    let isText = input["type"]?.integer == 4
    let given = submission.fields[name]
    if submission.force != true { isText ? check(given?.string ?? "", input, name) : check(values(given), input, name) }
    return [
      "type": input["type"] ?? 4, "id": input["id"] ?? 0, "custom_id": .string(name),
      isText ? "value" : "values":
        isText ? .string(given?.string ?? "") : .array(values(given).map { .string($0) }),
    ]
  }

  private func values(_ given: JSONValue?) -> [String] {
    given?.array?.compactMap(\.string) ?? given?.string.map { $0.isEmpty ? [] : [$0] } ?? []
  }

  private func check(_ text: String, _ input: JSONValue, _ name: String) {
    let length = Int64(text.unicodeScalars.count)
    if text.isEmpty {
      if input["required"]?.bool != false { complaints.add([name], "BASE_TYPE_REQUIRED", "This field is required") }
    } else if length > input["max_length"]?.integer ?? 4000 || length < input["min_length"]?.integer ?? 0 {
      complaints.add([name], "BASE_TYPE_BAD_LENGTH", "This text is too long or too short.")
    }
  }

  private func check(_ values: [String], _ select: JSONValue, _ name: String) {
    if values.isEmpty, select["required"]?.bool == false { return }
    if !areOptions(values, of: select) {
      complaints.add([name], "COMPONENT_VALIDATION_FAILED", "Component validation failed")
    }
  }
}
