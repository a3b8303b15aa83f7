import Basics

/// Who makes a call: the bot its changes are shown under, and what it may see.
struct Actor: Sendable {
  let botID: String
  let sight: Sight
  /// Who connected it, where that was a person.
  let owner: JSONValue?

  static let integration = Actor(botID: Constants.botID, sight: .integration, owner: nil)
}

extension Actor {
  init(_ connection: Connection, _ user: UserRecord) throws {
    botID = connection.botID
    sight = .picked(Set(connection.picked))
    owner = ["type": "user", "user": user.answer]
  }
}
