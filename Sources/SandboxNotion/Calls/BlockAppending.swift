import Basics
import Store

/// Where new blocks go.
enum BlockParent {
  case page(String)
  case block(String)

  var id: String {
    switch self {
    case .page(let id), .block(let id): id
    }
  }

  var kind: String {
    switch self {
    case .page: "page_id"
    case .block: "block_id"
    }
  }
}

extension Call {
  /// At most 100 children, two levels deep.
  @discardableResult
  func append(
    _ input: Input, to parent: BlockParent, behind place: Int64? = nil, depth: Int = 0, _ transaction: WriteTransaction
  ) throws -> [BlockRecord] {
    guard depth < 3 else { throw input.fault("not present") }
    let directory = try transaction.directory()
    let contents = try input.array(upTo: 100).map { try BlockContent($0, directory) }
    let last = try transaction.value(
      Int64.self, "SELECT max(position) FROM notion_blocks WHERE parent_id = \(parent.id)")
    if let place { try transaction.shiftBlocks(under: parent.id, behind: place, by: Int64(contents.count)) }
    let first = (place ?? last ?? 0) + 1
    let added = try contents.enumerated().map { index, content in
      let block = BlockRecord(
        id: ObjectID.make(at: now), parentID: parent.id, parentKind: parent.kind, position: first + Int64(index),
        type: content.type, content: content.content, createdTime: now.minute, lastEditedTime: now.minute,
        createdBy: actor.botID, lastEditedBy: actor.botID)
      try transaction.insert(block)
      if content.children.isDefined {
        try append(content.children, to: .block(block.id), depth: depth + 1, transaction)
      }
      return block
    }
    try transaction.tellContent(added, by: actor.botID, at: now)
    return added
  }
}
