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

  /// What a run reads.
  enum Scope: String {
    /// What is open: nothing was read before.
    case first
    /// What was edited lately.
    case edits
    /// Everything, to compare.
    case full
  }

  /// What a run came to.
  public struct Report: Sendable, Encodable, Hashable {
    public var read = 0
    public var new = 0
    public var changed = 0
    public var removed = 0
    public var calls = 0
    /// False when something ended the run before the table did.
    public var isComplete = false

    public init() {}

    enum CodingKeys: String, CodingKey {
      case read, new, changed, removed, calls
      case isComplete = "complete"
    }
  }

  /// One run over one mapping. Whatever ends it, what it kept stays kept, and the next run goes on.
  public func run(
    _ mapping: Mapping, notion: NotionClient, options: Options = Options(), progress: (Report) -> Void = { _ in }
  ) throws -> Report {
    let started = desk.clock.now()
    let scope: Scope = options.isFull ? .full : mapping.watermark == nil ? .first : .edits
    var report = Report()
    var failure: Failure?
    do {
      try read(mapping, scope, notion, options, &report, progress)
    } catch {
      failure = Failure(error)
    }
    if !options.isDryRun { try SyncLog.add(report, scope, mapping, started: started, finished: desk.clock.now(), failure, desk.store) }
    if let failure { throw failure }
    return report
  }

  private func read(
    _ mapping: Mapping, _ scope: Scope, _ notion: NotionClient, _ options: Options, _ report: inout Report,
    _ progress: (Report) -> Void
  ) throws {
    var table = TableReading(mapping.dataSource, from: notion, clock: desk.clock)
    var present: Set<PageID> = []
    defer { report.calls += table.calls }
    let isComplete = try table.read(query(mapping, scope)) { rows, askedAt in
      report.read += rows.count
      if scope == .full { present.formUnion(rows.map(\.id)) }
      let goesOn = try keep(rows, of: mapping, askedAt, options, &report)
      progress(report)
      return goesOn
    }
    guard isComplete else { return }
    if scope != .edits, mapping.roles.canAssign, !options.isDryRun { try refreshPeople(of: mapping, notion, &report) }
    if scope == .full { try removeOthers(than: present, of: mapping, notion, options, &report) }
    report.isComplete = true
    if !options.isDryRun, let startedAt = table.startedAt { try advance(mapping, scope, to: startedAt) }
  }

  private func query(_ mapping: Mapping, _ scope: Scope) -> RowQuery {
    let columns = mapping.roles.all.map(\.id)
    switch (scope, mapping.watermark) {
    case (.edits, let watermark?):
      return RowQuery(filter: RowQuery.since(watermark, by: .edited), order: .edited, columns: columns)
    case (.full, _):
      return RowQuery(order: .created, columns: columns)
    default:
      let status = mapping.roles.status
      return RowQuery(
        filter: RowQuery.where(status.id, isNot: mapping.fixedOption, type: status.type), order: .created, columns: columns)
    }
  }

  /// Notion floors edit times to the minute and its index may lag, so the last three minutes are read again next time;
  /// rows that say the same are not touched.
  private func advance(_ mapping: Mapping, _ scope: Scope, to startedAt: Timestamp) throws {
    let comparedAt = scope == .full ? startedAt : nil
    try desk.store.write { transaction in
      try transaction.run(
        """
        UPDATE sync_mappings SET watermark = \(startedAt.minute - .seconds(180)),
          compared_at = coalesce(\(comparedAt), compared_at)
        WHERE id = \(mapping.id)
        """)
    }
  }

  /// Keeps the rows of one answer; false when the limit is reached.
  private func keep(
    _ rows: [Page], of mapping: Mapping, _ readAt: Timestamp, _ options: Options, _ report: inout Report
  ) throws -> Bool {
    let before = report
    let (after, goesOn) = try desk.store.write { transaction in
      var tally = before
      for row in rows {
        if let limit = options.limit, tally.new + tally.changed >= limit { return (tally, false) }
        try keep(row, of: mapping, readAt, options, &tally, transaction)
      }
      return (tally, true)
    }
    report = after
    return goesOn
  }

  private func keep(
    _ row: Page, of mapping: Mapping, _ readAt: Timestamp, _ options: Options, _ tally: inout Report,
    _ transaction: WriteTransaction
  ) throws {
    let content = Issue.Content(row, under: mapping)
    let difference = try IssueRecords.difference(content, of: row.id, under: mapping, readAt: readAt, transaction)
    var isWorthAnEdit = true
    switch difference {
    case .same: return
    case .new: tally.new += 1
    case .changed(_, let isWorth):
      tally.changed += 1
      isWorthAnEdit = isWorth
    }
    if options.isDryRun { return }
    let id = try IssueRecords.keep(difference, content, of: row.id, under: mapping, readAt: readAt, in: transaction)
    if let id, isWorthAnEdit { try desk.queue.enqueue(Delivering.intent(id, under: mapping, .batch), in: transaction) }
  }
}
