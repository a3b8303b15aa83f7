import Basics

/// Titles and descriptions of the first issues.
struct IssueText {
  private var used: Set<String> = []

  /// Awkward and foreign titles are spread evenly among the composed ones.
  mutating func title(_ index: Int, _ chance: inout Chance) -> String {
    let special = BugPhrases.awkward + BugPhrases.otherLanguages
    if index % 7 == 3, index / 7 < special.count { return special[index / 7] }
    while true {
      let title = [
        chance.one(of: BugPhrases.things), chance.one(of: BugPhrases.faults), chance.one(of: BugPhrases.circumstances),
      ].joined(separator: " ")
      if used.insert(title).inserted { return title }
    }
  }

  /// Rich text: sentences, bold and code here and there, a link, and now and then a long log.
  func description(_ index: Int, _ chance: inout Chance) -> JSONValue {
    if index % 19 == 5 { return [] }
    var pieces = [
      RichText.piece(chance.one(of: BugPhrases.openings) + "\n"),
      RichText.piece("Steps: ", annotations: annotated("bold")),
      RichText.piece(chance.one(of: BugPhrases.steps) + "\n"),
    ]
    if chance.percent(35) {
      pieces.append(RichText.piece(chance.one(of: BugPhrases.steps) + "\n", annotations: annotated("italic")))
    }
    pieces.append(RichText.piece(chance.one(of: BugPhrases.outcomes)))
    if chance.percent(25) {
      pieces.append(RichText.piece(" See "))
      pieces.append(RichText.piece("the thread", link: "https://example.com/forum/threads/\(4000 + index)"))
    }
    if index % 29 == 11 { pieces += log(&chance) }
    if index % 61 == 7 { pieces.append(RichText.piece(" @everyone **not bold** <b>not bold either</b>")) }
    return .array(pieces)
  }

  /// Over 2,000 characters, so that it arrives in several pieces.
  private func log(_ chance: inout Chance) -> [JSONValue] {
    (0..<chance.number(2...3)).map { part in
      var text = "\n"
      while text.utf16.count < 1850 { text += "\(part)\(text.utf16.count) \(chance.one(of: BugPhrases.logLines))\n" }
      return RichText.piece(text, annotations: annotated("code"))
    }
  }

  private func annotated(_ name: String) -> JSONValue {
    .object((RichText.plainAnnotations.object ?? [:]).merging([name: true]) { $1 })
  }
}
