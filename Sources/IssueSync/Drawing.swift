import Basics
import Discord

/// How an issue looks in Discord.
extension Issue {
  /// The message as it should stand now. Its first button always carries the issue's id, which is how a message of
  /// ours is found again when the answer to posting it was lost.
  public func drawn(under mapping: Mapping, at time: Timestamp) -> MessageDraft {
    let rows: [ActionRow] = [.buttons(buttons(mapping, time))] + (statusSelect(mapping).map { [.select($0)] } ?? [])
    return MessageDraft(embeds: [embed(mapping)], components: rows)
  }

  /// The custom id that every message of this issue carries.
  var mark: String { CustomID(action: IssueAction.fix, id: id).description }

  private func embed(_ mapping: Mapping) -> Embed {
    // What happened last must not be cut away by what is long.
    let body = mapping.rules.body.filled(content).cut(to: 1600)
    return Embed(
      title: heading(mapping.rules.heading), url: content.url.hasPrefix("http") ? content.url : nil,
      description: [body, story(mapping)].filter { !$0.isEmpty }.joined(separator: "\n\n"), color: color.rawValue,
      fields: fields(mapping.rules), footer: "Guildhall · \(id.suffix(12))")
  }

  private func heading(_ template: Template) -> String {
    template.filled(content).orUntitled
  }

  /// What the templates do not place already; at most four, so that a message stays small.
  private func fields(_ rules: Rules) -> [Embed.Field] {
    [Part.status, .priority, .assignee, .due, .labels]
      .filter { !rules.heading.places($0) && !rules.body.places($0) && !content[$0].isEmpty }
      .prefix(4).map { Embed.Field($0 == .due ? "Due" : $0.label, content[$0].markdownEscaped.cut(to: 300)) }
  }

  /// What happened last, in a line.
  private func story(_ mapping: Mapping) -> String {
    if let notice { return "⚠ \(notice)" }
    if content.isRemoved { return "No longer among the issues shown here." }
    guard let change = lastChange else { return reported }
    let person = change.personName.markdownEscaped
    switch change.state {
    case .pending: return "\(change.doing(mapping))… (\(person))"
    case .done(let at) where change.stillHolds(content):
      return "\(change.done(mapping)) by \(person) <t:\(at.seconds):R>"
    default: return reported
    }
  }

  private var reported: String { "Reported <t:\(content.reportedAt.seconds):R>" }

  /// The change that Notion has not confirmed yet.
  var pending: Change? { lastChange.flatMap { $0.isPending ? $0 : nil } }

  private var color: Color {
    if notice != nil { return .bad }
    if content.isClosed { return .good }
    return pending == nil ? .info : .warn
  }

  private func buttons(_ mapping: Mapping, _ time: Timestamp) -> [Button] {
    var buttons = [fixButton(mapping)]
    if let lastChange, lastChange.canBeTakenBack(from: content, at: time) {
      buttons.append(
        Button("Undo", .press(customID: CustomID(action: IssueAction.undo, id: lastChange.id), .secondary)))
    } else if mapping.roles.canAssign, !content.isClosed, !content.isRemoved {
      let assign = CustomID(action: IssueAction.assign, id: id)
      buttons.append(Button("Assign to me", .press(customID: assign, .secondary), isDisabled: pending != nil))
    }
    if content.url.hasPrefix("http") { buttons.append(Button("Open in Notion", .open(url: content.url))) }
    return buttons
  }

  private func fixButton(_ mapping: Mapping) -> Button {
    let doing = pending.map { $0.doing(mapping) + "…" }
    let label = content.isRemoved ? "Removed" : content.isFixed ? "Fixed" : doing ?? "Mark as fixed"
    let isDisabled = content.isRemoved || content.isFixed || pending != nil
    return Button(label, .press(customID: CustomID(action: IssueAction.fix, id: id), .success), isDisabled: isDisabled)
  }

  private func statusSelect(_ mapping: Mapping) -> StringSelect? {
    guard !content.isRemoved, (2...25).contains(mapping.statusOptions.count) else { return nil }
    return StringSelect(
      CustomID(action: IssueAction.status, id: id), placeholder: "Set the status",
      options: mapping.statusOptions.map { StringSelect.Option($0, value: $0, isDefault: $0 == content.status) },
      isDisabled: pending != nil)
  }

  /// The four colours of state, as Discord wants them.
  private enum Color: Int {
    case good = 0x1F7A46
    case warn = 0xA6700B
    case bad = 0xB9382F
    case info = 0x27749B
  }
}

/// What the controls on an issue's message are called.
public enum IssueAction {
  public static let fix = "issue.fix"
  public static let status = "issue.status"
  public static let assign = "issue.assign"
  public static let undo = "issue.undo"
  public static let person = "issue.person"
}

extension Change {
  /// "Marking as fixed", "Setting the status to Blocked", …
  fileprivate func doing(_ mapping: Mapping) -> String {
    switch part {
    case .status where undoes != nil: "Putting back to \(after.markdownEscaped)"
    case .status: after == mapping.fixedOption ? "Marking as fixed" : "Setting to \(after.markdownEscaped)"
    case .assignee: after.isEmpty ? "Unassigning" : "Assigning"
    }
  }

  fileprivate func done(_ mapping: Mapping) -> String {
    switch part {
    case .status where undoes != nil: "Put back to \(after.markdownEscaped)"
    case .status: after == mapping.fixedOption ? "Marked as fixed" : "Set to \(after.markdownEscaped)"
    case .assignee: after.isEmpty ? "Unassigned" : "Assigned to \(after.markdownEscaped)"
    }
  }

  /// Whether the row still says what this change made it say.
  func stillHolds(_ content: Issue.Content) -> Bool {
    switch part {
    case .status: content.status == after
    case .assignee: content.assignee == after
    }
  }
}

extension MessageDraft {
  /// A new issue calls the roles that want to know of its priority. Calls are made once, when the message is posted.
  func calling(for issue: Issue, _ mapping: Mapping) -> MessageDraft {
    var draft = self
    draft.calledRoles = mapping.rules.called(for: issue.content.priority)
    draft.content = draft.calledRoles.map { "<@&\($0)>" }.joined(separator: " ")
    return draft
  }
}
