import Accounts
import Basics
import Discord
import Jobs
import Notion
import Store

/// New issues, filed from Discord: written down at once, made in Notion exactly once by a job.
public struct Filing: Sendable {
  let desk: IssueDesk

  struct Payload: Codable {
    let mapping: String
    let title: String
    let summary: String
    let person: String
    /// Stands in the new row, so that it is found again when the answer to making it was lost.
    let key: String
  }

  static let kindName = "issue.file"

  /// By which the wish is found again, for instance when its writer is erased.
  static func uniqueKey(_ key: String) -> String { "issue.file:\(key)" }

  /// Writes the wish down and answers where the issue will appear.
  public func file(
    title: String, summary: String, by person: Changing.Person, under mapping: Mapping, _ transaction: WriteTransaction
  ) throws {
    let title = title.split(whereSeparator: \.isNewline).joined(separator: " ")
    guard title.contains(where: { !$0.isWhitespace }) else { throw Failure.invalid("An issue needs a title.") }
    let key = "GH-" + String(UUIDv7.make(at: desk.clock.now()).replacing("-", with: "").suffix(12))
    let payload = Payload(
      mapping: mapping.id, title: title.cut(to: 2000), summary: summary.cut(to: 1800), person: person.name, key: key)
    try desk.queue.enqueue(
      Intent(
        kind: Self.kindName, uniqueKey: Self.uniqueKey(key), lane: Self.uniqueKey(key),
        gate: "notion:\(mapping.connection)", guild: mapping.guild.rawValue, payload: payload, priority: .interactive),
      in: transaction)
    try FiledNote.remember(key, by: person, in: mapping.guild, at: desk.clock.now(), transaction)
    let target = AuditTarget("issue", key, name: payload.title)
    try desk.audit.record(AuditEntry(.issueFiled, by: person.author, in: mapping.guild, on: target), in: transaction)
  }

  /// The mapping that new issues of a server go to: the one of this channel, or the only one there is.
  public func mapping(for channel: ChannelID?, in guild: GuildID, _ queries: some Queries) throws -> Mapping {
    let all: [Mapping] = try queries.all(
      "SELECT * FROM sync_mappings WHERE guild_id = \(guild) ORDER BY created_at, id")
    if let here = all.first(where: { $0.channel == channel }) { return here }
    guard let first = all.first else {
      throw Failure.notFound("No Notion table is mapped to this server yet. Ask somebody who runs it.")
    }
    guard all.count == 1 else {
      let channels = all.map { "<#\($0.channel)>" }.joined(separator: ", ")
      throw Failure.invalid("Several tables are mapped here. File the issue in the channel it belongs to: \(channels).")
    }
    return first
  }

  public var kind: JobKind {
    JobKind(
      Self.kindName, limits: .patient,
      reconcile: { job in try untilAllowed { try isMade(try job.payload()) ? .done : .repeatable } },
      perform: { job in
        try untilAllowed { try make(try job.payload()) }
        return .done
      })
  }

  private func make(_ wish: Payload) throws {
    guard let mapping = try desk.store.read({ try IssueRecords.mapping(wish.mapping, $0) }) else { return }  // removed meanwhile
    let readAt = desk.clock.now()
    let client = try desk.notion(mapping.connection, .interactive)
    let page = try client.createPage(mapping.dataSource, properties(wish, mapping))
    do {
      try keep(page, mapping, client, readAt)
    } catch {
      // The row is made; whatever keeps us from writing that down must not make a second one.
      throw Failure(.outcomeUnknown, "The new issue could not be written down yet.", cause: String(describing: error))
    }
  }

  /// Whether an attempt without an answer made the row after all. Notion's index may lag, so this is asked only after
  /// the pause before a repetition.
  private func isMade(_ wish: Payload) throws -> Bool {
    guard let mapping = try desk.store.read({ try IssueRecords.mapping(wish.mapping, $0) }) else { return true }
    let readAt = desk.clock.now()
    let column = mapping.roles.summary?.id ?? mapping.roles.title.id
    let filter: JSONValue = ["property": .string(column), "rich_text": ["contains": .string(wish.key)]]
    let client = try desk.notion(mapping.connection, .interactive)
    let found = try client.query(mapping.dataSource, RowQuery(filter: filter, order: .created))
    guard let page = found.rows.first else { return false }
    try keep(page, mapping, client, readAt)
    return true
  }

  private func keep(_ page: Page, _ mapping: Mapping, _ client: NotionClient, _ readAt: Timestamp) throws {
    let content = try client.content(of: page, under: mapping)
    try desk.store.write { transaction in
      let kept = try IssueRecords.keep(content, of: page.id, under: mapping, readAt: readAt, in: transaction)
      if let kept { try desk.queue.enqueue(Delivering.intent(kept.issue, under: mapping, .interactive), in: transaction) }
    }
  }

  private func properties(_ wish: Payload, _ mapping: Mapping) -> [String: JSONValue] {
    let note = FiledNote.text(wish.person, wish.key)
    guard let summary = mapping.roles.summary, summary.type == "rich_text" else {
      return [mapping.roles.title.id: ["title": .richText("\(wish.title) (\(wish.key))")]]
    }
    return [
      mapping.roles.title.id: ["title": .richText(wish.title)],
      summary.id: ["rich_text": .richText(wish.summary.isEmpty ? note : "\(wish.summary)\n\n\(note)")],
    ]
  }
}
