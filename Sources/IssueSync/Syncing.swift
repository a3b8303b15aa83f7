import Basics
import Discord
import Jobs
import Notion
import Store

/// Reads a mapped table and writes down what became of its rows; the messages follow as jobs.
public struct Syncing: Sendable {
  let store: DataStore
  let queue: JobQueue
  let clock: WallClock

  public init(store: DataStore, queue: JobQueue, clock: WallClock) {
    self.store = store
    self.queue = queue
    self.clock = clock
  }

  public struct Options: Sendable {
    /// Stops after so many new or changed rows; the next run goes on from there.
    public var limit: Int?
    /// Reads and counts, and keeps nothing.
    public var isDryRun = false

    public init(limit: Int? = nil, isDryRun: Bool = false) {
      self.limit = limit
      self.isDryRun = isDryRun
    }
  }

  /// What a run came to.
  public struct Report: Sendable, Encodable, Hashable {
    public var read = 0
    public var new = 0
    public var changed = 0
    public var calls = 0
    /// False when a limit ended the run before the table did.
    public var isComplete = false

    public init() {}

    enum CodingKeys: String, CodingKey {
      case read, new, changed, calls
      case isComplete = "complete"
    }
  }

  /// One run over one mapping. Whatever ends it, what it kept stays kept, and the next run goes on.
  public func run(
    _ mapping: Mapping, notion: NotionClient, options: Options = Options(), progress: (Report) -> Void = { _ in }
  ) throws -> Report {
    let started = clock.now()
    var report = Report()
    do {
      try read(mapping, notion, options, &report, progress)
    } catch {
      if !options.isDryRun { try log(mapping, report, started, Failure(error)) }
      throw error
    }
    if !options.isDryRun { try log(mapping, report, started, nil) }
    return report
  }

  private func read(
    _ mapping: Mapping, _ notion: NotionClient, _ options: Options, _ report: inout Report, _ progress: (Report) -> Void
  ) throws {
    var query = RowQuery(filter: filter(mapping), columns: mapping.roles.all.map(\.id))
    var finalBefore: Timestamp?
    repeat {
      let readAt = clock.now()
      let page = try notion.query(mapping.dataSource, query)
      if page.isIncomplete { throw Self.cutShort(mapping) }
      finalBefore = finalBefore ?? Self.finalBefore(page.answeredAt ?? readAt)
      report.calls += 1
      report.read += page.rows.count
      let wasEnough = try keep(page.rows, of: mapping, readAt, options, &report)
      progress(report)
      if wasEnough { return }
      query.cursor = page.nextCursor
    } while query.cursor != nil
    report.isComplete = true
    if !options.isDryRun, let finalBefore { try advance(mapping, to: finalBefore) }
  }

  /// The first reading asks for what is open; later ones for what was edited.
  private func filter(_ mapping: Mapping) -> JSONValue {
    if let watermark = mapping.watermark { return RowQuery.edited(since: watermark) }
    return RowQuery.where(mapping.roles.status.id, isNot: mapping.fixedOption, type: mapping.roles.status.type)
  }

  /// Notion floors edit times to the minute and its index may lag, so the last three minutes are read again next time;
  /// rows that say the same are not touched.
  private static func finalBefore(_ answeredAt: Timestamp) -> Timestamp { answeredAt.minute - .seconds(180) }

  /// Keeps the rows of one answer; true when the limit is reached.
  private func keep(
    _ rows: [Page], of mapping: Mapping, _ readAt: Timestamp, _ options: Options, _ report: inout Report
  ) throws -> Bool {
    let before = report
    var wasEnough = false
    let after = try store.write { transaction in
      var tally = before
      for row in rows {
        wasEnough = options.limit.map { tally.new + tally.changed >= $0 } ?? false
        if wasEnough { break }
        try keep(row, of: mapping, readAt, options, &tally, transaction)
      }
      return tally
    }
    report = after
    return wasEnough
  }

  private func keep(
    _ row: Page, of mapping: Mapping, _ readAt: Timestamp, _ options: Options, _ tally: inout Report,
    _ transaction: WriteTransaction
  ) throws {
    let content = Issue.Content(row, under: mapping)
    let change = try IssueRecords.change(content, of: row.id, under: mapping, readAt: readAt, transaction)
    if case .same = change { return }
    if case .new = change { tally.new += 1 } else { tally.changed += 1 }
    if options.isDryRun { return }
    let issue = try IssueRecords.keep(change, content, of: row.id, under: mapping, readAt: readAt, in: transaction)
    try queue.enqueue(Delivering.intent(issue, in: mapping.channel, .batch), in: transaction)
  }

  private func advance(_ mapping: Mapping, to time: Timestamp) throws {
    try store.write { try $0.run("UPDATE sync_mappings SET watermark = \(time) WHERE id = \(mapping.id)") }
  }

  private static func cutShort(_ mapping: Mapping) -> Failure {
    Failure(
      .unavailable,
      "Notion cut the list of “\(mapping.name)” short, so it is not known what is missing. Nothing was concluded from it.")
  }

  private func log(_ mapping: Mapping, _ report: Report, _ started: Timestamp, _ failure: Failure?) throws {
    try store.write { transaction in
      try transaction.run(
        """
        INSERT INTO sync_logs (id, mapping_id, started_at, finished_at, rows_read, rows_new, rows_changed, calls, error)
        VALUES (\(UUIDv7.make(at: started)), \(mapping.id), \(started), \(clock.now()), \(report.read), \(report.new),
          \(report.changed), \(report.calls), \(failure?.sentence))
        """)
    }
  }
}
