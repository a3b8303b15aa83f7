import Basics

/// What the templates of the stage show.
struct HomeView {
  struct Section {
    let title: String
    let sentence: String
    let baseURL: String
    let links: [Link]

    init(_ corner: Corner) throws {
      title = corner.title
      sentence = corner.sentence
      baseURL = corner.baseURL
      links = try corner.links().map(Link.init)
    }
  }

  struct Link {
    let title: String
    let href: String
    /// Nil rather than empty: to a template an empty text is there.
    let note: String?

    init(_ link: Corner.Link) {
      title = link.title
      href = link.href
      note = link.note.isEmpty ? nil : link.note
    }
  }

  let corners: [Section]
  let entries: Int
}

struct JournalView {
  struct Line {
    let seq: String
    let at: String
    let time: String
    let service: String
    let method: String
    /// Without the sandbox's own prefix, which is the same for all of a service.
    let place: String
    let full: String
    let status: Int
    let isBad: Bool
    let effect: String
    let fault: String
    let milliseconds: String
    /// Nil rather than empty: to a template an empty text is there.
    let body: String?
  }

  let lines: [Line]
  let isEmpty: Bool
  let service: String
  let method: String
  let path: String

  init(_ entries: some Sequence<JournalEntry>, _ filter: JournalFilter) throws {
    lines = try entries.map { entry in
      let at = entry.at.description
      return Line(
        seq: String(entry.seq), at: at, time: String(at.dropFirst(11).dropLast()), service: entry.service,
        method: entry.method, place: place(of: entry),
        full: entry.path + (entry.query.isEmpty ? "" : "?" + entry.query), status: entry.status,
        isBad: entry.status >= 400, effect: entry.effect ? "changed" : "",
        fault: try entry.fault.map { try JSON.text($0) } ?? "",
        milliseconds: format(microseconds: entry.microseconds),
        body: entry.body.isEmpty ? nil : String(entry.body.prefix(2000)))
    }
    isEmpty = lines.isEmpty
    service = filter.service ?? ""
    method = filter.method ?? ""
    path = filter.path ?? ""
  }
}

private func place(of entry: JournalEntry) -> String {
  let prefix = "/sandbox/\(entry.service)"
  return entry.path.hasPrefix(prefix) ? String(entry.path.dropFirst(prefix.count)) : entry.path
}

private func format(microseconds: Int64) -> String { "\(microseconds / 1000).\(microseconds % 1000 / 100)" }

struct FaultsView {
  struct Line {
    let service: String
    let method: String
    let path: String
    let action: String
    let progress: String
  }

  let lines: [Line]
  let isEmpty: Bool

  init(_ faults: [ScriptedFault]) throws {
    lines = try faults.map { fault in
      let rule = fault.rule
      return Line(
        service: rule.service ?? "any", method: rule.method ?? "any", path: rule.path ?? "*",
        action: try JSON.text(rule.action),
        progress: "\(fault.applied) of \(rule.times.map(String.init) ?? "any number"), \(fault.matched) seen")
    }
    isEmpty = lines.isEmpty
  }
}
