import Basics
import Discord

/// How an issue looks in Discord.
extension Issue {
  /// The message as it should stand now. Its first button always carries the issue's id, which is how a message of
  /// ours is found again when the answer to posting it was lost.
  public func drawn() -> MessageDraft {
    MessageDraft(embeds: [embed], components: [ActionRow(buttons)])
  }

  private var embed: Embed {
    Embed(
      title: heading, url: content.url.hasPrefix("http") ? content.url : nil,
      description: [content.summary.markdownEscaped, story].filter { !$0.isEmpty }.joined(separator: "\n\n"),
      color: color.rawValue, fields: fields, footer: "Guildhall · \(id.suffix(12))")
  }

  private var heading: String {
    let title = content.title.isEmpty ? "Untitled" : content.title.markdownEscaped
    return content.number.isEmpty ? title : "\(content.number) · \(title)"
  }

  private var fields: [Embed.Field] {
    [
      ("Status", content.status), ("Priority", content.priority), ("Assignee", content.assignee),
      ("Labels", content.labels),
    ].filter { !$0.1.isEmpty }.map { Embed.Field($0, $1.markdownEscaped) }
  }

  /// What happened last, in a line.
  private var story: String {
    if let notice { return "⚠ \(notice)" }
    return switch progress {
    case .fixing(let person, _): "Marking as fixed… (\(person.markdownEscaped))"
    case .fixed(let person, let time) where content.isFixed:
      "Marked as fixed by \(person.markdownEscaped) <t:\(time.seconds):R>"
    default: content.isTrashed ? "Moved to the trash in Notion." : "Reported <t:\(content.reportedAt.seconds):R>"
    }
  }

  private var color: Color {
    if notice != nil { return .bad }
    if content.isFixed { return .good }
    if case .fixing = progress { return .warn }
    return .info
  }

  private var buttons: [Button] {
    let label: String
    var isDisabled = true
    if content.isTrashed {
      label = "In the trash"
    } else if content.isFixed {
      label = "Fixed"
    } else if case .fixing = progress {
      label = "Marking as fixed…"
    } else {
      label = "Mark as fixed"
      isDisabled = false
    }
    let fix = Button(label, .press(customID: CustomID(action: Issue.fixAction, id: id), .success), isDisabled: isDisabled)
    return content.url.hasPrefix("http") ? [fix, Button("Open in Notion", .open(url: content.url))] : [fix]
  }

  /// The action in the custom id of "Mark as fixed".
  public static let fixAction = "issue.fix"

  /// The four colours of state, as Discord wants them.
  private enum Color: Int {
    case good = 0x1F7A46
    case warn = 0xA6700B
    case bad = 0xB9382F
    case info = 0x27749B
  }
}
