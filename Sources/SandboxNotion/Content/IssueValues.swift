import Basics

/// The values of one issue, besides title and description.
struct IssueValues {
  let people: [String]

  /// By name of the column, as they are kept.
  func values(_ index: Int, created: Timestamp, _ chance: inout Chance) -> [String: JSONValue] {
    var values: [String: JSONValue] = [
      "Status": option("status", chance.weighted(Self.statuses)),
      "Labels": options("label", chance.some(chance.number(0...3), of: TrackerColumns.labels.map(\.0))),
      "Platform": options("platform", chance.some(chance.number(1...3), of: TrackerColumns.platforms.map(\.0))),
      "ID": .integer(Int64(index + 1)),
    ]
    if !chance.percent(5) { values["Priority"] = option("priority", chance.weighted(Self.priorities)) }
    if chance.percent(60) {
      values["Assignee"] = .array(chance.some(chance.percent(15) ? 2 : 1, of: people).map(JSONValue.string))
    }
    if !chance.percent(4) { values["Reported"] = date(index, created) }
    if !chance.percent(6) { values["Votes"] = .integer(votes(&chance)) }
    if chance.percent(55) { values["Reproducible"] = true }
    contact(index, &values, &chance)
    return values
  }

  private static let statuses = [
    ("Not started", 20), ("Triaged", 19), ("In progress", 14), ("Blocked", 6), ("Fixed", 34), ("Won't fix", 7),
  ]
  private static let priorities = [("P0", 5), ("P1", 21), ("P2", 48), ("P3", 26)]

  private func option(_ kind: String, _ name: String) -> JSONValue { .string(TrackerColumns.optionID(kind, name)) }

  private func options(_ kind: String, _ names: [String]) -> JSONValue { .array(names.map { option(kind, $0) }) }

  /// Mostly days; some are instants with an offset, some stretches.
  private func date(_ index: Int, _ created: Timestamp) -> JSONValue {
    let day = String(created.description.prefix(10))
    let start = index % 11 == 4 ? "\(day)T09:30:00.000+09:00" : day
    let end = index % 17 == 9 ? JSONValue.string(String(Days.adding(2, to: created).description.prefix(10))) : .null
    return ["start": .string(start), "end": index % 11 == 4 ? .null : end, "time_zone": .null]
  }

  /// Few have many.
  private func votes(_ chance: inout Chance) -> Int64 {
    let base = chance.number(0...30)
    return Int64(chance.percent(8) ? base * chance.number(5...14) : base)
  }

  private func contact(_ index: Int, _ values: inout [String: JSONValue], _ chance: inout Chance) {
    let reporter = chance.one(of: ["wisp", "ember", "harbour", "moss", "tallow", "wick", "brine", "rook"])
    if chance.percent(70) { values["Reporter e-mail"] = .string("\(reporter)\(index)@example.com") }
    if chance.percent(12) { values["Phone"] = .string("+49 30 555 \(1000 + index)") }
    if chance.percent(30) { values["Video"] = .string("https://example.com/clips/lk-\(index + 1)") }
    guard chance.percent(25) else { return }
    values["Attachments"] = .array(
      (1...chance.number(1...3)).map { number in
        let name = number == 1 ? "screenshot.png" : "log-\(number).txt"
        let url = "https://example.com/files/lk-\(index + 1)/\(name)"
        return ["name": .string(name), "type": "external", "external": ["url": .string(url)]]
      })
  }
}
