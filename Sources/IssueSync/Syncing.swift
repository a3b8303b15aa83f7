import Basics
import Discord
import Jobs
import Notion
import Store

/// Reads a mapped table and writes down what became of its rows; the messages follow as jobs.
public struct Syncing: Sendable {
  let desk: IssueDesk

  public struct Options: Sendable {
    /// Compares every row, and notices those that have gone.
    public var isFull = false
    /// Stops after so many new or changed rows; the next run goes on from there.
    public var limit: Int?
    /// Reads and counts, and keeps nothing.
    public var isDryRun = false

    public init(isFull: Bool = false, limit: Int? = nil, isDryRun: Bool = false) {
      self.isFull = isFull
      self.limit = limit
      self.isDryRun = isDryRun
    }
  }

  typealias Scope = SyncRun.Scope

  /// What a run came to.
  public struct Report: Sendable, Encodable, Hashable {
    public var read = 0
    public var new = 0
    public var changed = 0
    public var removed = 0
    public var calls = 0
    /// How long the run stood still for Notion's limits.
    public var waited: Duration = .zero
    /// Notion's clock at the first answer, once the run has read everything it meant to: what was edited before is known.
    public var coveredTo: Timestamp?
    /// False when something ended the run before the table did.
    public var isComplete = false

    public init() {}

    enum CodingKeys: String, CodingKey {
      case read, new, changed, removed, calls
      case waited = "waited_ms"
      case isComplete = "complete"
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(read, forKey: .read)
      try container.encode(new, forKey: .new)
      try container.encode(changed, forKey: .changed)
      try container.encode(removed, forKey: .removed)
      try container.encode(calls, forKey: .calls)
      try container.encode(waited.milliseconds, forKey: .waited)
      try container.encode(isComplete, forKey: .isComplete)
    }
  }

  /// One run over one mapping. Whatever ends it, what it kept stays kept, and the next run goes on.
  public func run(
    _ mapping: Mapping, notion: NotionClient, options: Options = Options(), progress: (Report) -> Void = { _ in }
  ) throws -> Report {
    let (started, waitedBefore) = (desk.clock.now(), desk.waited())
    let scope: Scope =
      options.isFull || mapping.needsComparison ? .full : mapping.watermark == nil ? .first : .edits
    var report = Report()
    var failure: Failure?
    do {
      try readAsItIsNow(mapping, scope, notion, options, &report, progress)
    } catch {
      failure = Failure(error)
    }
    report.waited = desk.waited() - waitedBefore
    if !options.isDryRun {
      try SyncLog.add(report, scope, mapping, started: started, finished: desk.clock.now(), failure, desk.store)
    }
    if let failure { throw failure }
    return report
  }

  /// Looks at the table's columns before a comparison, and when Notion says that what we ask for does not fit them.
  private func readAsItIsNow(
    _ mapping: Mapping, _ scope: Scope, _ notion: NotionClient, _ options: Options, _ report: inout Report,
    _ progress: (Report) -> Void
  ) throws {
    let refreshing = Refreshing(desk: desk)
    var mapping = mapping
    if scope == .full, !options.isDryRun {
      report.calls += 1
      mapping = try refreshing.renew(mapping, notion)
    }
    do {
      try read(mapping, scope, query(mapping, scope), notion, options, &report, progress)
    } catch let refusal as NotionRefusal where refusal.isMismatch && !options.isDryRun {
      report.calls += 1
      mapping = try refreshing.renew(mapping, notion)
      // Without a filter Notion has nothing to object to; our own comparison leaves out the same rows.
      let query = scope == .edits ? query(mapping, scope) : RowQuery(order: .created, columns: mapping.columns)
      try read(mapping, scope, query, notion, options, &report, progress)
    }
  }

  private func read(
    _ mapping: Mapping, _ scope: Scope, _ query: RowQuery, _ notion: NotionClient, _ options: Options,
    _ report: inout Report, _ progress: (Report) -> Void
  ) throws {
    var table = TableReading(mapping.dataSource, from: notion, clock: desk.clock)
    var present: Set<PageID> = []
    var hasUnknownStatus = false
    defer { report.calls += table.calls }
    let isComplete = try table.read(query) { rows, askedAt in
      report.read += rows.count
      if scope == .full { present.formUnion(rows.map(\.id)) }
      let contents = try rows.map { row in
        let whole = try notion.completed(row, columns: mapping.columns)
        report.calls += whole.calls
        return (row.id, Issue.Content(whole.page, under: mapping))
      }
      hasUnknownStatus = hasUnknownStatus || contents.contains { !mapping.knows($0.1.status) }
      let goesOn = try keep(contents, of: mapping, askedAt, options, &report)
      progress(report)
      return goesOn
    }
    guard isComplete else { return }
    if scope != .edits, mapping.roles.canAssign, !options.isDryRun { try refreshPeople(of: mapping, notion, &report) }
    if scope == .full { try removeOthers(than: present, of: mapping, notion, options, &report) }
    if hasUnknownStatus, scope != .full, !options.isDryRun {
      report.calls += 1
      _ = try Refreshing(desk: desk).renew(mapping, notion)
    }
    report.isComplete = true
    report.coveredTo = table.startedAt
    if !options.isDryRun, let startedAt = table.startedAt { try advance(mapping, scope, to: startedAt) }
  }

  /// Of edits every row is read, because one that has left the filter must be noticed. So it is after the filter was
  /// changed: what fits no more comes a hundred rows a call, not one.
  private func query(_ mapping: Mapping, _ scope: Scope) -> RowQuery {
    switch (scope, mapping.watermark) {
    case (.edits, let watermark?):
      RowQuery(filter: RowQuery.since(watermark, by: .edited), order: .edited, columns: mapping.columns)
    case (.full, _) where mapping.needsComparison:
      RowQuery(order: .created, columns: mapping.columns)
    case (.full, _):
      RowQuery(filter: RowQuery.all(mapping.rules.filter.query), order: .created, columns: mapping.columns)
    default:
      RowQuery(filter: mapping.openRows, order: .created, columns: mapping.columns)
    }
  }

  /// Notion floors edit times to the minute and its index may lag, so the last three minutes are read again next time;
  /// rows that say the same are not touched.
  private func advance(_ mapping: Mapping, _ scope: Scope, to startedAt: Timestamp) throws {
    let (comparedAt, revision) = scope == .full ? (startedAt, mapping.revision) : (nil, nil)
    try desk.store.write { transaction in
      try transaction.run(
        """
        UPDATE sync_mappings SET watermark = \(startedAt.minute - .seconds(180)),
          compared_at = coalesce(\(comparedAt), compared_at),
          compared_revision = coalesce(\(revision), compared_revision)
        WHERE id = \(mapping.id)
        """)
      if scope == .full { try desk.queue.enqueue(Redrawing.intent(mapping, onlyUnshown: true), in: transaction) }
    }
  }

  /// Keeps the rows of one answer, a few in a transaction so that no click has to wait for all of them; false when the
  /// limit is reached.
  private func keep(
    _ rows: [(PageID, Issue.Content)], of mapping: Mapping, _ readAt: Timestamp, _ options: Options,
    _ report: inout Report
  ) throws -> Bool {
    for start in stride(from: 0, to: rows.count, by: Self.rowsAtOnce) {
      if start > 0 { DataStore.letOthersWrite() }
      let before = report
      let (after, goesOn) = try desk.store.write { transaction in
        var tally = before
        for (page, content) in rows[start...].prefix(Self.rowsAtOnce) {
          if let limit = options.limit, tally.new + tally.changed >= limit { return (tally, false) }
          try keep(content, of: page, mapping, readAt, options, &tally, transaction)
        }
        return (tally, true)
      }
      report = after
      guard goesOn else { return false }
    }
    return true
  }

  private static let rowsAtOnce = 20

  private func keep(
    _ content: Issue.Content, of page: PageID, _ mapping: Mapping, _ readAt: Timestamp, _ options: Options,
    _ tally: inout Report, _ transaction: WriteTransaction
  ) throws {
    let difference = try IssueRecords.difference(content, of: page, under: mapping, readAt: readAt, transaction)
    switch difference {
    case .same: return
    case .new: tally.new += 1
    case .changed: tally.changed += 1
    }
    if options.isDryRun { return }
    let kept = try IssueRecords.keep(difference, of: page, under: mapping, readAt: readAt, in: transaction)
    guard let kept, kept.isWorthAnEdit else { return }
    try desk.queue.enqueue(Delivering.intent(kept.issue, under: mapping, .batch), in: transaction)
  }
}

extension NotionClient {
  /// What a row says now, long values and all.
  func content(of page: PageID, under mapping: Mapping) throws -> Issue.Content {
    try content(of: self.page(page), under: mapping)
  }

  /// What a row says that Notion has just answered with.
  func content(of page: Page, under mapping: Mapping) throws -> Issue.Content {
    Issue.Content(try completed(page, columns: mapping.columns).page, under: mapping)
  }
}
