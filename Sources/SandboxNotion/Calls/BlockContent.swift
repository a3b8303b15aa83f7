import Basics

/// Blocks on their way in: the kinds that hold rich text, and a few that hold nothing or an address.
struct BlockContent {
  let type: String
  let content: JSONValue
  let children: Input

  static let textual = [
    "paragraph", "heading_1", "heading_2", "heading_3", "bulleted_list_item", "numbered_list_item", "to_do", "toggle",
    "quote", "callout", "code",
  ]
  static let all = textual + plain + addressed + ["equation"]
  static let plain = ["divider", "breadcrumb", "table_of_contents"]
  static let addressed = ["bookmark", "embed"]

  init(_ input: Input, _ directory: Directory) throws {
    let members = try input.object()
    guard let type = Self.all.first(where: { members[$0] != nil }) else {
      throw APIError.fixOne("body", Self.all.map { input[$0].sentence("defined") })
    }
    self.type = type
    children = input[type]["children"].isDefined ? input[type]["children"] : input["children"]
    content = try Self.content(of: type, input[type], directory)
  }

  static func content(of type: String, _ input: Input, _ directory: Directory) throws -> JSONValue {
    _ = try input.object()
    if plain.contains(type) { return [:] }
    if addressed.contains(type) { return ["url": .string(try input["url"].string(upTo: 2000)), "caption": []] }
    if type == "equation" { return ["expression": .string(try input["expression"].string(upTo: 1000))] }
    var members: [String: JSONValue] = [
      "rich_text": try RichText.normalised(input["rich_text"], directory)
    ]
    if type == "code" {
      members["language"] = .string(input["language"].isDefined ? try input["language"].string() : "plain text")
      members["caption"] = []
      return .object(members)
    }
    members["color"] = .string(input["color"].isDefined ? try input["color"].choice(Colors.text) : "default")
    if type == "paragraph" { members["icon"] = .null }
    if type == "callout" { members["icon"] = try Icon.normalised(input["icon"]) }
    if type == "to_do" { members["checked"] = .bool(input["checked"].isDefined ? try input["checked"].bool() : false) }
    if type.hasPrefix("heading") {
      members["is_toggleable"] = .bool(input["is_toggleable"].isDefined ? try input["is_toggleable"].bool() : false)
    }
    return .object(members)
  }
}

extension Answers {
  func block(_ block: BlockRecord, hasChildren: Bool) -> JSONValue {
    object(
      id: block.id, parent: ["type": .string(block.parentKind), block.parentKind: .string(block.parentID)],
      type: block.type, content: block.content, hasChildren: hasChildren, isInTrash: block.isInTrash,
      (block.createdTime, block.lastEditedTime, block.createdBy, block.lastEditedBy))
  }

  func block(_ page: PageRecord, title: String, source: DataSourceRecord?, hasChildren: Bool) -> JSONValue {
    let parent: JSONValue =
      source.map {
        version.hasDataSources
          ? ["type": "data_source_id", "data_source_id": .string($0.id), "database_id": .string($0.databaseID)]
          : ["type": "database_id", "database_id": .string($0.databaseID)]
      } ?? page.parent
    return object(
      id: page.id, parent: parent, type: "child_page", content: ["title": .string(title)], hasChildren: hasChildren,
      isInTrash: page.isInTrash, (page.createdTime, page.lastEditedTime, page.createdBy, page.lastEditedBy))
  }

  func block(_ database: DatabaseRecord) -> JSONValue {
    object(
      id: database.id, parent: database.parent, type: "child_database", content: ["title": .string(database.name)],
      hasChildren: false, isInTrash: database.isInTrash,
      (database.createdTime, database.lastEditedTime, database.createdBy, database.lastEditedBy))
  }

  private func object(
    id: String, parent: JSONValue, type: String, content: JSONValue, hasChildren: Bool, isInTrash: Bool,
    _ history: (created: Timestamp, edited: Timestamp, creator: String, editor: String)
  ) -> JSONValue {
    var members: [String: JSONValue] = [
      "object": "block", "id": .string(id), "parent": parent, "has_children": .bool(hasChildren),
      "in_trash": .bool(isInTrash), "type": .string(type), type: content,
    ]
    addTimes(&members, history.created, history.edited, history.creator, history.editor)
    return marked(members, isInTrash)
  }

  func comment(_ comment: CommentRecord, by author: JSONValue) -> JSONValue {
    var members: [String: JSONValue] = [
      "object": "comment", "id": .string(comment.id), "discussion_id": .string(comment.discussionID),
      "parent": ["type": .string(comment.parentKind), comment.parentKind: .string(comment.parentID)],
      "created_time": comment.createdTime.minuteText, "last_edited_time": comment.createdTime.minuteText,
      "created_by": RowContext.partialUser(comment.createdBy), "rich_text": comment.richText,
    ]
    if version.hasDataSources {
      let kind: JSONValue = author["type"] == "bot" ? "integration" : "user"
      members["display_name"] = ["type": kind, "resolved_name": author["name"] ?? .null]
    }
    return .object(members)
  }
}
