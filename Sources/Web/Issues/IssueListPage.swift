import Accounts
import Basics
import Discord
import HTTP
import IssueSync
import Store

extension Panel {
  /// The issues of a server: the list, one of them, and the list as a file.
  public func issueDoorways(_ changing: Changing) -> [Doorway] {
    [
      page("/issues", .seeHall) { try issueList($0) },
      page("/issues.csv", .seeHall) { try issueExport($0) },
    ] + issuePageDoorways(changing)
  }

  private func issueList(_ visit: Visit) throws -> Response {
    let query = IssueQuery(visit.request.query)
    let (page, choices) = try store.read { queries in
      (
        try query.list(of: visit.guild).page(from: query.start, limit: 50, queries),
        try IssueList.choices(in: visit.guild, queries)
      )
    }
    let view = try IssueListView(page, query, choices, at: visit.address(), now: present(visit))
    return try show("issues", view, title: "Issues", to: visit)
  }

  /// All that the filter leaves, so far as a file should hold it.
  private func issueExport(_ visit: Visit) throws -> Response {
    let query = IssueQuery(visit.request.query)
    let text = try store.read { try IssueExport.text(of: query.list(of: visit.guild), $0) }
    var response = Response(body: Array(text.utf8))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] =
      "attachment; filename=\"issues-\(clock.now().description.prefix(10)).csv\""
    return response
  }
}

/// What the address of a list asks for. What it says wrongly is as if it were not said.
struct IssueQuery {
  var filter = IssueFilter()
  var order = IssueOrder.edited
  var start: Keyset?

  init(_ fields: Fields) {
    filter.state = fields["state"].flatMap(IssueFilter.State.init) ?? .open
    filter.status = Self.chosen(fields["status"])
    filter.priority = Self.chosen(fields["priority"])
    filter.assignee = Self.chosen(fields["assignee"])
    filter.mapping = fields["mapping"].flatMap { $0.isEmpty ? nil : $0 }
    filter.text = String((fields["q"] ?? "").prefix(IssueFilter.longestText))
    order = fields["sort"].flatMap(IssueOrder.init) ?? .edited
    start = fields["at"].flatMap(Keyset.init)
  }

  /// Stands for "empty" in a choice; an empty choice is none.
  static let empty = "-"

  private static func chosen(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 == empty ? "" : $0 } }

  func list(of guild: GuildID) -> IssueList { IssueList(of: guild, filter, in: order) }

  /// As it stands in an address, beginning at a place of the list.
  func fields(from start: Keyset? = nil) -> Fields {
    func named(_ value: String?) -> String { value.map { $0.isEmpty ? Self.empty : $0 } ?? "" }
    let all = [
      ("q", filter.text), ("state", filter.state == .open ? "" : filter.state.rawValue),
      ("status", named(filter.status)),
      ("priority", named(filter.priority)), ("assignee", named(filter.assignee)), ("mapping", filter.mapping ?? ""),
      ("sort", order == .edited ? "" : order.rawValue), ("at", start?.description ?? ""),
    ]
    return all.reduce(into: Fields()) { if !$1.1.isEmpty { $0.add($1.0, $1.1) } }
  }
}
