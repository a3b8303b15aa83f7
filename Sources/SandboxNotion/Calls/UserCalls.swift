import Basics
import Store

extension Call {
  func me() throws -> JSONValue {
    guard case .object(var me) = try workspace.read({ try user(actor.botID, $0) }) else { return .null }
    if let owner = actor.owner { me["bot"] = UserRecord.bot(owner: owner) }
    return .object(me)
  }

  func user() throws -> JSONValue {
    let id = try id("id", as: "user_id")
    return try workspace.read { try user(id, $0) }
  }

  func users() throws -> JSONValue {
    let page = try page()
    return try workspace.read {
      let slice = try Slice($0.users(), size: page.size, from: page.cursor, id: \.id)
      return .object(answers.list(slice.elements.map(\.answer), next: slice.next, type: "user"))
    }
  }

  private func user(_ id: String, _ queries: some Queries) throws -> JSONValue {
    guard let user = try queries.users().first(where: { $0.id == id }) else {
      throw APIError(404, "object_not_found", "Could not find user with ID: \(id).")
    }
    return user.answer
  }
}
