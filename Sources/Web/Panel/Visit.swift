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

/// What a page says on top after a form was taken. The address carries the name, never the sentence, so that nobody can
/// make our pages speak.
enum Notice: String {
  case loggedOut = "logged-out"
  case sessionEnded = "session-ended"
  case listRefreshed = "list-refreshed"
  case workspaceLinked = "workspace-linked"
  case workspaceUnlinked = "workspace-unlinked"
  case linkDeclined = "link-declined"
  case mappingAdded = "mapping-added"
  case mappingChanged = "mapping-changed"
  case mappingPaused = "mapping-paused"
  case mappingResumed = "mapping-resumed"
  case mappingRemoved = "mapping-removed"
  case syncAsked = "sync-asked"
  case jobsReplayed = "jobs-replayed"
  case nothingReplayed = "nothing-replayed"
  case jobDiscarded = "job-discarded"

  case personErased = "person-erased"

  var sentence: String {
    switch self {
    case .personErased: "What was kept of this person here is erased."
    case .loggedOut: "You are logged out."
    case .sessionEnded: "That session has ended."
    case .listRefreshed: "The list of your servers is up to date."
    case .workspaceLinked: "The workspace is linked."
    case .workspaceUnlinked: "The workspace is unlinked."
    case .linkDeclined: "You declined at Notion, so nothing was linked."
    case .mappingAdded: "The mapping is saved. Its issues are on their way to the channel."
    case .mappingChanged: "The mapping is saved. Messages follow."
    case .mappingPaused: "The mapping is paused. What people press is still carried out."
    case .mappingResumed: "The mapping goes on."
    case .mappingRemoved: "The mapping is removed. What stands in Notion and Discord stays there."
    case .syncAsked: "The sync is under way."
    case .jobsReplayed: "It is tried again now."
    case .nothingReplayed: "There was nothing to try again."
    case .jobDiscarded: "The job is given up."
    }
  }

  init?(_ request: Request) { self.init(rawValue: request.query["notice"] ?? "") }

  /// Back to a page, which then says so.
  func at(_ address: String) -> Response { .seeOther("\(address)?notice=\(rawValue)") }
}
