import Accounts
import Basics

/// The audit log of a server as its page shows it.
struct AuditView {
  struct Day {
    let name: String
    let label: String
    let value: String
    let fault: String?
  }

  struct Line {
    let at: Moment
    let who: String
    let whoHelp: String
    let isErased: Bool
    let words: String
    let action: String
    let isDenied: Bool
    let target: String
    let targetHelp: String
    /// What changed, in a line.
    let short: String
    let before: String?
    let after: String?
    let request: String?
  }

  let address: String
  let person: String
  let target: String
  let choices: [Choice]
  let days: [Day]
  let isFiltered: Bool
  let isEmpty: Bool
  let lines: [Line]
  let older: String?
  let newer: String?
  let csv: String
  let json: String
  let limit: String

  /// - Parameter page: nil when the form could not be understood.
  init(_ form: AuditForm, _ page: AuditPage?, at address: String, now: Present) {
    self.address = address
    person = form.values["person"] ?? ""
    target = form.values["target"] ?? ""
    let chosen = form.values["action"] ?? ""
    let known = Set(AuditEvent.all.map(\.name))
    let others = Action.allCases.map(\.rawValue).filter { !known.contains($0) }
    choices =
      AuditEvent.all.map { Choice(value: $0.name, label: $0.words, isChosen: $0.name == chosen) }
      + others.map { Choice(value: $0, label: "was refused: \($0)", isChosen: $0 == chosen) }
    days = [("from", "From"), ("to", "To")].map {
      Day(name: $0, label: $1, value: form.values[$0] ?? "", fault: form.faults[$0])
    }
    isFiltered = !form.isEmpty
    lines = (page?.records ?? []).map { Line($0, now: now) }
    isEmpty = lines.isEmpty && page != nil
    older = page?.older.map { address + form.query(["older": $0.description]) }
    newer = page?.newer.map { address + form.query(["newer": $0.description]) }
    csv = "\(address).csv\(form.query())"
    json = "\(address).json\(form.query())"
    limit = "10,000"
  }
}

extension AuditView.Line {
  fileprivate init(_ record: AuditRecord, now: Present) {
    at = Moment(record.at, now: now)
    isErased = record.actorName == nil
    who = record.actorName.map { $0.isEmpty ? record.actorID ?? "" : $0 } ?? "somebody who was erased"
    whoHelp = [Self.kinds[record.actorKind], record.actorID].compactMap(\.self).joined(separator: " ")
    isDenied = record.outcome == .denied
    action = record.action
    words = isDenied ? "was refused (\(record.action))" : AuditEvent.words(of: record.action) ?? record.action
    target = record.targetName.flatMap { $0.isEmpty ? nil : $0 } ?? record.targetID ?? ""
    targetHelp = [record.targetKind, record.targetID].compactMap(\.self).joined(separator: " ")
    before = record.before
    after = record.isErased ? "erased" : record.after
    let change = [before, after].compactMap(\.self).joined(separator: " → ")
    short = Self.line(change.isEmpty ? "Details" : change)
    request = record.request
  }

  private static func line(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: ", ")
    return line.count <= 60 ? line : line.prefix(59) + "…"
  }

  private static let kinds = [
    "person": "Discord", "key": "API key", "program": "program", "operator": "at the machine:",
  ]
}
