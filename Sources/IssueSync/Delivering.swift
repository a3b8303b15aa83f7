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
        return try deliver(try job.payload(Payload.self).issue)
      } catch let failure as Failure where failure.kind == .unauthenticated {
        // The message is wanted all the same once the token is mended.
        throw Failure(.busy(retryAfter: .seconds(60)), failure.sentence)
      }
    }
  }

  private func deliver(_ id: String) throws -> JobKind.Outcome {
    let found = try store.read { queries in
      try IssueRecords.find(id, queries).flatMap { issue in
        try IssueRecords.mapping(issue.mapping, queries).map { mapping in
          (issue, mapping, try LivingMessage.of(issue, queries))
        }
      }
    }
    guard let (issue, mapping, known) = found else { return .done }  // the mapping was removed meanwhile
    let message = try known ?? LivingMessage.intend(issue, mapping.channel, at: clock.now(), store)
    let isSettled = clock.now() >= message.settlesAt
    let drawn = try Drawn(issue, isFinal: isSettled)
    switch message.place {
    case .posted(_, let shown) where shown == drawn.hash: return .done
    case .posted(let id, _): try edit(id, of: issue, message, drawn, try discord())
    case .intended: try post(message, isFirst: known == nil, of: issue, drawn, try discord())
    }
    return isSettled ? .done : .again(message.settlesAt)
  }

  /// A message as it is to be, and the hash it is known by once it surely is.
  private struct Drawn {
    let draft: MessageDraft
    let hash: String
    let isFinal: Bool

    init(_ issue: Issue, isFinal: Bool) throws {
      draft = issue.drawn()
      hash = hexadecimal(SHA256.digest(try JSON.encode(draft)))
      self.isFinal = isFinal
    }

    var lastingHash: String? { isFinal ? hash : nil }
  }

  private func edit(
    _ id: MessageID, of issue: Issue, _ message: LivingMessage, _ drawn: Drawn, _ client: DiscordClient
  ) throws {
    do {
      _ = try client.editMessage(message.channel, id, drawn.draft)
      try message.show(drawn.lastingHash, id, of: issue, store)
    } catch let refusal as DiscordRefusal where refusal.code == DiscordRefusal.unknownMessage {
      // Deleted by hand: the issue is still there, so its message comes back.
      let attempt = try LivingMessage.intend(issue, message.channel, at: clock.now(), store)
      try post(attempt, isFirst: true, of: issue, drawn, client)
    }
  }

  /// Posts, or finds what an earlier attempt has posted. Discord gives the same message back for the same nonce, but
  /// only for some minutes; after one we look for our own button in the channel instead.
  private func post(
    _ attempt: LivingMessage, isFirst: Bool, of issue: Issue, _ drawn: Drawn, _ client: DiscordClient
  ) throws {
    var (attempt, isFirst) = (attempt, isFirst)
    if !isFirst, clock.now() - attempt.intendedAt > .seconds(60) {
      if let found = try search(attempt, issue, client) { return try adopt(found, attempt, of: issue, drawn, client) }
      attempt = try LivingMessage.intend(issue, attempt.channel, at: clock.now(), store)
      isFirst = true
    }
    var posted = drawn.draft
    posted.nonce = attempt.nonce
    let message = try client.createMessage(attempt.channel, posted)
    if isFirst { return try attempt.show(drawn.lastingHash, message.id, of: issue, store) }
    try adopt(message.id, attempt, of: issue, drawn, client)
  }

  /// Takes a message for ours that an earlier attempt may have posted, which shows what was true then.
  private func adopt(
    _ id: MessageID, _ attempt: LivingMessage, of issue: Issue, _ drawn: Drawn, _ client: DiscordClient
  ) throws {
    try attempt.show(nil, id, of: issue, store)
    try edit(id, of: issue, attempt, drawn, client)
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
