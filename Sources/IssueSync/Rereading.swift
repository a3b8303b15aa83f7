import Basics
import Discord
import Jobs
import Notion
import Store

/// Reading again because somebody said so: one page after a hint from Notion, or a whole table by request. As jobs, so
/// that whoever asks is answered at once and nothing asked for is lost.
public struct Rereading: Sendable {
  let desk: IssueDesk

  static let pageKindName = "issue.reread"
  static let tableKindName = "issue.sync"

  struct PagePayload: Codable {
    let mapping: String
    let page: PageID
  }

  struct TablePayload: Codable {
    let mapping: String
    let isFull: Bool
  }

  public var kinds: [JobKind] { [pageKind, tableKind] }

  /// Something happened to a page. Pages of no mapped table are none of our business.
  public func hint(_ page: PageID, in source: DataSourceID?, _ transaction: WriteTransaction) throws {
    let mappings: [Mapping] = try transaction.all(
      """
      SELECT * FROM sync_mappings WHERE is_paused = 0 AND (data_source_id = \(source)
        OR id IN (SELECT mapping_id FROM issues WHERE page_id = \(page))) ORDER BY id
      """)
    for mapping in mappings {
      try desk.queue.enqueue(
        Intent(
          kind: Self.pageKindName, uniqueKey: "issue.reread:\(mapping.id):\(page)", lane: "issue.reread:\(page)",
          gate: "notion:\(mapping.connection)", guild: mapping.guild.rawValue,
          payload: PagePayload(mapping: mapping.id, page: page), priority: .prompt),
        in: transaction)
    }
  }

  /// Asks for a run over every mapping that is not paused, and answers how many there are.
  public func request(isFull: Bool, _ transaction: WriteTransaction) throws -> Int {
    let mappings: [Mapping] = try transaction.all("SELECT * FROM sync_mappings WHERE is_paused = 0 ORDER BY id")
    for mapping in mappings { try request(mapping, isFull: isFull, transaction) }
    return mappings.count
  }

  /// Asks for a run over one mapping. Asking again while it waits changes nothing.
  public func request(_ mapping: Mapping, isFull: Bool, _ transaction: WriteTransaction) throws {
    try desk.queue.enqueue(
      Intent(
        kind: Self.tableKindName, uniqueKey: "issue.sync:\(mapping.id):\(isFull)", lane: Self.lane(mapping.id),
        gate: "notion:\(mapping.connection)", guild: mapping.guild.rawValue,
        payload: TablePayload(mapping: mapping.id, isFull: isFull), priority: .batch),
      in: transaction)
  }

  /// Whether somebody asked for a run over this mapping that waits or is under way; cron's runs are not counted.
  public func isUnderWay(_ mapping: Mapping) throws -> Bool {
    try desk.store.read {
      try $0.value(
        Int.self,
        "SELECT count(*) FROM jobs WHERE lane = \(Self.lane(mapping.id)) AND \(JobQueue.holdsLane)")
    } ?? 0 > 0
  }

  private static func lane(_ mapping: String) -> String { "issue.sync:\(mapping)" }

  private var pageKind: JobKind {
    JobKind(Self.pageKindName, limits: .patient) { job in
      let wish: PagePayload = try job.payload()
      if let mapping = try mapping(wish.mapping) {
        try untilAllowed {
          try desk.syncing.sync(page: wish.page, of: mapping, notion: desk.notion(mapping.connection, .batch))
        }
      }
      return .done
    }
  }

  /// A large table takes as long as Notion's limits make it.
  private var tableKind: JobKind {
    JobKind(Self.tableKindName, limits: .init(attempt: .seconds(6 * 3600))) { job in
      let wish: TablePayload = try job.payload()
      if let mapping = try mapping(wish.mapping) {
        _ = try desk.syncing.run(
          mapping, notion: desk.notion(mapping.connection, .batch), options: .init(isFull: wish.isFull))
      }
      return .done
    }
  }

  private func mapping(_ id: String) throws -> Mapping? { try desk.store.read { try IssueRecords.mapping(id, $0) } }
}

extension Syncing {
  /// One row, because somebody said it changed (a webhook): read at once, kept if it is in a mapped table.
  public func sync(page: PageID, of mapping: Mapping, notion: NotionClient) throws {
    let readAt = desk.clock.now()
    do {
      let content = try notion.content(of: page, under: mapping)
      try desk.store.write { transaction in
        let kept = try IssueRecords.keep(content, of: page, under: mapping, readAt: readAt, in: transaction)
        guard let kept, kept.isWorthAnEdit else { return }
        try desk.queue.enqueue(Delivering.intent(kept.issue, under: mapping, .prompt), in: transaction)
      }
    } catch let refusal as NotionRefusal where refusal.isNotFound {
      let id: String? = try desk.store.read {
        try $0.value("SELECT id FROM issues WHERE mapping_id = \(mapping.id) AND page_id = \(page)")
      }
      if let id { try remove(id, of: mapping) }
    }
  }
}
