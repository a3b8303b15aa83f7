import Basics
import Store

/// What a token may see.
enum Sight: Sendable {
  /// What is shared with the internal integration.
  case integration
  /// The pages and databases a person picked when they connected, with all that lies in them.
  case picked(Set<String>)
}

extension Queries {
  func sees(_ database: DatabaseRecord, _ sight: Sight) throws -> Bool {
    switch sight {
    case .integration: database.isShared
    case .picked(let ids):
      // What is kept private inside a page that was picked stays so until it is picked itself.
      try ids.contains(database.id) || (database.isShared && liesIn(ids, database.parent))
    }
  }

  func sees(_ page: PageRecord, _ sight: Sight) throws -> Bool {
    if let source = try page.dataSourceID.flatMap(anyDataSource) {
      if case .picked(let ids) = sight, ids.contains(page.id) { return true }
      return try anyDatabase(source.databaseID).map { try sees($0, sight) } ?? false
    }
    switch sight {
    case .integration: return true
    case .picked(let ids): return try ids.contains(page.id) || liesIn(ids, page.parent)
    }
  }

  /// A block is seen with the page it lies in.
  func sees(_ block: BlockRecord, _ sight: Sight) throws -> Bool {
    guard case .picked = sight else { return true }
    return try page(around: block.parentID).map { try sees($0, sight) } ?? false
  }

  func sees(_ comment: CommentRecord, _ sight: Sight) throws -> Bool {
    guard case .picked = sight else { return true }
    return try page(around: comment.parentID).map { try sees($0, sight) } ?? false
  }

  private func liesIn(_ ids: Set<String>, _ parent: JSONValue) throws -> Bool {
    guard let id = parent["page_id"]?.string else { return false }
    return try ids.contains(id) || anyPage(id).map { try sees($0, .picked(ids)) } ?? false
  }

  /// Pages that may be seen though they are no rows of a table that may be.
  func otherPages(_ sight: Sight) throws -> [String] {
    let pages = try all(PageRecord.self, "SELECT * FROM notion_pages WHERE data_source_id IS NULL")
    let seen = try pages.filter { try sees($0, sight) }.map(\.id)
    guard case .picked(let ids) = sight else { return seen }
    return seen + ids.filter { !seen.contains($0) }
  }
}
