import Accounts
import Basics
import Discord
import HTTP

/// A request of somebody who is logged in.
public struct Visitor: Sendable {
  let request: Request
  let path: PathParameters
  let person: Person
  let session: Session
  /// Goes into every form, as `csrf`.
  let formKey: String
}

/// A request of somebody in a server, who may do what the route is for.
public struct Visit: Sendable {
  let visitor: Visitor
  let actor: Actor

  var request: Request { visitor.request }
  var path: PathParameters { visitor.path }
  var guild: GuildID { actor.guild }
  /// For what a page offers; what is done is authorised again at its own door.
  func may(_ action: Action) -> Bool { actor.standing >= action.requirement }
  /// The address of a page of this server.
  func address(_ page: String = "") -> String { "/servers/\(guild)" + (page.isEmpty ? "" : "/\(page)") }
}
