import Basics
import Store

/// A member of the workspace, or a bot.
struct UserRecord: RowDecodable, Sendable {
  let id: String
  let name: String
  let isBot: Bool
  let email: String?

  init(id: String, name: String, isBot: Bool = false, email: String? = nil) {
    self.id = id
    self.name = name
    self.isBot = isBot
    self.email = email
  }

  init(row: Row) throws {
    id = try row.get("id")
    name = try row.get("name")
    isBot = try row.get("kind", as: String.self) == "bot"
    email = try row.optional("email")
  }

  var answer: JSONValue {
    var members: [String: JSONValue] = [
      "object": "user", "id": .string(id), "name": .string(name), "avatar_url": .null,
      "type": isBot ? "bot" : "person",
    ]
    members[isBot ? "bot" : "person"] = isBot ? bot : ["email": email.map(JSONValue.string) ?? .null]
    return .object(members)
  }

  /// Of a connection somebody else made, nothing is told.
  private var bot: JSONValue {
    id == Constants.botID ? Self.bot(owner: ["type": "workspace", "workspace": true]) : [:]
  }

  /// What an integration reads of itself (recorded).
  static func bot(owner: JSONValue) -> JSONValue {
    [
      "owner": owner, "workspace_name": .string(Constants.workspaceName),
      "workspace_id": .string(Constants.workspaceID),
      "workspace_limits": ["max_file_upload_size_in_bytes": 5_368_709_120],
    ]
  }
}

extension Queries {
  func users() throws -> [UserRecord] { try all(UserRecord.self, "SELECT * FROM notion_users ORDER BY position") }

  func usersByID() throws -> [String: JSONValue] {
    Dictionary(try users().map { ($0.id, $0.answer) }, uniquingKeysWith: { first, _ in first })
  }

  /// What values that are written may point at.
  func directory() throws -> Directory {
    let users = try usersByID()
    return Directory(
      user: { users[$0] },
      pageTitle: { id in
        do {
          return try value(String.self, "SELECT title FROM notion_pages WHERE id = \(page(id, as: .integration).id)")
        } catch is APIError {
          return nil
        }
      })
  }
}
