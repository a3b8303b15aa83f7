import Basics

/// The bits of a message's `flags`.
enum MessageFlags {
  static let suppressEmbeds: Int64 = 1 << 2
  static let ephemeral: Int64 = 1 << 6
  static let loading: Int64 = 1 << 7
  static let suppressNotifications: Int64 = 1 << 12
  static let voiceMessage: Int64 = 1 << 13
  static let componentsV2: Int64 = 1 << 15
}

/// A message as it is asked for, checked. What is nil was not mentioned.
struct MessageForm {
  let content: String?
  let embeds: [JSONValue]?
  let components: [JSONValue]?
  let attachments: [JSONValue]?
  let allowedMentions: AllowedMentions?
  let flags: Int64?
  let nonce: JSONValue?
  let isNonceEnforced: Bool
  let isSpoken: Bool
  let reference: JSONValue?

  /// - Parameter ownFlags: those of the message that is edited.
  init(_ form: Form, ids: Snowflakes, settable: Int64, ownFlags: Int64 = 0) {
    let given = form.integer("flags").map { $0 & settable }
    flags = given
    let isNewLayout = ((given ?? 0) | ownFlags) & MessageFlags.componentsV2 != 0
    content = form.mentions("content") ? trimming(form.string("content", max: 2000) ?? "") : nil
    embeds = EmbedForm(form, ids: ids)?.embeds
    components = ComponentForm(form, isNewLayout: isNewLayout)?.components
    attachments = form.mentions("attachments") ? form.array("attachments", max: 10) ?? [] : nil
    allowedMentions = AllowedMentions(form)
    let isText = form.value["nonce"]?.string != nil
    nonce = isText ? form.string("nonce", max: 25).map { .string($0) } : form.integer("nonce").map { .integer($0) }
    isNonceEnforced = form.bool("enforce_nonce") ?? false
    isSpoken = form.bool("tts") ?? false
    reference = Self.reference(form)
    if isNewLayout { Self.refuseOldFields(form, content, embeds) }
  }

  private static func reference(_ form: Form) -> JSONValue? {
    guard let inner = form.form("message_reference"), let id = inner.snowflake("message_id", isRequired: true) else {
      return nil
    }
    return ["message_id": .string(id), "fail_if_not_exists": .bool(inner.bool("fail_if_not_exists") ?? true)]
  }

  private static func refuseOldFields(_ form: Form, _ content: String?, _ embeds: [JSONValue]?) {
    for (name, isUsed) in [("content", content?.isEmpty == false), ("embeds", embeds?.isEmpty == false)] where isUsed {
      form.complain(
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        "The '\(name)' field cannot be used when using MessageFlags.IS_COMPONENTS_V2", at: name)
    }
  }
}
