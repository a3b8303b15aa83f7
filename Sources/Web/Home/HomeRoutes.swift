import Accounts
import Basics
import HTTP

/// The first page a person sees, and the files all pages need.
public func homeDoorways(_ panel: Panel) -> [Doorway] {
  let routes: [Route] = [
    .get("/") { request, path in try panel.home(request, path) },
    .get("/assets/:name") { request, path in try panel.pages.asset(path["name"], for: request) },
  ]
  return routes.guarded(by: .anyone)
}

extension Panel {
  fileprivate func home(_ request: Request, _ path: PathParameters) throws -> Response {
    let view = HomeView(isKnown: try visitor(request, path) != nil)
    guard let visitor = try visitor(request, path) else {
      return try pages.page("home", data: view, title: "The hall", frame: Frame.stranger(Notice(request)))
    }
    return try show("home", view, title: "The hall", to: visitor)
  }
}

/// What the first page shows.
struct HomeView {
  /// Whether somebody is logged in.
  let isKnown: Bool
}
