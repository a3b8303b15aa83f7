import Basics
import HTTP
import IssueSync
import Pages
import Store

/// The first page a person sees, and the files all pages need.
public func homeRoutes(store: DataStore, pages: PageLibrary, clock: WallClock) -> [Route] {
  [
    .get("/") { _, _ in
      let stats = try store.read { try Stats(at: clock.now(), $0) }
      return try pages.page("home", data: HomeView(stats, now: clock.now()), title: "The hall")
    },
    .get("/assets/:name") { request, path in try pages.asset(path["name"], for: request) },
  ]
}
