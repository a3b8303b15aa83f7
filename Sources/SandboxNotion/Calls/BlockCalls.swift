import Basics
import Store

/// What an id of a block may stand for: pages and databases are blocks too.
enum BlockSubject {
  case page(PageRecord)
  case database(DatabaseRecord)
  case block(BlockRecord)
}

extension Queries {
  func subject(_ id: String, as sight: Sight) throws -> BlockSubject {
    if let block = try block(id), try sees(block, sight) { return .block(block) }
    if let database = try anyDatabase(id), try sees(database, sight) { return .database(database) }
    do { return .page(try page(id, as: sight)) } catch is APIError { throw APIError.notFound("block", id) }
  }
}

extension Call {
  func retrieveBlock() throws -> JSONValue {
    let id = try id("id", as: "block_id")
    return try workspace.read { try blockAnswer($0.subject(id, as: sight), $0) }
  }

  private func blockAnswer(_ subject: BlockSubject, _ queries: some Queries) throws -> JSONValue {
    switch subject {
    case .block(let block): return answers.block(block, hasChildren: try queries.hasBlocks(under: block.id))
    case .database(let database): return answers.block(database)
    case .page(let page):
      let title = Reading.title(of: try queries.tableRow(page))
      let source = try page.dataSourceID.flatMap(queries.anyDataSource)
      return answers.block(page, title: title, source: source, hasChildren: try queries.hasBlocks(under: page.id))
    }
  }

  func blockChildren() throws -> JSONValue {
    let id = try id("id", as: "block_id")
    let paging = try page()
    return try workspace.read { transaction in
      _ = try transaction.subject(id, as: sight)
      let slice = try Slice(transaction.blocks(under: id), size: paging.size, from: paging.cursor, id: \.id)
      let results = try slice.elements.map { try blockAnswer(.block($0), transaction) }
      return .object(answers.list(results, next: slice.next, type: "block"))
    }
  }

  func appendBlocks() throws -> JSONValue {
    let id = try id("id", as: "block_id")
    // 2026-03-11 takes `position` only; 2025-09-03 both.
    let body = try body(["children", "position"] + (version.hasArchived ? ["after"] : []))
    return try workspace.write { transaction in
      let parent = try appendable(transaction.subject(id, as: sight))
      let place = try place(body, under: id, transaction)
      let added = try append(body["children"], to: parent, behind: place, transaction)
      // Recorded: with a place, the answer goes on with the siblings that follow.
      let following = place == nil ? [] : try transaction.blocks(under: id).drop { $0.id != added.last?.id }.dropFirst()
      let results = try (added + following).map { try blockAnswer(.block($0), transaction) }
      return .object(answers.list(results, next: nil, type: "block"))
    }
  }

  private func appendable(_ subject: BlockSubject) throws -> BlockParent {
    switch subject {
    case .page(let page):
      if page.isInTrash { throw APIError.trashedBlock }
      return .page(page.id)
    case .block(let block):
      if block.isInTrash { throw APIError.trashedBlock }
      return .block(block.id)
    case .database: throw APIError.validation("Block does not support children")
    }
  }

  /// The position new blocks go behind; nil for the end.
  private func place(_ body: Input, under parentID: String, _ transaction: WriteTransaction) throws -> Int64? {
    let position = body["position"]
    if position.isDefined {
      switch try position["type"].choice(["start", "end", "after_block"]) {
      case "start": return 0
      case "end": return nil
      default: return try self.position(of: position["after_block"]["id"], under: parentID, transaction)
      }
    }
    return body["after"].isDefined ? try self.position(of: body["after"], under: parentID, transaction) : nil
  }

  private func position(of input: Input, under parentID: String, _ transaction: WriteTransaction) throws -> Int64 {
    let id = try input.uuid()
    guard let block = try transaction.block(id), block.parentID == parentID else {
      throw APIError.validation("Block to append children after (\(id)) is not parented by \(parentID).")
    }
    return block.position
  }

  func updateBlock() throws -> JSONValue {
    let id = try id("id", as: "block_id")
    let flags = version.hasArchived ? ["in_trash", "archived"] : ["in_trash"]
    let body = try body(["type"] + BlockContent.all + flags)
    let trash = try flags.filter { body[$0].isDefined }.map { try body[$0].bool() }.first
    return try workspace.write { transaction in
      let subject = try transaction.subject(id, as: sight)
      guard case .block(var block) = subject else {
        guard let trash else { throw APIError.validation("Updating block via this endpoint is not supported.") }
        return try setTrash(trash, subject, transaction)
      }
      if block.isInTrash && trash != false { throw APIError.trashedBlock }
      if body[block.type].isDefined {
        block.content = try BlockContent.content(of: block.type, body[block.type], transaction.directory())
      }
      block.isInTrash = trash ?? block.isInTrash
      return try keep(block, transaction)
    }
  }

  func deleteBlock() throws -> JSONValue {
    let id = try id("id", as: "block_id")
    return try workspace.write { try setTrash(true, $0.subject(id, as: sight), $0) }
  }

  private func setTrash(_ isInTrash: Bool, _ subject: BlockSubject, _ transaction: WriteTransaction) throws -> JSONValue
  {
    switch subject {
    case .block(var block):
      if isInTrash && block.isInTrash { throw APIError.trashedBlock }
      block.isInTrash = isInTrash
      return try keep(block, transaction)
    case .page(var page):
      if isInTrash && page.isInTrash { throw APIError.trashedBlock }
      page.isInTrash = isInTrash
      page = try PageEditor(transaction: transaction, actor: actor.botID, now: now).touch(page)
      return try blockAnswer(.page(page), transaction)
    case .database(var database):
      database.isInTrash = isInTrash
      try transaction.save(database)
      return try blockAnswer(.database(database), transaction)
    }
  }

  private func keep(_ block: BlockRecord, _ transaction: WriteTransaction) throws -> JSONValue {
    var block = block
    block.lastEditedTime = now.minute
    block.lastEditedBy = actor.botID
    try transaction.update(block)
    try transaction.tellContent([block], by: actor.botID, at: now)
    return try blockAnswer(.block(block), transaction)
  }
}
