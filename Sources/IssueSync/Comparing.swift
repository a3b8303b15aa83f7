import Basics
import Jobs
import Notion
import Store

/// Rows that have gone: a table never tells of them, they are only missing.
extension Syncing {
  /// Looks at every issue whose row a full reading did not show. Only a complete reading may conclude anything.
  func removeOthers(
    than present: Set<PageID>, of mapping: Mapping, _ notion: NotionClient, _ options: Options, _ report: inout Report
  ) throws {
    let known = try desk.store.read {
      try $0.rows("SELECT id, page_id FROM issues WHERE mapping_id = \(mapping.id) AND is_removed = 0 ORDER BY id")
    }
    for row in known {
      let page: PageID = try row.get("page_id")
      if present.contains(page) { continue }
      report.calls += 1
      if try !isGone(page, mapping, notion) { continue }
      report.removed += 1
      if !options.isDryRun { try remove(row.get("id"), of: mapping) }
    }
  }

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

  /// In the trash, in another table, or not shown to us any more: for Notion the last two look alike.
  private func isGone(_ page: PageID, _ mapping: Mapping, _ notion: NotionClient) throws -> Bool {
    do {
      return try notion.content(of: page, under: mapping).isRemoved
    } catch let refusal as NotionRefusal where refusal.isNotFound {
      return true
    }
  }

  private func remove(_ id: String, of mapping: Mapping) throws {
    try desk.store.write { transaction in
      if try IssueRecords.markRemoved(id, readAt: desk.clock.now(), in: transaction) {
        try desk.queue.enqueue(Delivering.intent(id, under: mapping, .batch), in: transaction)
      }
    }
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

extension NotionRefusal {
  fileprivate var isNotFound: Bool { code == "object_not_found" || status == 404 }
}
