import Accounts
import Basics
import HTTP

/// The first page a person sees, and the files all pages need.
public func homeDoorways(_ panel: Panel) -> [Doorway] {
  let routes: [Route] = [
    .get("/") { request, path in try panel.home(request, path) },
    .get("/assets/:name") { request, path in try panel.pages.asset(path["name"], for: request) },
    .post("/theme") { request, _ in try panel.choose(request) },
  ]
  return routes.guarded(by: .anyone)
}

extension Panel {
  fileprivate func home(_ request: Request, _ path: PathParameters) throws -> Response {
    guard let visitor = try visitor(request, path) else {
      return try pages.page("home", data: HomeView(isKnown: false), title: "The hall", frame: Frame(request))
    }
    return try show("home", HomeView(isKnown: true), title: "The hall", to: visitor)
  }
}

/// The colours somebody chose over their device's.
enum Theme: String {
  case light, dark

  static let cookie = "theme"
  init?(_ request: Request) { self.init(rawValue: Cookies(request.headers)[Self.cookie] ?? "") }
}

extension Panel {
  /// Changes nothing but a cookie of the asker's, so it needs no form key.
  fileprivate func choose(_ request: Request) throws -> Response {
    let theme = Theme(rawValue: try request.form()["theme"] ?? "")
    var response = Response.seeOther(pathOf(request.headers["Referer"]))
    let time: Duration = theme == nil ? .zero : .seconds(365 * 86_400)
    response.headers.add("Set-Cookie", cookie(Theme.cookie, theme?.rawValue ?? "", for: time))
    return response
  }

  /// The page of ours the browser says it comes from.
  private func pathOf(_ address: String?) -> String {
    guard let address, address.hasPrefix(publicURL + "/") else { return "/" }
    return safePath(String(address.dropFirst(publicURL.count)))
  }
}

/// What the first page shows.
struct HomeView {
  /// Whether somebody is logged in.
  let isKnown: Bool
}
