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

  static let kindName = "issue.deliver"

  /// The wish that an issue's message show what we know.
  static func intent(
    _ issue: String, in channel: ChannelID, _ priority: Intent.Priority, notBefore: Timestamp? = nil
  ) throws -> Intent {
    try Intent(
      kind: kindName, uniqueKey: "issue.deliver:\(issue)", lane: "issue:\(issue)", gate: "discord:\(channel)",
      payload: Payload(issue: issue), priority: priority, notBefore: notBefore)
  }

  /// The wish that the message be looked at again later, when its Undo has run out. It waits in a lane of its own.
  static func laterIntent(_ issue: String, in channel: ChannelID, at time: Timestamp) throws -> Intent {
    try Intent(
      kind: kindName, uniqueKey: "issue.settle:\(issue)", lane: "issue-later:\(issue)", gate: "discord:\(channel)",
      payload: Payload(issue: issue), priority: .batch, notBefore: time)
  }

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
      try IssueRecords.whole(id, queries).map { ($0.issue, $0.mapping, try LivingMessage.of(id, queries)) }
    }
    guard let (issue, mapping, message) = found else { return }  // the mapping was removed meanwhile
    let client = try discord()
    let board: any Board =
      switch mapping.kind {
      case .text: TextBoard(channel: mapping.channel, client: client, clock: clock)
      case .forum: try ForumBoard(mapping: mapping, client: client)
      }
    let view = try board.view(of: issue, issue.drawn(under: mapping, at: clock.now()))
    switch message?.place {
    case .forgotten: return
    case .posted(let messageID, let shown):
      if shown == view.hash { return }
      try edit(messageID, message?.channel ?? mapping.channel, issue, mapping, view, board)
    case .intended:
      try post(again: message, issue, mapping, view, board)
    case nil:
      try post(again: nil, issue, mapping, view, board)
    }
  }

  private func edit(
    _ message: MessageID, _ channel: ChannelID, _ issue: Issue, _ mapping: Mapping, _ view: BoardView, _ board: any Board
  ) throws {
    do {
      try board.edit(message, in: channel, to: view)
      try LivingMessage.show(view.hash, message, in: channel, of: issue, store)
    } catch let refusal as DiscordRefusal where refusal.isGone {
      // Deleted by hand, while the issue is still there.
      switch mapping.rules.lostMessages {
      case .repost: try post(again: nil, issue, mapping, view, board)
      case .forget: try LivingMessage.forget(issue, store)
      }
    }
  }

  /// Posts, or finds what an earlier attempt has posted.
  private func post(
    again earlier: LivingMessage?, _ issue: Issue, _ mapping: Mapping, _ view: BoardView, _ board: any Board
  ) throws {
    var attempt = try earlier ?? LivingMessage.intend(issue, mapping.channel, at: clock.now(), store)
    if earlier != nil, !board.canRepeat(attempt) {
      if let found = try board.find(issue, attempt) {
        try LivingMessage.show(nil, found.message, in: found.channel, of: issue, store)
        return try edit(found.message, found.channel, issue, mapping, view, board)
      }
      attempt = try LivingMessage.intend(issue, mapping.channel, at: clock.now(), store)
    }
    let posted = try board.post(view, attempt, callingFor: issue, mapping)
    try LivingMessage.show(view.hash, posted.message, in: posted.channel, of: issue, store)
  }
}

extension DiscordRefusal {
  /// What we wanted to edit does not exist any more: the message, or the forum post it began.
  fileprivate var isGone: Bool { code == Self.unknownMessage || code == Self.unknownChannel }
}
