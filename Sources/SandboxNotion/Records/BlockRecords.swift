import Basics
import Store

/// A piece of a page's body.
struct BlockRecord: RowDecodable, Sendable {
  var id: String
  var parentID: String
  /// `page_id` or `block_id`.
  var parentKind: String
  var position: Int64
  var type: String
  var content: JSONValue
  var isInTrash = false
  var createdTime: Timestamp
  var lastEditedTime: Timestamp
  var createdBy: String
  var lastEditedBy: String
}

extension BlockRecord {
  init(row: Row) throws {
    id = try row.get("id")
    parentID = try row.get("parent_id")
    parentKind = try row.get("parent_kind")
    position = try row.get("position")
    type = try row.get("type")
    content = try row.json("content")
    isInTrash = try row.get("in_trash")
    createdTime = try row.get("created_time")
    lastEditedTime = try row.get("last_edited_time")
    createdBy = try row.get("created_by")
    lastEditedBy = try row.get("last_edited_by")
  }
}

/// A remark on a page or block.
struct CommentRecord: RowDecodable, Sendable {
  var id: String
  var parentID: String
  var parentKind: String
  var discussionID: String
  var richText: JSONValue
  var createdTime: Timestamp
  var createdBy: String
}

extension CommentRecord {
  init(row: Row) throws {
    id = try row.get("id")
    parentID = try row.get("parent_id")
    parentKind = try row.get("parent_kind")
    discussionID = try row.get("discussion_id")
    richText = try row.json("rich_text")
    createdTime = try row.get("created_time")
    createdBy = try row.get("created_by")
  }
}

extension Queries {
  func block(_ id: String) throws -> BlockRecord? {
    try first(BlockRecord.self, "SELECT * FROM notion_blocks WHERE id = \(id)")
  }

  func blocks(under parentID: String) throws -> [BlockRecord] {
    try all(
      BlockRecord.self,
      "SELECT * FROM notion_blocks WHERE parent_id = \(parentID) AND in_trash = 0 ORDER BY position")
  }

  func hasBlocks(under parentID: String) throws -> Bool {
    try value(Int.self, "SELECT 1 FROM notion_blocks WHERE parent_id = \(parentID) AND in_trash = 0 LIMIT 1") != nil
  }

  func comments(on parentID: String) throws -> [CommentRecord] {
    try all(CommentRecord.self, "SELECT * FROM notion_comments WHERE parent_id = \(parentID) ORDER BY position")
  }

  func comment(_ id: String) throws -> CommentRecord? {
    try first(CommentRecord.self, "SELECT * FROM notion_comments WHERE id = \(id)")
  }

  func discussion(_ id: String) throws -> CommentRecord? {
    try first(
      CommentRecord.self, "SELECT * FROM notion_comments WHERE discussion_id = \(id) ORDER BY position LIMIT 1")
  }
}

extension WriteTransaction {
  func insert(_ block: BlockRecord) throws {
    try run(
      """
      INSERT INTO notion_blocks (id, parent_id, parent_kind, position, type, content, in_trash, created_time,
        last_edited_time, created_by, last_edited_by)
      VALUES (\(block.id), \(block.parentID), \(block.parentKind), \(block.position), \(block.type),
        \(StoredJSON.text(block.content)), \(block.isInTrash), \(block.createdTime), \(block.lastEditedTime),
        \(block.createdBy), \(block.lastEditedBy))
      """)
  }

  func update(_ block: BlockRecord) throws {
    try run(
      """
      UPDATE notion_blocks SET content = \(StoredJSON.text(block.content)), in_trash = \(block.isInTrash),
        last_edited_time = \(block.lastEditedTime), last_edited_by = \(block.lastEditedBy)
      WHERE id = \(block.id)
      """)
  }

  /// Makes room for blocks behind a position.
  func shiftBlocks(under parentID: String, behind position: Int64, by count: Int64) throws {
    try run(
      """
      UPDATE notion_blocks SET position = position + \(count)
      WHERE parent_id = \(parentID) AND position > \(position)
      """)
  }

  func insert(_ comment: CommentRecord) throws {
    try run(
      """
      INSERT INTO notion_comments (id, parent_id, parent_kind, discussion_id, position, rich_text, created_time,
        created_by)
      VALUES (\(comment.id), \(comment.parentID), \(comment.parentKind), \(comment.discussionID),
        \(next("position")), \(StoredJSON.text(comment.richText)), \(comment.createdTime), \(comment.createdBy))
      """)
  }
}
