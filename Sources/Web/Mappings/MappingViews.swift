import Accounts
import Basics
import Discord
import IssueSync
import Notion

/// A mapping in a list.
struct MappingRow {
  let name: String
  /// Told where the name alone does not tell which mapping it is.
  let channel: String?
  let issues: Int
  let lastRun: Moment?
  /// `good`, `warn`, `bad` or `quiet`
  let state: String
  let word: String
  /// What it fails of, where it fails; else the word.
  let sentence: String
  let address: String

  init(_ health: MappingHealth, channel: String? = nil, now: Present, at page: String) {
    name = health.name
    self.channel = channel
    issues = health.issues
    lastRun = health.lastRun.map { Moment($0, now: now) }
    address = "\(page)/\(health.id)"
    (state, word) =
      switch health.state {
      case .working: ("good", "Working")
      case .failing: ("bad", "Failing")
      case .waiting: ("warn", "Waiting for the first sync")
      case .paused: ("quiet", "Paused")
      }
    sentence = health.state == .failing ? health.lastError ?? word : word
  }
}

struct MappingsView {
  let rows: [MappingRow]
  let isEmpty: Bool
  let address: String
  let mayManage: Bool
  let hasWorkspace: Bool
  /// Where a workspace is linked first.
  let connections: String
}

/// One mapping: what it does, how it fares, what its runs came to.
struct MappingView {
  struct Run {
    let at: Moment
    let scope: String
    let read: Int
    let new: Int
    let changed: Int
    let removed: Int
    let calls: Int
    let seconds: String
    let state: String
    let sentence: String

    init(_ run: SyncRun, now: Present) {
      at = Moment(run.started, now: now)
      scope =
        switch run.scope {
        case .first: "First"
        case .edits: "Edits"
        case .full: "Everything"
        }
      (read, new, changed, removed, calls) = (run.read, run.new, run.changed, run.removed, run.calls)
      let tenths = (run.finished - run.started).milliseconds / 100
      seconds = "\(tenths / 10).\(tenths % 10) s"
      state = run.error != nil ? "bad" : run.isComplete ? "good" : "warn"
      sentence = run.error ?? (run.isComplete ? "Complete" : "Broke off; the next run goes on")
    }
  }

  let formKey: String
  let name: String
  let address: String
  let row: MappingRow
  let channel: String
  let channelAddress: String
  let tableAddress: String
  let fixed: String
  let closed: String
  let filter: String
  let who: String
  let isPaused: Bool
  let isRunning: Bool
  let mayManage: Bool
  let mayRun: Bool
  let trial: String?
  let trialFault: String?
  let runs: [Run]

  init(
    _ mapping: Mapping, health: MappingHealth, runs: [SyncRun], running: Bool, channel: String,
    trial: Result<Syncing.Report, Failure>?, _ visit: Visit, now: Present
  ) {
    formKey = visit.visitor.formKey
    name = mapping.name
    address = visit.address("mappings/\(mapping.id)")
    row = MappingRow(health, now: now, at: visit.address("mappings"))
    self.channel = channel
    channelAddress = "https://discord.com/channels/\(mapping.guild)/\(mapping.channel)"
    tableAddress = "https://www.notion.so/\(mapping.database.rawValue.replacing("-", with: ""))"
    fixed = mapping.fixedOption
    closed = mapping.closedOptions.joined(separator: ", ")
    filter = mapping.rules.filter.conditions.map(\.description).joined(separator: "; ")
    who = mapping.rules.pressers.isEmpty ? "Every member" : "Holders of \(counted(mapping.rules.pressers.count, "role"))"
    isPaused = mapping.isPaused
    isRunning = running
    mayManage = visit.may(.manageMappings)
    mayRun = visit.may(.runSync)
    self.trial = trial?.value.map { report in
      "A sync now would read \(report.read) rows: \(report.new) new, \(report.changed) changed, "
        + "\(report.removed) gone\(report.isComplete ? "" : ", and there are more"). Nothing was kept."
    }
    trialFault = trial?.fault
    self.runs = runs.map { Run($0, now: now) }
  }
}

/// The first step of making a mapping: a table and a channel.
struct ChoiceView {
  let address: String
  let connections: String
  let workspaces: [Choice]
  let hasSeveral: Bool
  let workspace: String?
  let words: String
  let tables: [Choice]
  let channels: [Choice]

  /// - Parameter tables: what the workspace shows us; its own index may be some minutes late.
  init(
    workspaces: [Connection], _ chosen: Connection?, words: String, tables: [FoundTable], channels: [Channel],
    _ visit: Visit
  ) {
    address = visit.address("mappings/new")
    connections = visit.address("connections")
    self.workspaces = workspaces.map { Choice(value: $0.id, label: $0.label, isChosen: $0.id == chosen?.id) }
    hasSeveral = workspaces.count > 1
    workspace = chosen?.id
    self.words = words
    self.tables = tables.enumerated().map { index, table in
      Choice(
        value: "\(table.database.rawValue) \(table.id.rawValue)", label: table.name, isChosen: index == 0)
    }
    self.channels = channels.filter { $0.isForum || $0.holdsMessages }.sorted { ($0.name ?? "") < ($1.name ?? "") }
      .map {
        Choice(
          value: $0.id.rawValue, label: "\($0.name ?? $0.id.rawValue)\($0.isForum ? " (forum)" : "")", isChosen: false)
      }
  }
}

extension Channel {
  /// The kinds a community keeps issues in: text and announcements, no voice channels or threads.
  fileprivate var holdsMessages: Bool { type == 0 || type == 5 }
}

struct RemovalView {
  let formKey: String
  let name: String
  let channel: String
  let issues: Int
  let address: String
  let fault: String?
}
