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
  /// The address of a page of this server.
  func address(_ page: String = "") -> String { "/servers/\(guild)" + (page.isEmpty ? "" : "/\(page)") }
}

/// What a page says on top after a form was taken. The address carries the name, never the sentence, so that nobody can
/// make our pages speak.
enum Notice: String {
  case loggedOut = "logged-out"
  case sessionEnded = "session-ended"
  case listRefreshed = "list-refreshed"

  var sentence: String {
    switch self {
    case .loggedOut: "You are logged out."
    case .sessionEnded: "That session has ended."
    case .listRefreshed: "The list of your servers is up to date."
    }
  }

  init?(_ request: Request) { self.init(rawValue: request.query["notice"] ?? "") }

  /// Back to a page, which then says so.
  func at(_ address: String) -> Response { .seeOther("\(address)?notice=\(rawValue)") }
}
