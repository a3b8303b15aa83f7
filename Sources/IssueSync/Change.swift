import Basics
import Discord
import Store

/// A change that somebody asked for: wished, then done or refused.
public struct Change: Sendable, RowDecodable {
  public let id: String
  public let issue: String
  public let guild: GuildID
  public let person: UserID
  public let personName: String
  public let origin: Origin
  public let part: Part
  /// What people saw when they asked.
  public let before: String
  public let after: String
  /// What Notion is told: the option's name, or the person's id there.
  let target: String
  /// The change this one takes back.
  public let undoes: String?
  public let wishedAt: Timestamp
  public let state: State

  /// Where it was asked for.
  public enum Origin: String, Sendable, SQLConvertible {
    case discord
    case panel
  }

  public enum State: Sendable, Hashable {
    case pending
    case done(at: Timestamp)
    case refused(at: Timestamp, because: String)
  }

  public enum Part: String, Sendable, SQLConvertible {
    case status
    case assignee
  }

  public init(row: Row) throws {
    id = try row.get("id")
    issue = try row.get("issue_id")
    guild = try row.get("guild_id")
    person = try row.get("person_id")
    personName = try row.get("person_name")
    origin = try row.get("origin")
    part = try row.get("part")
    before = try row.get("before")
    after = try row.get("after")
    target = try row.get("target")
    undoes = try row.optional("undoes")
    wishedAt = try row.get("wished_at")
    state =
      switch try row.get("state", as: String.self) {
      case "done": .done(at: try row.get("finished_at"))
      case "refused": .refused(at: try row.get("finished_at"), because: try row.optional("reason") ?? "")
      default: .pending
      }
  }

  fileprivate init(_ wish: ChangeRecords.Wish, of issue: Issue, at time: Timestamp) {
    id = UUIDv7.make(at: time)
    self.issue = issue.id
    guild = issue.guild
    person = wish.person.id
    personName = wish.person.name
    origin = wish.person.origin
    part = wish.part
    before = wish.before
    after = wish.after
    target = wish.target
    undoes = wish.undoes
    wishedAt = time
    state = .pending
  }

  /// Notion has not confirmed it yet.
  public var isPending: Bool { state == .pending }

  /// Why it was refused.
  public var reason: String? { if case .refused(_, let reason) = state { reason } else { nil } }

  /// Whether Undo would do something now: for ten minutes, while what was done is still so.
  func canBeTakenBack(from content: Issue.Content, at time: Timestamp) -> Bool {
    guard case .done(let at) = state, undoes == nil else { return false }
    return time - at < Self.undoTime && stillHolds(content) && !content.isRemoved
  }

  static let undoTime: Duration = .seconds(600)
}

/// The SQL of changes.
enum ChangeRecords {
  struct Wish {
    let person: Changing.Person
    let part: Change.Part
    let before: String
    let after: String
    let target: String
    var undoes: String?
  }

  /// Writes a wish down; nil when another change of this issue is still pending.
  static func add(_ wish: Wish, to issue: Issue, at time: Timestamp, in transaction: WriteTransaction) throws -> Change?
  {
    let change = Change(wish, of: issue, at: time)
    let added = try transaction.run(
      """
      INSERT INTO issue_changes (id, issue_id, guild_id, person_id, person_name, origin, part, before, after,
        target, undoes, state, wished_at)
      VALUES (\(change.id), \(change.issue), \(change.guild), \(change.person), \(change.personName),
        \(change.origin), \(change.part), \(change.before), \(change.after), \(change.target), \(change.undoes), 'pending',
        \(change.wishedAt))
      ON CONFLICT (issue_id) WHERE state = 'pending' DO NOTHING
      """)
    return added == 1 ? change : nil
  }

  /// - Parameter reason: why it is refused; nil: it is done.
  static func finish(
    _ change: Change, refusedBecause reason: String? = nil, at time: Timestamp, in transaction: WriteTransaction
  ) throws {
    try transaction.run(
      """
      UPDATE issue_changes SET state = \(reason == nil ? "done" : "refused"), finished_at = \(time), reason = \(reason)
      WHERE id = \(change.id) AND state = 'pending'
      """)
  }

  static func find(_ id: String, _ queries: some Queries) throws -> Change? {
    try queries.first("SELECT * FROM issue_changes WHERE id = \(id)")
  }

  static func last(of issue: String, _ queries: some Queries) throws -> Change? {
    try latest(1, of: issue, queries).first
  }

  /// The latest first.
  static func latest(_ limit: Int, of issue: String, _ queries: some Queries) throws -> [Change] {
    try queries.all("SELECT * FROM issue_changes WHERE issue_id = \(issue) ORDER BY id DESC LIMIT \(limit)")
  }
}
