import Basics
import HTTP

extension Stage {
  /// The first page, the journal, the fault script and the pages' files.
  public func routes(corners: [Corner]) -> [Route] {
    [
      .get("/sandbox") { _, _ in .seeOther("/sandbox/") },
      .get("/sandbox/") { _, _ in try home(corners) },
      .get("/sandbox/assets/:name") { request, path in try pages.asset(path["name"], for: request) },
      .get("/sandbox/journal") { request, _ in try journalPage(request) },
      .delete("/sandbox/journal") { _, _ in
        try clearJournal()
        return .empty()
      },
      .get("/sandbox/faults") { request, _ in
        request.prefersPage
          ? try pages.page("faults", data: FaultsView(try faults()), title: "Faults") : try .json(faults())
      },
      .post("/sandbox/faults") { request, _ in try .json(addFaults(request.body), status: 201) },
      .delete("/sandbox/faults") { _, _ in
        try clearFaults()
        return .empty()
      },
    ] + paceRoutes
  }

  private func home(_ corners: [Corner]) throws -> Response {
    let view = HomeView(corners: try corners.map(HomeView.Section.init), entries: try journal(JournalFilter([:])).count)
    return try pages.page("home", data: view, title: "Sandbox")
  }

  private func journalPage(_ request: Request) throws -> Response {
    let filter = JournalFilter(request.query)
    let entries = try journal(filter)
    guard request.prefersPage else { return try .json(entries) }
    return try pages.page("journal", data: JournalView(entries.reversed(), filter), title: "Journal")
  }
}
