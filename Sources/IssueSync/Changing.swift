import Accounts
import Basics
import Discord
import Jobs
import Notion
import Store

/// Changes that people make from Discord or the panel: "Mark as fixed", a status, "Assign to me", Undo.
///
/// A press is answered from what we know, in one transaction with the job that makes it true (`press`). The job looks at
/// the row, sets it in Notion (`carryOut`), keeps what Notion answers, and wishes the message drawn anew (`Delivering`).
public struct Changing: Sendable {
  let desk: IssueDesk

  /// Who presses.
  public struct Person: Sendable {
    public let id: UserID
    public let name: String
    public let roles: [RoleID]
    public let origin: Change.Origin

    public init(id: UserID, name: String, roles: [RoleID], from origin: Change.Origin = .discord) {
      self.id = id
      self.name = name
      self.roles = roles
      self.origin = origin
    }

    var author: AuditActor { .person(id, name: name) }
  }

  /// What somebody wants.
  public enum Wish: Sendable {
    case fix
    case status(String)
    /// - the person's id and name in Notion
    case assign(PersonID, name: String)
    /// Nobody is to see to it any more.
    case unassign
  }

  /// Answers a wish for an issue: the message as it now stands, "Marking as fixed…" if there is something to do.
  /// - Parameter guild: the server the wish came from; an issue of another server is "not found".
  public func press(
    _ wish: Wish, on id: String, in guild: GuildID, by person: Person, _ transaction: WriteTransaction
  ) throws -> MessageDraft {
    let (issue, mapping) = try find(id, in: guild, for: person, transaction)
    return try start(try record(wish, issue, mapping, person), on: issue, mapping, transaction)
  }

  /// Answers a press of Undo.
  public func undo(_ change: String, in guild: GuildID, by person: Person, _ transaction: WriteTransaction) throws
    -> MessageDraft
  {
    guard let change = try ChangeRecords.find(change, transaction), change.guild == guild else {
      throw Failure.notFound("There is nothing left to undo here.")
    }
    let (issue, mapping) = try find(change.issue, in: guild, for: person, transaction)
    guard issue.lastChange?.id == change.id, change.canBeTakenBack(from: issue.content, at: desk.clock.now()) else {
      throw Failure.conflict("It is too late to undo this: something came after it, or ten minutes are over.")
    }
    let target =
      change.part == .status ? change.before : try People.id(named: change.before, under: mapping, transaction)
    let back = ChangeRecords.Wish(
      person: person, part: change.part, before: change.after, after: change.before, target: target, undoes: change.id)
    return try start(back, on: issue, mapping, transaction)
  }

  func find(_ id: String, in guild: GuildID, for person: Person, _ queries: some Queries) throws -> (Issue, Mapping) {
    guard let (issue, mapping) = try IssueRecords.whole(id, queries), issue.guild == guild else {
      throw Failure.notFound("This issue is not synced here any more.")
    }
    let pressers = mapping.rules.pressers
    guard pressers.isEmpty || person.roles.contains(where: pressers.contains) else {
      let names = pressers.map { "<@&\($0)>" }.joined(separator: ", ")
      throw Failure.denied(
        person.origin == .discord
          ? "Only \(names) may change issues here."
          : "The mapping says who may change its issues, and you have none of those roles.")
    }
    return (issue, mapping)
  }

  private func record(_ wish: Wish, _ issue: Issue, _ mapping: Mapping, _ person: Person) throws -> ChangeRecords.Wish {
    let (part, before, after, target): (Change.Part, String, String, String)
    switch wish {
    case .fix:
      (part, before, after, target) = (.status, issue.content.status, mapping.fixedOption, mapping.fixedOption)
    case .status(let option):
      guard mapping.statusOptions.contains(option) else {
        throw Failure.conflict("“\(option.cut(to: 100))” is no status of this table any more.")
      }
      (part, before, after, target) = (.status, issue.content.status, option, option)
    case .assign(let id, let name):
      guard mapping.roles.canAssign else { throw Failure.conflict("This table has no column of people to assign.") }
      (part, before, after, target) = (.assignee, issue.content.assignee, name, id.rawValue)
    case .unassign:
      guard mapping.roles.canAssign else { throw Failure.conflict("This table has no column of people to assign.") }
      (part, before, after, target) = (.assignee, issue.content.assignee, "", "")
    }
    return ChangeRecords.Wish(person: person, part: part, before: before, after: after, target: target)
  }

  private func start(
    _ wish: ChangeRecords.Wish, on issue: Issue, _ mapping: Mapping, _ transaction: WriteTransaction
  ) throws -> MessageDraft {
    let now = desk.clock.now()
    var issue = issue
    let current = wish.part == .status ? issue.content.status : issue.content.assignee
    if !issue.content.isRemoved, current != wish.after,
      let change = try ChangeRecords.add(wish, to: issue, at: now, in: transaction)
    {
      try desk.queue.enqueue(
        Intent(
          kind: Self.kindName, uniqueKey: "issue.change:\(change.id)", lane: "issue.change:\(issue.id)",
          gate: "notion:\(mapping.connection)", guild: issue.guild.rawValue, payload: Payload(change: change.id),
          priority: .interactive),
        in: transaction)
      try desk.audit.record(wish.entry(on: issue), in: transaction)
      if issue.notice != nil { try IssueRecords.notice(nil, on: issue.id, in: transaction) }
      issue.notice = nil
      issue.lastChange = change
    }
    // Whatever the answer says, it may be out of date when it is shown.
    try LivingMessage.willBeAnswered(issue.id, at: now, in: transaction)
    try desk.queue.enqueue(
      Delivering.intent(issue.id, under: mapping, .interactive, notBefore: now + LivingMessage.settling),
      in: transaction)
    return issue.drawn(under: mapping, at: now)
  }
}

/// The job.
extension Changing {
  struct Payload: Codable {
    let change: String
  }

  static let kindName = "issue.change"

  public var kind: JobKind {
    JobKind(
      Self.kindName, limits: .init(failures: 20),
      abandoned: { job, failure, transaction in
        try refuse(try job.payload(Payload.self).change, because: failure.sentence, transaction)
      },
      perform: { job in
        let id = try job.payload(Payload.self).change
        do {
          try carryOut(id)
        } catch  where Failure(error).isFinal {
          // The person is told on the message, and may press again; there is nothing for anybody else to do.
          try desk.store.write { try refuse(id, because: Failure(error).sentence, $0) }
        }
        return .done
      })
  }

  private func carryOut(_ id: String) throws {
    let found = try desk.store.read { queries in
      try ChangeRecords.find(id, queries).flatMap { change in
        try IssueRecords.whole(change.issue, queries).map { (change, $0.issue, $0.mapping) }
      }
    }
    guard let (change, issue, mapping) = found, change.isPending else { return }  // removed, or done before
    let client = try desk.notion(mapping.connection, .interactive)
    let lookedAt = desk.clock.now()
    let seen = try client.content(of: issue.page, under: mapping)
    if change.stillHolds(seen) { return try finish(change, issue, mapping, seen, readAt: lookedAt) }
    guard change.isExpected(seen), !seen.isRemoved else {
      return try conflict(change, issue, mapping, seen, readAt: lookedAt)
    }
    let page = try write(change, issue, mapping, client)
    // A reading that was asked for before this instant may not know of our change, so it must not overwrite it.
    let wroteAt = desk.clock.now()
    let content = try client.content(of: page, under: mapping)
    guard change.part != .status || change.stillHolds(content) else {
      throw Failure.invalid("Notion took the change and still shows “\(content.status)”.")
    }
    try finish(change, issue, mapping, content, readAt: wroteAt)
  }

  private func write(_ change: Change, _ issue: Issue, _ mapping: Mapping, _ client: NotionClient) throws -> Page {
    do {
      return try client.updatePage(issue.page, change.properties(under: mapping))
    } catch let refusal as NotionRefusal where refusal.isMismatch {
      _ = try? Refreshing(desk: desk).renew(mapping, client)  // so that what is gone is offered no more; the refusal stands
      throw refusal
    }
  }

  private func finish(
    _ change: Change, _ issue: Issue, _ mapping: Mapping, _ content: Issue.Content, readAt: Timestamp
  ) throws {
    try desk.store.write { transaction in
      try keep(content, of: issue, mapping, readAt, transaction)
      try ChangeRecords.finish(change, at: desk.clock.now(), in: transaction)
      try deliver(change, mapping, transaction)
      try desk.queue.enqueue(
        Delivering.laterIntent(
          issue.id, under: mapping, at: desk.clock.now() + Change.undoTime + .seconds(1)), in: transaction)
    }
  }

  /// The row says something else than the person saw: nothing is overwritten, and they are asked again.
  private func conflict(
    _ change: Change, _ issue: Issue, _ mapping: Mapping, _ content: Issue.Content, readAt: Timestamp
  ) throws {
    let now = change.part == .status ? content.status : content.assignee
    let what =
      content.isRemoved
      ? "The row is no longer among the issues shown here" : "In Notion it has become “\(now.isEmpty ? "empty" : now)”"
    try desk.store.write { transaction in
      try keep(content, of: issue, mapping, readAt, transaction)
      try refuse(change.id, because: "\(what) since. Press again if you still want it.", transaction)
    }
  }

  private func keep(
    _ content: Issue.Content, of issue: Issue, _ mapping: Mapping, _ readAt: Timestamp, _ transaction: WriteTransaction
  ) throws {
    try IssueRecords.keep(content, of: issue.page, under: mapping, readAt: readAt, in: transaction)
  }

  /// The old state comes back, with the reason.
  private func refuse(_ id: String, because sentence: String, _ transaction: WriteTransaction) throws {
    guard let change = try ChangeRecords.find(id, transaction), change.isPending else { return }
    try ChangeRecords.finish(change, refusedBecause: sentence, at: desk.clock.now(), in: transaction)
    guard let (_, mapping) = try IssueRecords.whole(change.issue, transaction) else { return }
    try IssueRecords.notice("\(change.notDone(under: mapping)): \(sentence)", on: change.issue, in: transaction)
    try deliver(change, mapping, transaction)
  }

  /// Not sooner than half a second after the press: Discord nearly always shows the answer to it before that, and what
  /// it covers is drawn once more.
  private func deliver(_ change: Change, _ mapping: Mapping, _ transaction: WriteTransaction) throws {
    let earliest = change.wishedAt + .milliseconds(500)
    try desk.queue.enqueue(
      Delivering.intent(change.issue, under: mapping, .interactive, notBefore: earliest), in: transaction)
  }
}

extension ChangeRecords.Wish {
  fileprivate func entry(on issue: Issue) -> AuditEntry {
    AuditEntry(
      .issueChanged, by: .person(person.id, name: person.name), in: issue.guild,
      on: AuditTarget("issue", issue.id, name: issue.content.title), before: "\(part.rawValue): \(before)",
      after: "\(part.rawValue): \(after)")
  }
}

extension Change {
  /// Whether the row is as it was when the person asked.
  fileprivate func isExpected(_ content: Issue.Content) -> Bool {
    switch part {
    case .status: content.status == before
    case .assignee: content.assignee == before
    }
  }

  /// What Notion is told.
  fileprivate func properties(under mapping: Mapping) -> [String: JSONValue] {
    switch part {
    case .status:
      [mapping.roles.status.id: .object([mapping.roles.status.type: ["name": .string(target)]])]
    case .assignee:
      [mapping.roles.assignee?.id ?? "": ["people": target.isEmpty ? [] : [["id": .string(target)]]]]
    }
  }

  fileprivate func notDone(under mapping: Mapping) -> String {
    switch part {
    case .status: after == mapping.fixedOption ? "Not marked as fixed" : "Not set to \(after.markdownEscaped)"
    case .assignee: "Not assigned"
    }
  }
}
