import Basics
import IssueSync
import Store

/// A list of issues as a file for spreadsheets.
enum IssueExport {
  /// More would be a file that nobody opens, and memory that others need.
  static let most = 20_000

  static func text(of list: IssueList, _ queries: some Queries) throws -> String {
    var text = CSV.mark + CSV.line(heading)
    var start: Keyset?
    var count = 0
    repeat {
      let page = try list.page(from: start, limit: 1000, queries)
      for entry in page.entries { text += CSV.line(cells(entry)) }
      count += page.entries.count
      start = page.next
    } while start != nil && count < most
    if start != nil {
      text += CSV.line(["There are more than \(most) issues; this file ends here. Narrow the filter to get the others."]
      )
    }
    return text
  }

  private static let heading = [
    "Number", "Title", "Status", "Priority", "Assignee", "Labels", "Due", "Reported", "Last edited", "Fixed", "Notion",
  ]

  private static func cells(_ entry: IssueEntry) -> [String] {
    [
      entry.number, entry.title, entry.status, entry.priority, entry.assignee, entry.labels, entry.due,
      entry.reportedAt.description, entry.editedAt.description, entry.fixedAt?.description ?? "", entry.url,
    ]
  }
}
