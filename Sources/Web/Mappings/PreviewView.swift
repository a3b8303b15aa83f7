import Discord

/// A message of Discord's, as a page shows it: its texts as they stand, in Discord's markdown.
struct PreviewView {
  struct Field {
    let name: String
    let value: String
  }

  struct Card {
    let title: String
    let description: String
    let fields: [Field]
    let footer: String
  }

  let content: String
  let cards: [Card]
  let buttons: [String]

  init(_ draft: MessageDraft) {
    content = draft.content
    cards = draft.embeds.map { embed in
      Card(
        title: embed.title, description: embed.description.replacing(/<t:\d+:R>/, with: "some time ago"),
        fields: embed.fields.map { Field(name: $0.name, value: $0.value) }, footer: embed.footer.text)
    }
    buttons = draft.components.flatMap { row -> [String] in
      guard case .buttons(let buttons) = row else { return [] }
      return buttons.map(\.label)
    }
  }
}
