import Basics
import HTTP
import IssueSync
import Store

struct IssueListView {
  struct Line {
    let address: String
    let number: String
    let title: String
    let status: String
    /// `good` when it is fixed, `quiet` when it is closed otherwise, else `open`.
    let state: String
    let priority: String
    let assignee: String
    let edited: Moment
    let reported: Moment
  }

  let address: String
  let text: String
  let longestText: Int
  let fields: [ChoiceField]
  let lines: [Line]
  let next: String?
  let previous: String?
  let export: String
  let isFiltered: Bool
  /// Nothing to show, though there could be something.
  let isEmpty: Bool
  /// No table is mapped, so there can be nothing.
  let mapAddress: String?

  /// - Parameter hall: the address of the server's overview.
  init(_ page: ListPage<IssueEntry>, _ query: IssueQuery, _ choices: IssueList.Choices, at hall: String, now: Present) {
    let address = "\(hall)/issues"
    self.address = address
    text = query.filter.text
    longestText = IssueFilter.longestText
    fields = Self.fields(query, choices)
    lines = page.entries.map { Line($0, at: address, now: now) }
    next = page.next.map { "\(address)?\(query.fields(from: $0).encoded)" }
    previous = page.previous.map { "\(address)?\(query.fields(from: $0).encoded)" }
    export = "\(address).csv?\(query.fields().encoded)"
    isFiltered = !query.fields().pairs.isEmpty
    isEmpty = page.entries.isEmpty && !choices.mappings.isEmpty
    mapAddress = choices.mappings.isEmpty ? "\(hall)/mappings/new" : nil
  }

  private static func fields(_ query: IssueQuery, _ choices: IssueList.Choices) -> [ChoiceField] {
    let filter = query.filter
    func named(_ values: [String], empty: String) -> [(value: String, title: String)] {
      [("", "Any")] + values.map { $0.isEmpty ? (IssueQuery.empty, empty) : ($0, $0) }
    }
    func chosen(_ value: String?) -> String { value.map { $0.isEmpty ? IssueQuery.empty : $0 } ?? "" }
    let states = [("open", "Open"), ("fixed", "Fixed"), ("closed", "Closed otherwise"), ("all", "All")]
    let orders = [
      ("edited", "Last edited"), ("reported", "Newest"), ("oldest", "Oldest"), ("priority", "Priority"),
      ("status", "Status"),
    ]
    let tables = [("", "Any")] + choices.mappings.map { ($0.id, $0.name) }
    let isOneTable = choices.mappings.count == 1 && filter.mapping == nil
    let fields = [
      ChoiceField("state", "Show", states, chosen: filter.state.rawValue),
      ChoiceField("status", "Status", named(choices.statuses, empty: "No status"), chosen: chosen(filter.status)),
      ChoiceField("priority", "Priority", named(choices.priorities, empty: "None"), chosen: chosen(filter.priority)),
      ChoiceField("assignee", "Assignee", named(choices.assignees, empty: "Nobody"), chosen: chosen(filter.assignee)),
      ChoiceField("mapping", "Table", tables, chosen: filter.mapping ?? ""),
      ChoiceField("sort", "Order", orders, chosen: query.order.rawValue),
    ]
    return fields.filter { $0.name != "mapping" || !isOneTable }
  }
}

extension IssueListView.Line {
  fileprivate init(_ entry: IssueEntry, at list: String, now: Present) {
    address = "\(list)/\(entry.id)"
    number = entry.number
    title = entry.title.orUntitled
    status = entry.status.isEmpty ? "No status" : entry.status
    state = entry.isFixed ? "good" : entry.isClosed ? "quiet" : "open"
    priority = entry.priority
    assignee = entry.assignee
    edited = Moment(entry.editedAt, now: now)
    reported = Moment(entry.reportedAt, now: now)
  }
}
