import Basics

/// Reads all rows that answer a query, however many: page after page, and window after window where Notion stops at
/// 10,000 (Notion: large data sources). Every row comes once.
public struct TableReading {
  private let notion: NotionClient
  private let source: DataSourceID
  private let clock: WallClock
  /// Of the rows at the border of two windows, those that came already.
  private var seen: Set<PageID> = []
  public private(set) var calls = 0
  /// Notion's clock at the first answer.
  public private(set) var startedAt: Timestamp?

  public init(_ source: DataSourceID, from notion: NotionClient, clock: WallClock) {
    self.source = source
    self.notion = notion
    self.clock = clock
  }

  /// - Parameter body: is given the rows of one answer and when they were asked for, and says whether to go on.
  /// - Returns: true when the table was read to its end.
  public mutating func read(_ query: RowQuery, _ body: ([Page], Timestamp) throws -> Bool) throws -> Bool {
    var window = query
    while true {
      let end = try readWindow(window, body)
      switch end {
      case .stopped: return false
      case .complete: return true
      case .cutShort(let last): window.filter = try nextWindow(after: last, of: query, previous: window.filter)
      }
    }
  }

  private enum WindowEnd {
    case stopped
    case complete
    /// - the time of the last row that came
    case cutShort(Timestamp)
  }

  private mutating func readWindow(_ query: RowQuery, _ body: ([Page], Timestamp) throws -> Bool) throws -> WindowEnd {
    var query = query
    var isCutShort = false
    var last: Timestamp?
    repeat {
      let askedAt = clock.now()
      let page = try ask(&query)
      isCutShort = isCutShort || page.isIncomplete
      let fresh = page.rows.filter { seen.insert($0.id).inserted }
      last = page.rows.last.map { query.order == .created ? $0.createdTime : $0.lastEditedTime } ?? last
      if try !body(fresh, askedAt) { return .stopped }
      query.cursor = page.nextCursor
    } while query.cursor != nil
    guard isCutShort else { return .complete }
    guard let last else { throw tooManyAtOnce() }
    return .cutShort(last)
  }

  /// One answer; a table that is too slow for a hundred rows is asked for fewer.
  private mutating func ask(_ query: inout RowQuery) throws -> RowPage {
    while true {
      do {
        let page = try notion.query(source, query)
        calls += 1
        startedAt = startedAt ?? page.answeredAt ?? clock.now()
        return page
      } catch let failure as Failure where failure.kind == .unavailable && query.pageSize > 12 {
        query.pageSize /= 2
      }
    }
  }

  private func nextWindow(after last: Timestamp, of query: RowQuery, previous: JSONValue?) throws -> JSONValue? {
    let since = RowQuery.since(last, by: query.order)
    let filter = RowQuery.all([query.filter, since].compactMap(\.self))
    if filter == previous { throw tooManyAtOnce() }
    return filter
  }

  private func tooManyAtOnce() -> Failure {
    Failure(
      .unavailable,
      "More than 10,000 rows share one minute, and Notion shows no more than that; what is missing is not known.")
  }
}
