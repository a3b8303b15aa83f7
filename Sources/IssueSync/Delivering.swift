import Basics
import Discord
import Jobs
import Signatures
import Store

/// Keeps one living message for each issue: posts it once, and edits it whenever it no longer shows the truth.
public struct Delivering: Sendable {
  let store: DataStore
  let clock: WallClock
  let discord: @Sendable () throws -> DiscordClient

  public init(store: DataStore, clock: WallClock, discord: @escaping @Sendable () throws -> DiscordClient) {
    self.store = store
    self.clock = clock
    self.discord = discord
  }

  struct Payload: Codable {
    let issue: String
  }

  /// The wish that an issue's message show what we know.
  static func intent(
    _ issue: String, in channel: ChannelID, _ priority: Intent.Priority, notBefore: Timestamp? = nil
  ) throws -> Intent {
    try Intent(
      kind: kindName, uniqueKey: "issue.deliver:\(issue)", lane: "issue:\(issue)", gate: "discord:\(channel)",
      payload: Payload(issue: issue), priority: priority, notBefore: notBefore)
  }

  static let kindName = "issue.deliver"

  public var kind: JobKind {
    JobKind(Self.kindName) { job in
      do {
        try deliver(try job.payload(Payload.self).issue)
      } catch let failure as Failure where failure.kind == .unauthenticated {
        // The message is wanted all the same once the token is mended.
        throw Failure(.busy(retryAfter: .seconds(60)), failure.sentence)
      }
      return .done
    }
  }

  private func deliver(_ id: String) throws {
    let found = try store.read { queries in
      try IssueRecords.find(id, queries).flatMap { issue in
        try IssueRecords.mapping(issue.mapping, queries).map { mapping in
          (issue, mapping, try LivingMessage.of(issue, queries))
        }
      }
    }
    guard let (issue, mapping, message) = found else { return }  // the mapping was removed meanwhile
    let draft = issue.drawn()
    let hash = hexadecimal(SHA256.digest(try JSON.encode(draft)))
    let client = try discord()
    switch message?.place {
    case .posted(let messageID, let shown):
      if shown == hash { return }
      try edit(messageID, of: issue, in: message?.channel ?? mapping.channel, draft, hash, client)
    case .intended, nil:
      let attempt = try message ?? LivingMessage.intend(issue, mapping.channel, at: clock.now(), store)
      try post(attempt, of: issue, draft, hash, client)
    }
  }

  private func edit(
    _ message: MessageID, of issue: Issue, in channel: ChannelID, _ draft: MessageDraft, _ hash: String,
    _ client: DiscordClient
  ) throws {
    do {
      _ = try client.editMessage(channel, message, draft)
      try LivingMessage.show(hash, message, of: issue, store)
    } catch let refusal as DiscordRefusal where refusal.code == DiscordRefusal.unknownMessage {
      // Deleted by hand: the issue is still there, so its message comes back.
      let attempt = try LivingMessage.intend(issue, channel, at: clock.now(), store)
      try post(attempt, of: issue, draft, hash, client)
    }
  }

  /// Posts, or finds what an earlier attempt has posted. Discord gives the same message back for the same nonce, but
  /// only for some minutes; after one we look for our own button in the channel instead.
  private func post(
    _ attempt: LivingMessage, of issue: Issue, _ draft: MessageDraft, _ hash: String, _ client: DiscordClient
  ) throws {
    var attempt = attempt
    if clock.now() - attempt.intendedAt > .seconds(60) {
      if let found = try search(attempt, issue, client) {
        try LivingMessage.show(nil, found, of: issue, store)
        return try edit(found, of: issue, in: attempt.channel, draft, hash, client)
      }
      attempt = try LivingMessage.intend(issue, attempt.channel, at: clock.now(), store)
    }
    var posted = draft
    posted.nonce = attempt.nonce
    let message = try client.createMessage(attempt.channel, posted)
    try LivingMessage.show(hash, message.id, of: issue, store)
  }

  /// Looks through the channel since the attempt for a message that carries the issue's button.
  private func search(_ attempt: LivingMessage, _ issue: Issue, _ client: DiscordClient) throws -> MessageID? {
    let mark = CustomID(action: Issue.fixAction, id: issue.id).description
    var cursor = MessageID.first(at: attempt.intendedAt - .seconds(60))
    while true {
      let messages = try client.messagesAfter(attempt.channel, cursor)
      if let found = messages.first(where: { $0.customIDs.contains(mark) }) { return found.id }
      guard let last = messages.last, messages.count == 100 else { break }
      cursor = last.id
    }
    try requireHistory(attempt, since: cursor, client)
    return nil
  }

  /// Without "Read Message History" Discord answers an empty list, which proves nothing.
  private func requireHistory(_ attempt: LivingMessage, since cursor: MessageID, _ client: DiscordClient) throws {
    let newest = try client.channel(attempt.channel).lastMessageID
    let isBlind = try newest.map { $0.createdAt > cursor.createdAt } == true
      && client.messagesAfter(attempt.channel, .first(at: attempt.intendedAt - .seconds(60))).isEmpty
    if isBlind {
      throw Failure(
        .unavailable, "The bot cannot read the history of channel \(attempt.channel). Give it “Read Message History”.")
    }
  }
}
