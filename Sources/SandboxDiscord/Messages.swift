import Basics
import HTTP
import Store

/// What people and bots do with messages; the rules of the doors (`MessageRoutes`, interactions, the page) above it.
extension DiscordSandbox {
  private static let nonceWindow = Duration.seconds(300)

  /// Posts a message, or finds the one that carries the same enforced nonce. The first of a post has the post's id.
  func post(
    _ form: MessageForm, files: [FormPart], by author: JSONValue, as standing: Standing, id given: String? = nil,
    _ transaction: WriteTransaction
  ) throws -> JSONValue {
    let channel = standing.channel["id"]?.string ?? ""
    let authorID = author["id"]?.string ?? ""
    if let earlier = try earlier(form, channel, authorID, transaction) { return withNonce(earlier.body, form.nonce) }
    let id = given ?? ids.next()
    var body = blankMessage(id: id, channel: channel, author: author, at: stage.clock.now())
    try fill(&body, with: form, files: files, standing: standing, defaults: .ofMessages, transaction)
    try reply(&body, to: form.reference, in: channel, transaction)
    if isEmpty(body) { throw Refusal.emptyMessage }
    body["flags"] = .integer(form.flags ?? 0)
    body["tts"] = .bool(form.isSpoken)
    try transaction.insert(MessageRecord(id: id, channel: channel, author: authorID, body: .object(body)))
    try remember(form.nonce, of: id, channel, authorID, transaction)
    return withNonce(.object(body), form.nonce)
  }

  /// Changes what the form mentions of a message, and marks it as edited.
  func edit(
    _ record: MessageRecord, with form: MessageForm, files: [FormPart], standing: Standing, defaults: AllowedMentions,
    _ transaction: WriteTransaction
  ) throws -> JSONValue {
    guard case .object(var body) = record.body else { return record.body }
    try fill(&body, with: form, files: files, standing: standing, defaults: defaults, transaction)
    if let flags = form.flags {
      let kept = (body["flags"]?.integer ?? 0) & ~MessageFlags.suppressEmbeds
      body["flags"] = .integer(kept | flags)
    }
    if isEmpty(body) { throw Refusal.emptyMessage }
    body["edited_timestamp"] = .string(stage.clock.now().discordText)
    var changed = record
    changed.body = .object(body)
    try transaction.update(changed)
    return changed.body
  }

  // MARK: Filling in

  func fill(
    _ body: inout [String: JSONValue], with form: MessageForm, files: [FormPart], standing: Standing,
    defaults: AllowedMentions, _ transaction: WriteTransaction
  ) throws {
    if let content = form.content {
      body["content"] = .string(content)
      try mention(&body, content, form.allowedMentions ?? defaults, standing, transaction)
    }
    if let embeds = form.embeds { body["embeds"] = .array(embeds) }
    if let components = form.components { body["components"] = .array(components) }
    if form.attachments != nil || !files.isEmpty {
      body["attachments"] = .array(try attachments(form, files, kept: body["attachments"]?.array ?? [], standing))
    }
  }

  private func mention(
    _ body: inout [String: JSONValue], _ content: String, _ allowed: AllowedMentions, _ standing: Standing,
    _ transaction: WriteTransaction
  ) throws {
    let pinged = allowed.pinged(by: content)
    let guild = standing.guild["id"]?.string ?? ""
    let mayMentionAll = standing.permissions.contains(.mentionEveryone)
    let roles = try transaction.documents(.role, of: guild).filter { mayMentionAll || $0["mentionable"]?.bool == true }
    let mentionable = Set(roles.compactMap { $0["id"]?.string })
    body["mentions"] = .array(try pinged.users.compactMap { try transaction.document(.user, $0) })
    body["mention_roles"] = .array(pinged.roles.filter(mentionable.contains).map { .string($0) })
    body["mention_everyone"] = .bool(pinged.everyone && mayMentionAll)
  }

  private func attachments(_ form: MessageForm, _ files: [FormPart], kept: [JSONValue], _ standing: Standing) throws
    -> [JSONValue]
  {
    let channel = standing.channel["id"]?.string ?? ""
    let listed = form.attachments ?? kept
    let ids = Set(listed.compactMap { $0["id"]?.string })
    let old = kept.filter { form.attachments == nil || ids.contains($0["id"]?.string ?? "") }
    let new = files.map { file in attachment(file, described: listed, channel) }
    if old.count + new.count > 10 { throw Refusal.tooManyAttachments }
    if files.contains(where: { $0.bytes.count > 10 << 20 }) { throw Refusal.tooLarge }
    return old + new
  }

  private func attachment(_ file: FormPart, described: [JSONValue], _ channel: String) -> JSONValue {
    let number = file.name.dropFirst("files[".count).prefix { $0 != "]" }
    let description = described.first { ($0["id"]?.string ?? $0["id"]?.integer.map(String.init)) == String(number) }
    let id = ids.next()
    let name = description?["filename"]?.string ?? file.fileName ?? "unknown"
    let path = "attachments/\(channel)/\(id)/\(percentEncoded(name))"
    var attachment: [String: JSONValue] = [
      "id": .string(id), "filename": .string(name), "size": .integer(Int64(file.bytes.count)),
      "url": .string("\(stage.publicURL)/sandbox/cdn/\(path)"),
      "proxy_url": .string("\(stage.publicURL)/sandbox/cdn/\(path)"), "content_scan_version": 0,
    ]
    attachment["content_type"] = file.contentType.map { .string($0) }
    attachment["description"] = description?["description"]
    return .object(attachment)
  }

  private func reply(
    _ body: inout [String: JSONValue], to reference: JSONValue?, in channel: String, _ transaction: WriteTransaction
  ) throws {
    guard let reference, let id = reference["message_id"]?.string else { return }
    guard let target = try transaction.message(id), target.channel == channel, target.onlyFor == nil else {
      guard reference["fail_if_not_exists"]?.bool == false else {
        throw Refusal.invalidForm(["message_reference"], "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
      }
      return
    }
    body["type"] = 19
    body["message_reference"] = ["type": 0, "channel_id": .string(channel), "message_id": .string(id)]
    body["referenced_message"] = target.body
  }

  func isEmpty(_ body: [String: JSONValue]) -> Bool {
    body["content"]?.string?.isEmpty != false
      && ["embeds", "components", "attachments"].allSatisfy { body[$0]?.array?.isEmpty != false }
  }

  // MARK: Nonces

  private func earlier(_ form: MessageForm, _ channel: String, _ author: String, _ transaction: WriteTransaction) throws
    -> MessageRecord?
  {
    guard form.isNonceEnforced, let nonce = form.nonce else { return nil }
    let oldest = stage.clock.now() - Self.nonceWindow
    return try transaction.first(
      MessageRecord.self,
      """
      SELECT m.* FROM discord_nonces n JOIN discord_messages m ON m.id = n.message_id
      WHERE n.channel_id = \(channel) AND n.author_id = \(author) AND n.nonce = \(JSON.text(nonce)) AND n.at > \(oldest)
      """)
  }

  private func remember(
    _ nonce: JSONValue?, of id: String, _ channel: String, _ author: String, _ transaction: WriteTransaction
  ) throws {
    guard let nonce else { return }
    let now = stage.clock.now()
    try transaction.run("DELETE FROM discord_nonces WHERE at <= \(now - Self.nonceWindow)")
    try transaction.run(
      """
      INSERT INTO discord_nonces (channel_id, author_id, nonce, message_id, at)
      VALUES (\(channel), \(author), \(JSON.text(nonce)), \(id), \(now))
      ON CONFLICT (channel_id, author_id, nonce) DO UPDATE SET message_id = excluded.message_id, at = excluded.at
      """)
  }

  private func withNonce(_ body: JSONValue, _ nonce: JSONValue?) -> JSONValue {
    guard let nonce, case .object(var object) = body else { return body }
    object["nonce"] = nonce
    return .object(object)
  }
}
