import Basics
import HTTP
import Markdown

/// A message as the page shows it to one person.
struct MessageView {
  let id: String
  let author: String
  let initial: String
  /// One of eight hues for the picture.
  let hue: Int
  let isApp: Bool
  let time: String
  let exactTime: String
  let datetime: String
  let isEdited: Bool
  let isPrivate: Bool
  let isThinking: Bool
  /// Whose message is answered, and how it begins.
  let replied: Replied?
  let content: String
  let embeds: [EmbedView]
  let files: [String]
  let rows: [RowView]
  let failure: String?
  let click: Target
  /// The commands this person may choose on it.
  let apps: [App]
  let hasApps: Bool

  struct App {
    let command: String
    let click: Target
  }

  struct Replied {
    let author: String
    let text: String
  }

  /// Where the forms of this message post to, and as whom.
  struct Target {
    let channel: String
    let message: String
    let user: String
  }
}

/// Its members have names that no message has: a template looks for what is nil here in what is around it.
struct EmbedView {
  let color: String
  let byline: String?
  let title: String?
  let url: String?
  let description: String
  let fields: [Field]
  let image: String?
  let footer: String?
  let when: String?

  struct Field {
    let name: String
    let value: String
    let isInline: Bool
  }
}

/// A line of components: buttons, a select, a text, a rule.
struct RowView {
  var buttons: [Button] = []
  var select: Select?
  var text: String?
  var isRule = false

  struct Button {
    let id: String
    let label: String
    let emoji: String?
    let customID: String?
    let url: String?
    let kind: String
    let isDisabled: Bool
    let click: MessageView.Target
  }

  struct Select {
    let id: String
    let customID: String
    let placeholder: String
    let options: [Option]
    let isMultiple: Bool
    let isDisabled: Bool
    let click: MessageView.Target
    /// One choice is asked for, and none is made yet.
    let isUnchosen: Bool
  }

  struct Option {
    let value: String
    let label: String
    let isChosen: Bool
  }
}
