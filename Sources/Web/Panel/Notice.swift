import HTTP

/// What a page says on top after a form was taken, a line each. The address carries the name, never the sentence, so that
/// nobody can make our pages speak.
enum Notice: String, CaseIterable {
  case loggedOut = "You are logged out."
  case sessionEnded = "That session has ended."
  case listRefreshed = "The list of your servers is up to date."
  case workspaceLinked = "The workspace is linked."
  case workspaceUnlinked = "The workspace is unlinked."
  case linkDeclined = "You declined at Notion, so nothing was linked."
  case mappingAdded = "The mapping is saved. Its issues are on their way to the channel."
  case mappingChanged = "The mapping is saved. Messages follow."
  case mappingPaused = "The mapping is paused. What people press is still carried out."
  case mappingResumed = "The mapping goes on."
  case mappingRemoved = "The mapping is removed. What stands in Notion and Discord stays there."
  case syncAsked = "The sync is under way."
  case jobsReplayed = "It is tried again now."
  case nothingReplayed = "There was nothing to try again."
  case jobDiscarded = "The job is given up."
  case settingsSaved = "Saved. It holds from now on."
  case nothingChanged = "There was nothing to change."
  case keyRevoked = "The key is taken back. It works no more."
  case personErased = "What was kept of this person here is erased."

  init?(_ request: Request) {
    guard let name = request.query["notice"], let notice = Self.allCases.first(where: { "\($0)" == name }) else {
      return nil
    }
    self = notice
  }

  /// Back to a page, which then says so.
  func at(_ address: String) -> Response { .seeOther("\(address)?notice=\(self)") }
}
