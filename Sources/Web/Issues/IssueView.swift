import Basics
import HTTP
import IssueSync

/// One issue as a page.
struct IssueView {
  struct Fact {
    let name: String
    let value: String
  }

  struct Undo {
    let change: String
    let button: String
  }

  let title: String
  let number: String?
  let status: String
  let state: String
  let facts: [Fact]
  let reported: Moment
  let edited: Moment
  let fixed: Moment?
  let summary: String?
  let list: String
  let address: String
  let discord: String?
  let notion: String?
  /// What is being done right now, in words.
  let doing: String?
  let isRemoved: Bool
  let fault: String?
  /// What Notion refused last, until something else is asked for.
  let notice: String?
  let controls: IssueControls?
  let undo: Undo?
  let events: [IssueEventView]
  let isCut: Bool
  let formKey: String

  /// - Parameter formKey: nil for those who may only look.
  init(_ story: IssueStory, fault: Failure?, formKey: String?, at hall: String, now: Present) {
    let content = story.issue.content
    title = content.title.orUntitled
    number = content.number.isEmpty ? nil : content.number
    status = content.status.isEmpty ? "No status" : content.status
    state = story.pending != nil ? "warn" : content.isFixed ? "good" : content.isClosed ? "quiet" : "open"
    facts = Self.facts(story)
    reported = Moment(content.reportedAt, now: now)
    edited = Moment(content.editedAt, now: now)
    fixed = content.isFixed ? story.fixedAt.map { Moment($0, now: now) } : nil
    summary = content.summary.isEmpty ? nil : content.summary
    list = "\(hall)/issues"
    address = "\(hall)/issues/\(story.issue.id)"
    discord = story.message?.description
    // Only what is surely a page; an address from outside could be a script.
    notion = content.url.hasPrefix("https://") ? content.url : nil
    doing = story.pending.map(IssueEventView.doing)
    isRemoved = content.isRemoved
    self.fault = fault?.sentence
    notice = story.issue.lastChange?.reason.flatMap { story.issue.notice == nil ? nil : $0 }
    self.formKey = formKey ?? ""
    controls = formKey == nil || story.pending != nil || content.isRemoved ? nil : IssueControls(story)
    undo = formKey == nil ? nil : story.undoable.map { Undo(change: $0.id, button: IssueEventView.undoing($0)) }
    events = story.events.map { IssueEventView($0, now: now) }
    isCut = story.isCut
  }

  private static func facts(_ story: IssueStory) -> [Fact] {
    let content = story.issue.content
    return [
      ("Priority", content.priority), ("Assignee", content.assignee.isEmpty ? "Nobody" : content.assignee),
      ("Due", content.due), ("Labels", content.labels), ("Table", story.mapping.name),
    ].filter { !$0.1.isEmpty }.map { Fact(name: $0, value: $1) }
  }
}

/// What may be changed.
struct IssueControls {
  let status: ChoiceField
  /// Nil where the table takes nobody, or nobody is known yet.
  let assignee: ChoiceField?

  init(_ story: IssueStory) {
    let content = story.issue.content
    status = ChoiceField(
      "status", "Status", story.mapping.statusOptions.map { ($0, $0) }, chosen: content.status)
    let people = story.people.map { (value: $0.id, title: $0.name) }
    let chosen = story.people.first { $0.name == content.assignee }?.id ?? ""
    assignee = people.isEmpty ? nil : ChoiceField("assignee", "Assignee", [("", "Nobody")] + people, chosen: chosen)
  }
}
