import Basics
import Store

extension Call {
  func comments() throws -> JSONValue {
    let id = try Input("query.block_id", request.query["block_id"].map(JSONValue.string)).uuid()
    let paging = try page()
    return try workspace.read { transaction in
      _ = try transaction.subject(id, as: sight)
      let users = try transaction.usersByID()
      let slice = try Slice(transaction.comments(on: id), size: paging.size, from: paging.cursor, id: \.id)
      let results = slice.elements.map { answers.comment($0, by: users[$0.createdBy] ?? .null) }
      return .object(answers.list(results, next: slice.next, type: "comment"))
    }
  }

  /// On a page, on a block, or going on with a discussion.
  func createComment() throws -> JSONValue {
    let body = try body(["parent", "discussion_id", "rich_text"])
    return try workspace.write { transaction in
      let text = try RichText.normalised(body["rich_text"], transaction.directory())
      let (kind, parentID, discussion) = try commentParent(body, transaction)
      let comment = CommentRecord(
        id: ObjectID.make(at: now), parentID: parentID, parentKind: kind,
        discussionID: discussion ?? ObjectID.make(at: now), richText: text, createdTime: now.minute,
        createdBy: actor.botID)
      try transaction.insert(comment)
      return answers.comment(comment, by: try transaction.usersByID()[actor.botID] ?? .null)
    }
  }

  func retrieveComment() throws -> JSONValue {
    let id = try id("id", as: "comment_id")
    return try workspace.read { try commentAnswer(id, $0) }
  }

  func deleteComment() throws -> JSONValue {
    let id = try id("id", as: "comment_id")
    return try workspace.write { transaction in
      let answer = try commentAnswer(id, transaction)
      try transaction.run("DELETE FROM notion_comments WHERE id = \(id)")
      return answer
    }
  }

  private func commentAnswer(_ id: String, _ queries: some Queries) throws -> JSONValue {
    guard let comment = try queries.comment(id), try queries.sees(comment, sight) else {
      throw APIError.notFound("comment", id)
    }
    return answers.comment(comment, by: try queries.usersByID()[comment.createdBy] ?? .null)
  }

  private func commentParent(
    _ body: Input, _ transaction: WriteTransaction
  ) throws -> (kind: String, id: String, discussion: String?) {
    if body["discussion_id"].isDefined {
      let id = try body["discussion_id"].uuid()
      guard let first = try transaction.discussion(id), try transaction.sees(first, sight) else {
        throw APIError.notFound("discussion", id)
      }
      return (first.parentKind, first.parentID, id)
    }
    let parent = body["parent"]
    if parent["block_id"].isDefined {
      let id = try parent["block_id"].uuid()
      _ = try transaction.subject(id, as: sight)
      return ("block_id", id, nil)
    }
    let page = try transaction.page(parent["page_id"].uuid(), as: sight)
    let thread = try transaction.comments(on: page.id).first?.discussionID
    return ("page_id", page.id, thread)
  }
}
