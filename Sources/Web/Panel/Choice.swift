/// One of several things to choose from in a form.
struct Choice {
  let value: String
  let label: String
  let isChosen: Bool
}

/// A field of a form to choose from.
struct ChoiceField {
  let name: String
  let label: String
  let options: [Choice]

  /// What is chosen stays among the options, even when nothing is like it any more.
  init(_ name: String, _ label: String, _ options: [(value: String, title: String)], chosen: String) {
    self.name = name
    self.label = label
    let isKnown = options.contains { $0.value == chosen }
    let all = options + (isKnown ? [] : [(value: chosen, title: chosen)])
    self.options = all.map { Choice(value: $0.value, label: $0.title, isChosen: $0.value == chosen) }
  }
}
