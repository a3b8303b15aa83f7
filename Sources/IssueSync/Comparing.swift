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

  /// In the trash, in another table, or not shown to us any more: for Notion the last two look alike.
  private func isGone(_ page: PageID, _ mapping: Mapping, _ notion: NotionClient) throws -> Bool {
    do {
      return try notion.content(of: page, under: mapping).isRemoved
    } catch let refusal as NotionRefusal where refusal.isNotFound {
      return true
    }
  }

  func remove(_ id: String, of mapping: Mapping) throws {
    try desk.store.write { transaction in
      if try IssueRecords.markRemoved(id, readAt: desk.clock.now(), in: transaction) {
        try desk.queue.enqueue(Delivering.intent(id, under: mapping, .batch), in: transaction)
      }
    }
  }
}

extension NotionRefusal {
  var isNotFound: Bool { code == "object_not_found" || status == 404 }
}
