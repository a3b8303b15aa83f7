import Basics
import Discord
import Jobs
import Notion
import Store

/// "Mark as fixed": the click, the change in Notion, and what follows from its success or refusal.
///
/// The click is answered from what we know, in one transaction with the job that makes it true (`press`). The job sets
/// the status in Notion (`writeBack`), keeps what Notion answers, and wishes the message drawn anew (`Delivering`).
public struct Fixing: Sendable {
  let store: DataStore
  let queue: JobQueue
  let clock: WallClock
  let notion: @Sendable (_ connection: String) throws -> NotionClient

  public init(
    store: DataStore, queue: JobQueue, clock: WallClock, notion: @escaping @Sendable (_ connection: String) throws -> NotionClient
  ) {
    self.store = store
    self.queue = queue
    self.clock = clock
    self.notion = notion
  }

  struct Payload: Codable {
    let issue: String
    let person: String
    let pressedAt: Timestamp
  }

  /// Answers a press of the button: the message as it now stands, "Marking as fixed…" if there is something to do.
  /// - Parameter guild: the server the click came from; an issue of another server is "not found".
  public func press(_ id: String, in guild: GuildID, by person: String, _ transaction: WriteTransaction) throws
    -> MessageDraft
  {
    guard let issue = try IssueRecords.find(id, in: guild, transaction),
      let mapping = try IssueRecords.mapping(issue.mapping, transaction)
    else { throw Failure.notFound("This issue is not synced here any more.") }
    let now = clock.now()
    // Whatever the answer says, it may be out of date when it is shown.
    try LivingMessage.willBeAnswered(id, at: now, in: transaction)
    try queue.enqueue(
      Delivering.intent(id, in: mapping.channel, .interactive, notBefore: now + LivingMessage.settling), in: transaction)
    if issue.content.isFixed || issue.content.isTrashed { return issue.drawn() }
    if case .fixing = issue.progress { return issue.drawn() }
    try queue.enqueue(
      Intent(
        kind: Self.kindName, uniqueKey: "issue.write-back:\(id)", lane: "issue.write-back:\(id)",
        gate: "notion:\(guild)", guild: guild.rawValue, payload: Payload(issue: id, person: person, pressedAt: now),
        priority: .interactive),
      in: transaction)
    return try IssueRecords.startFixing(id, by: person, at: now, in: transaction)?.drawn() ?? issue.drawn()
  }

  static let kindName = "issue.write-back"

  public var kind: JobKind {
    JobKind(
      Self.kindName,
      abandoned: { job, failure, transaction in try abandon(job, failure, transaction) },
      perform: { job in
        try writeBack(try job.payload())
        return .done
      })
  }

  private func writeBack(_ wish: Payload) throws {
    let found = try store.read { queries in
      try IssueRecords.find(wish.issue, queries).flatMap { issue in
        try IssueRecords.mapping(issue.mapping, queries).map { (issue, $0) }
      }
    }
    guard let (issue, mapping) = found else { return }  // the mapping was removed meanwhile
    let status = mapping.roles.status
    let page = try notion(mapping.connection).updatePage(
      issue.page, [status.id: .object([status.type: ["name": .string(mapping.fixedOption)]])])
    // A reading that was asked for before this instant may not know of our change, so it must not overwrite it.
    let readAt = clock.now()
    let content = Issue.Content(page, under: mapping)
    guard content.isFixed else {
      throw Failure.invalid("Notion took the change and still shows “\(content.status)”.")
    }
    try store.write { transaction in
      let change = try IssueRecords.change(content, of: issue.page, under: mapping, readAt: readAt, transaction)
      if case .changed = change {
        _ = try IssueRecords.keep(change, content, of: issue.page, under: mapping, readAt: readAt, in: transaction)
      }
      try IssueRecords.finishFixing(issue, by: wish.person, at: wish.pressedAt, in: transaction)
      try redraw(issue.id, mapping.channel, after: wish, transaction)
    }
  }

  /// The old state comes back, with the reason.
  private func abandon(_ job: Job, _ failure: Failure, _ transaction: WriteTransaction) throws {
    let wish: Payload = try job.payload()
    try IssueRecords.abandonFixing(
      wish.issue, because: "Not marked as fixed: \(failure.sentence)", in: transaction)
    guard let issue = try IssueRecords.find(wish.issue, transaction),
      let mapping = try IssueRecords.mapping(issue.mapping, transaction)
    else { return }
    try redraw(issue.id, mapping.channel, after: wish, transaction)
  }

  /// Not sooner than half a second after the click: Discord nearly always shows the answer to the click before that, and
  /// what it covers is drawn once more.
  private func redraw(
    _ issue: String, _ channel: ChannelID, after wish: Payload, _ transaction: WriteTransaction
  ) throws {
    try queue.enqueue(
      Delivering.intent(issue, in: channel, .interactive, notBefore: wish.pressedAt + .milliseconds(500)),
      in: transaction)
  }
}
