import Basics
import Discord
import Jobs
import Store

/// Keeps one living message for each issue: posts it once, and edits it whenever it no longer shows the truth.
public struct Delivering: Sendable {
  let desk: IssueDesk

  struct Payload: Codable {
    let issue: String
  }

  public static let kindName = "issue.deliver"

  /// The wish that an issue's message show what we know.
  static func intent(
    _ issue: String, under mapping: Mapping, _ priority: Intent.Priority, notBefore: Timestamp? = nil
  ) throws -> Intent {
    try Intent(
      kind: kindName, uniqueKey: "issue.deliver:\(issue)", lane: "issue:\(issue)", gate: "discord:\(mapping.channel)",
      guild: mapping.guild.rawValue, payload: Payload(issue: issue), priority: priority, notBefore: notBefore)
  }

  /// The wish that the message be looked at again later, when its Undo has run out. It waits in a lane of its own.
  static func laterIntent(_ issue: String, under mapping: Mapping, at time: Timestamp) throws -> Intent {
    try Intent(
      kind: kindName, uniqueKey: "issue.settle:\(issue)", lane: "issue-later:\(issue)",
      gate: "discord:\(mapping.channel)",
      guild: mapping.guild.rawValue, payload: Payload(issue: issue), priority: .batch, notBefore: time)
  }

  public var kind: JobKind {
    JobKind(Self.kindName, limits: .patient, preparing: wantMessage) { job in
      try untilAllowed { try deliver(try job.payload(Payload.self).issue, for: job) }
    }
  }

  /// A message is posted with a nonce that must be known after a crash, so it is written down first: with the job's claim,
  /// because that commit is made anyway.
  private func wantMessage(_ job: Job, _ transaction: WriteTransaction) throws {
    guard let payload: Payload = try? job.payload() else { return }  // `deliver` tells
    try LivingMessage.want(payload.issue, by: job, at: desk.clock.now(), in: transaction)
  }

  private func deliver(_ id: String, for job: Job) throws -> JobKind.Outcome {
    let found = try desk.store.read { queries in
      try IssueRecords.whole(id, queries).map { ($0.issue, $0.mapping, try LivingMessage.of(id, queries)) }
    }
    guard let (issue, mapping, known) = found else { return .done }  // the mapping was removed meanwhile
    // What has gone before it was ever shown is not shown.
    if issue.content.isRemoved, known?.isWanted(by: job) ?? true {
      return .keeping({ try LivingMessage.withdraw(issue, by: job, in: $0) }, .done)
    }
    do {
      let outcome = try withdrawing(issue, job) { try bring(issue, mapping, known, job) }
      if mapping.placeProblem != nil { try note(nil, on: mapping) }
      return outcome
    } catch let refusal as DiscordRefusal where refusal.closesChannel {
      try note(refusal.failure.sentence, on: mapping)
      throw refusal
    }
  }

  /// What keeps messages from the channel is told where the mapping is shown.
  private func note(_ problem: String?, on mapping: Mapping) throws {
    try desk.store.write { try $0.run("UPDATE sync_mappings SET place_problem = \(problem) WHERE id = \(mapping.id)") }
  }

  /// An attempt that surely did nothing (a limit, a refusal) leaves nothing to look for.
  private func withdrawing<Value>(_ issue: Issue, _ job: Job, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      let kind = Failure(error).kind
      if kind != .outcomeUnknown, kind != .unexpected {
        try desk.store.write { try LivingMessage.withdraw(issue, by: job, in: $0) }
      }
      throw error
    }
  }

  private func bring(
    _ issue: Issue, _ mapping: Mapping, _ known: LivingMessage?, _ job: Job
  ) throws -> JobKind.Outcome {
    let board = try board(of: mapping, job.priority)
    // None is known where the issue came back, or another of its jobs withdrew, since this one was taken.
    let message = try known ?? wantAnew(issue, mapping, job)
    let isSettled = desk.clock.now() >= message.settlesAt
    var view = try board.view(of: issue, issue.drawn(under: mapping, at: desk.clock.now()))
    let found: JobKind.Writing
    switch message.place {
    case .forgotten: return .done
    case .posted(_, let shown) where shown == view.hash: return .done
    case .posted(let id, _):
      view.isFinal = isSettled
      found = try edit(Posted(message: id, channel: message.channel), message, issue, mapping, view, board, job)
    case .intended:
      view.isFinal = isSettled
      found = try post(message, issue, mapping, view, board, job)
    }
    return .keeping(found, isSettled ? .done : .again(message.settlesAt))
  }

  private func wantAnew(_ issue: Issue, _ mapping: Mapping, _ job: Job) throws -> LivingMessage {
    try LivingMessage.wantAnew(issue, mapping.channel, by: job, at: desk.clock.now(), desk.store)
  }

  /// A first sync of a large table must leave Discord's limits to people who wait.
  private func board(of mapping: Mapping, _ priority: Intent.Priority) throws -> any Board {
    let client = try desk.discord(priority == .interactive ? .interactive : .batch)
    return switch mapping.kind {
    case .text: TextBoard(channel: mapping.channel, client: client, clock: desk.clock)
    case .forum:
      try ForumBoard(mapping: mapping, client: client, clock: desk.clock) {
        try desk.store.read { try LivingMessage.places(under: mapping, $0) }
      }
    }
  }

  /// Returns what is to be kept of it.
  private func edit(
    _ posted: Posted, _ message: LivingMessage, _ issue: Issue, _ mapping: Mapping, _ view: BoardView,
    _ board: any Board, _ job: Job
  ) throws -> JobKind.Writing {
    do {
      try board.edit(posted, to: view, from: message)
      return { transaction in
        try message.show(view.lastingHash, posted, of: issue, in: transaction)
        if mapping.kind == .forum {
          try LivingMessage.named(view.name, tags: view.tagText, of: issue, in: transaction)
        }
      }
    } catch let refusal as DiscordRefusal where refusal.isGone {
      // Deleted by hand, while the issue is still there.
      guard mapping.rules.lostMessages == .repost else { return { try LivingMessage.forget(issue, in: $0) } }
      return try post(try wantAnew(issue, mapping, job), issue, mapping, view, board, job)
    }
  }

  /// Posts, or finds what an earlier attempt has posted; that one shows what was true then, so it is edited.
  private func post(
    _ wanted: LivingMessage, _ issue: Issue, _ mapping: Mapping, _ view: BoardView, _ board: any Board, _ job: Job
  ) throws -> JobKind.Writing {
    var wanted = wanted
    if !wanted.isWanted(by: job), !board.canRepeat(wanted) {
      if let found = try board.find(issue, wanted) {
        try desk.store.write { [wanted] in try wanted.show(nil, found, of: issue, in: $0) }
        return try edit(found, wanted, issue, mapping, view, board, job)
      }
      wanted = try wantAnew(issue, mapping, job)
    }
    let posted = try board.post(view, wanted, callingFor: issue, mapping)
    if wanted.isWanted(by: job) { return { [wanted] in try wanted.show(view.lastingHash, posted, of: issue, in: $0) } }
    try desk.store.write { [wanted] in try wanted.show(nil, posted, of: issue, in: $0) }
    return try edit(posted, wanted, issue, mapping, view, board, job)
  }
}

extension DiscordRefusal {
  /// The channel is gone, hidden from the bot, or takes nothing from it.
  fileprivate var closesChannel: Bool {
    [Self.unknownChannel, Self.missingAccess, Self.missingPermissions].contains(code)
  }

  /// What we wanted to edit does not exist any more: the message, or the forum post it began.
  fileprivate var isGone: Bool { code == Self.unknownMessage || code == Self.unknownChannel }
}
