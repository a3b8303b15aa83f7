import Basics
import IssueSync

/// Something that happened to an issue, in a sentence whose parts from outside stand apart.
struct IssueEventView {
  /// Who did it; nil where that is not known.
  let who: String?
  /// What they did, up to the values.
  let what: String
  let before: String?
  let after: String?
  /// What follows the values.
  let origin: String
  let reason: String?
  let time: Moment
  /// `good`, `bad`, `warn` or `quiet`
  let state: String

  init(_ event: IssueStory.Event, now: Present) {
    let time = Moment(event.at, now: now)
    switch event {
    case .reported: self.init(what: "Reported", origin: "", state: "quiet", time)
    case .change(let change): self.init(change, time)
    case .edit(let edit): self.init(edit, time)
    }
  }

  private init(what: String, origin: String, state: String, _ time: Moment) {
    (who, before, after, reason) = (nil, nil, nil, nil)
    (self.what, self.origin, self.state, self.time) = (what, origin, state, time)
  }

  private init(_ change: Change, _ time: Moment) {
    let part = change.part == .status ? "the status" : "the assignee"
    who = change.personName
    before = Self.shown(change.before)
    after = Self.shown(change.after)
    origin = change.origin == .panel ? "from the panel" : "from Discord"
    reason = change.reason
    self.time = time
    (what, state) =
      switch change.state {
      case .pending: ("is changing \(part)", "warn")
      case .done: (change.undoes == nil ? "changed \(part)" : "put \(part) back", "good")
      case .refused: ("could not change \(part)", "bad")
      }
  }

  private init(_ edit: IssueEdit, _ time: Moment) {
    who = nil
    origin = "in Notion"
    reason = nil
    state = "quiet"
    self.time = time
    guard case .part(let part) = edit.what else {
      (before, after) = (nil, nil)
      what = edit.what == .removed ? "Removed" : "Returned"
      return
    }
    let name = part == .summary ? "description" : part == .due ? "due date" : part.rawValue
    what = "\(name.prefix(1).uppercased())\(name.dropFirst()) edited"
    before = part == .summary ? nil : Self.shown(edit.before)
    after = part == .summary ? nil : Self.shown(edit.after)
  }

  private static func shown(_ value: String) -> String { value.isEmpty ? "empty" : value }

  /// "Being set to Fixed"
  static func doing(_ change: Change) -> String {
    switch change.part {
    case .status: "Being set to \(change.after)"
    case .assignee: change.after.isEmpty ? "Being taken from \(change.before)" : "Being given to \(change.after)"
    }
  }

  static func undoing(_ change: Change) -> String {
    change.part == .status ? "Undo: back to \(shown(change.before))" : "Undo: assignee back to \(shown(change.before))"
  }
}
